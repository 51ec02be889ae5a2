/**
 * Rows of one batch with their key-value cache: feed new positions, get the last position's hidden state and
 * attention. Rows may feed different numbers of positions at once; shorter ones are padded on the left, and the
 * padding stays in the cache, masked for ever. Every position a method sees is a row's own: padding never shows.
 *
 * Legend: B rows, S positions fed now, P cached, T = P + S, D hidden size, L layers, Hkv, Dh.
 */
import type { TextDimensions } from '../../shared/bundle.ts';
import { rotaryTable, type Positions } from '../vlm/qwen2-vl/rope.ts';
import { KeyValueCache } from './key-value-cache.ts';
import { int64, shape, type OnnxSession, type SessionOutputs } from './onnx-session.ts';

/** Added to the score of a key that a query must not see; finite, so that a padding query stays a number. */
const masked = -1e30;

/** New positions of one row; null: nothing this time. */
export type RowFeed = Readonly<{
  /** [S, D] */
  embeds: Float32Array;
  positions: Positions;
}> | null;

/** The state of a row after the positions it fed last. */
export type RowState = Readonly<{
  /** Final-norm hidden state of the last position, [D]. */
  hidden: Float32Array;
  /** Last position's attention over the row's own positions, mean over layers and heads, [own T]. */
  attention: Float32Array;
  /** The same by layer, [L, own T]; put together only when asked for, because answering needs the mean alone. */
  attentionByLayer: () => Float32Array;
}>;

type Row = {
  /** Indices in the padded cache of the row's own positions, ascending. */
  own: number[];
  state: RowState | null;
};

/** The graphs that a batch runs. */
export type BatchSessions = Readonly<{ decoder: OnnxSession; cacheRows: OnnxSession }>;

export class SequenceBatch {
  readonly #decoder: OnnxSession;
  readonly #text: TextDimensions;
  #rows: Row[];
  readonly #cache: KeyValueCache;
  /** P */
  #cachedCount = 0;

  constructor(sessions: BatchSessions, text: TextDimensions, rowCount: number) {
    this.#decoder = sessions.decoder;
    this.#text = text;
    this.#rows = Array.from({ length: rowCount }, () => ({ own: [], state: null }));
    this.#cache = new KeyValueCache(text, rowCount, sessions.cacheRows);
  }

  get rowCount(): number {
    return this.#rows.length;
  }

  /** The row's state; it must have been fed at least once. */
  state(row: number): RowState {
    const state = this.#rows[row]?.state;
    if (state === undefined || state === null) throw new Error(`row ${row} was never fed`);
    return state;
  }

  /** Appends new positions to the rows, one feed for each row. Rows with null keep their state. */
  async feed(feeds: readonly RowFeed[]): Promise<void> {
    const rowCount = this.#rows.length;
    if (feeds.length !== rowCount) throw new Error(`${feeds.length} feeds for ${rowCount} rows`);
    const size = this.#text.hiddenSize;
    const counts = feeds.map((feed, row) => countPositions(feed, row, size));
    const newCount = Math.max(...counts);
    if (newCount === 0) return;
    const cachedCount = this.#cachedCount;
    const total = cachedCount + newCount;
    const half = this.#text.headSize / 2;

    const embeds = new Float32Array(rowCount * newCount * size);
    const { keyValueHeadCount, headCount } = this.#text;
    const groupSize = headCount / keyValueHeadCount;
    const cos = new Float32Array(rowCount * newCount * half).fill(1);
    const sin = new Float32Array(rowCount * newCount * half);
    const bias = new Float32Array(rowCount * newCount * total).fill(masked);
    for (const [row, feed] of feeds.entries()) {
      const count = counts[row] ?? 0;
      const own = this.#rows[row]?.own ?? [];
      const start = newCount - count;
      if (feed !== null && count > 0) {
        const table = rotaryTable(feed.positions.positions, this.#text);
        embeds.set(feed.embeds, (row * newCount + start) * size);
        cos.set(table.cos, (row * newCount + start) * half);
        sin.set(table.sin, (row * newCount + start) * half);
      }
      for (let s = start; s < newCount; s++) {
        const offset = (row * newCount + s) * total;
        for (const t of own) bias[offset + t] = 0;
        bias.fill(0, offset + cachedCount + start, offset + cachedCount + s + 1);
      }
      for (let s = start; s < newCount; s++) own.push(cachedCount + s);
    }

    const outputs = await this.#decoder.run({
      ...this.#cache.feeds(),
      inputs_embeds: { data: embeds, dims: [rowCount, newCount, size] },
      rope_cos: { data: cos, dims: [rowCount * newCount, half] },
      rope_sin: { data: sin, dims: [rowCount * newCount, half] },
      rope_index: int64([rowCount, newCount], (index) => index),
      rope_index_last: int64([rowCount, 1], (row) => (row + 1) * newCount - 1),
      shape_rows: shape([rowCount, newCount, -1]),
      shape_grouped: shape([rowCount, keyValueHeadCount, groupSize, newCount, total]),
      shape_flat: shape([rowCount, keyValueHeadCount, groupSize * newCount, total]),
      attention_bias: { data: bias, dims: [rowCount, 1, newCount, total] },
    });
    this.#cache.replace(outputs);
    this.#cachedCount = total;
    this.#readStates(counts, outputs, total);
  }

  #readStates(counts: readonly number[], outputs: SessionOutputs, total: number): void {
    const { hiddenSize, layerCount } = this.#text;
    const hidden = outputs.values('hidden').data;
    const attention = outputs.values('attention').data;
    const byLayer = outputs.values('attention_by_layer').data;
    for (const [index, row] of this.#rows.entries()) {
      if ((counts[index] ?? 0) === 0) continue;
      // Positions fed later are no part of this state.
      const { own } = row;
      const count = own.length;
      row.state = {
        hidden: hidden.slice(index * hiddenSize, (index + 1) * hiddenSize),
        attention: pick(attention, index * total, own),
        attentionByLayer: () => {
          const result = new Float32Array(layerCount * count);
          for (let layer = 0; layer < layerCount; layer++) {
            result.set(pick(byLayer, (index * layerCount + layer) * total, own.slice(0, count)), layer * count);
          }
          return result;
        },
      };
    }
  }

  /**
   * Makes a row forget its positions from `count` on: they stay in the cache, masked for ever. It has no state until it is
   * fed again.
   */
  rewind(row: number, count: number): void {
    const rewound = this.#rows[row];
    if (rewound === undefined || count > rewound.own.length) throw new Error(`row ${row} has no ${count} positions`);
    if (count === rewound.own.length) return;
    // A copy: a state that was read goes on looking at the old ones.
    rewound.own = rewound.own.slice(0, count);
    rewound.state = null;
  }

  /** Keeps only these rows, in this order; finished rows leave and free their share of the cache. */
  async keep(rows: readonly number[]): Promise<void> {
    if (rows.length === this.#rows.length && rows.every((row, index) => row === index)) return;
    this.#rows = rows.map((row) => {
      const kept = this.#rows[row];
      if (kept === undefined) throw new Error(`row ${row} does not exist`);
      return kept;
    });
    await this.#cache.keep(rows);
  }

  /** Frees the cache; the states that were read stay. */
  dispose(): void {
    this.#cache.dispose();
  }
}

/** Works with a batch and disposes of it however that ends: a device's memory has no garbage collector. */
export async function withBatch<Result>(
  batch: SequenceBatch,
  work: (batch: SequenceBatch) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(batch);
  } finally {
    batch.dispose();
  }
}

/** S of one row's feed, its shapes checked. */
function countPositions(feed: RowFeed, row: number, size: number): number {
  if (feed === null) return 0;
  const count = feed.embeds.length / size;
  const { length } = feed.positions.positions;
  if (!Number.isInteger(count) || length !== 3 * count) {
    throw new Error(`row ${row}: ${feed.embeds.length} values of embeddings [S, ${size}] for ${length / 3} positions`);
  }
  return count;
}

function pick(values: Float32Array, offset: number, indices: readonly number[]): Float32Array {
  return Float32Array.from(indices, (index) => values[offset + index] ?? Number.NaN);
}
