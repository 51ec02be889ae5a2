/**
 * Rows of one batch with their key-value cache: feed new positions, get the last position's hidden state and
 * attention. Rows may feed different numbers of positions at once; shorter ones are padded on the left, and the
 * padding stays in the cache, masked for ever. Every position a method sees is a row's own: padding never shows.
 *
 * Legend: B rows, S positions fed now, P cached, T = P + S, D hidden size, L layers, Hkv, Dh.
 */
import type { TextDimensions } from '../../shared/bundle.ts';
import { rotaryTable, type Positions } from '../backbones/positions.ts';
import type { KeyValueCache } from './key-value-cache.ts';
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

/** What a batch runs on. */
export type BatchParts = Readonly<{
  decoder: OnnxSession;
  /** Empty, for B rows, in the layout of that decoder. */
  cache: KeyValueCache;
  /** B x S that the decoder is fed in one run (and B at least): what bounds its activations. */
  positionsAtOnce: number;
}>;

export class SequenceBatch {
  readonly #decoder: OnnxSession;
  readonly #text: TextDimensions;
  readonly #positionsAtOnce: number;
  #rows: Row[];
  readonly #cache: KeyValueCache;
  /** P */
  #cachedCount = 0;

  constructor({ decoder, cache, positionsAtOnce }: BatchParts, text: TextDimensions, rowCount: number) {
    this.#decoder = decoder;
    this.#cache = cache;
    this.#positionsAtOnce = positionsAtOnce;
    this.#text = text;
    this.#rows = Array.from({ length: rowCount }, () => ({ own: [], state: null }));
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

  /**
   * Appends new positions to the rows, one feed for each row. Rows with null keep their state. Many positions go to the
   * decoder in pieces of equal width: the cache makes that exact, and only the last piece's states are anybody's.
   */
  async feed(feeds: readonly RowFeed[]): Promise<void> {
    const rowCount = this.#rows.length;
    if (feeds.length !== rowCount) throw new Error(`${feeds.length} feeds for ${rowCount} rows`);
    const padded = feeds.map((feed, row) => padFeed(feed, row, this.#text));
    const newCount = Math.max(...padded.map(({ count }) => count));
    if (newCount === 0) return;
    const pieceCount = Math.ceil((newCount * rowCount) / Math.max(rowCount, this.#positionsAtOnce));
    for (let piece = 0; piece < pieceCount; piece++) {
      const from = Math.floor((piece * newCount) / pieceCount);
      const to = Math.floor(((piece + 1) * newCount) / pieceCount);
      const outputs = await this.#feedColumns(padded, newCount, { from, to });
      if (to === newCount) this.#readStates(padded, outputs);
    }
  }

  /** Runs the decoder on the columns [from, to) of the rows' feeds, which end together at `newCount`. */
  async #feedColumns(
    padded: readonly PaddedFeed[],
    newCount: number,
    { from, to }: Readonly<{ from: number; to: number }>,
  ): Promise<SessionOutputs> {
    const rowCount = padded.length;
    const { hiddenSize, keyValueHeadCount, headCount, headSize } = this.#text;
    const groupSize = headCount / keyValueHeadCount;
    const half = headSize / 2;
    const cachedCount = this.#cachedCount;
    const width = to - from;
    const total = cachedCount + width;

    const embeds = new Float32Array(rowCount * width * hiddenSize);
    const cos = new Float32Array(rowCount * width * half).fill(1);
    const sin = new Float32Array(rowCount * width * half);
    const bias = new Float32Array(rowCount * width * total).fill(masked);
    for (const [row, feed] of padded.entries()) {
      const own = this.#rows[row]?.own ?? [];
      /** Where the row's first position of this piece lies in the piece, and which of its feed's positions that is. */
      const start = Math.min(width, Math.max(0, newCount - feed.count - from));
      const first = from + start - (newCount - feed.count);
      const take = (values: Float32Array, size: number) =>
        values.subarray(first * size, (first + width - start) * size);
      embeds.set(take(feed.embeds, hiddenSize), (row * width + start) * hiddenSize);
      cos.set(take(feed.cos, half), (row * width + start) * half);
      sin.set(take(feed.sin, half), (row * width + start) * half);
      for (let s = start; s < width; s++) {
        const offset = (row * width + s) * total;
        for (const t of own) bias[offset + t] = 0;
        bias.fill(0, offset + cachedCount + start, offset + cachedCount + s + 1);
      }
      for (let s = start; s < width; s++) own.push(cachedCount + s);
    }

    const outputs = await this.#decoder.run({
      ...this.#cache.feeds(),
      inputs_embeds: { data: embeds, dims: [rowCount, width, hiddenSize] },
      rope_cos: { data: cos, dims: [rowCount * width, half] },
      rope_sin: { data: sin, dims: [rowCount * width, half] },
      rope_index: int64([rowCount, width], (index) => index),
      rope_index_last: int64([rowCount, 1], (row) => (row + 1) * width - 1),
      shape_rows: shape([rowCount, width, -1]),
      shape_grouped: shape([rowCount, keyValueHeadCount, groupSize, width, total]),
      shape_flat: shape([rowCount, keyValueHeadCount, groupSize * width, total]),
      attention_bias: { data: bias, dims: [rowCount, 1, width, total] },
    });
    this.#cache.take(outputs);
    this.#cachedCount = total;
    return outputs;
  }

  #readStates(padded: readonly PaddedFeed[], outputs: SessionOutputs): void {
    const { hiddenSize, layerCount } = this.#text;
    const total = this.#cachedCount;
    const hidden = outputs.values('hidden').data;
    const attention = outputs.values('attention').data;
    const byLayer = outputs.values('attention_by_layer').data;
    for (const [index, row] of this.#rows.entries()) {
      if ((padded[index]?.count ?? 0) === 0) continue;
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

/** One row's feed as the decoder takes it; `count` 0: nothing this time. */
type PaddedFeed = Readonly<{
  /** S of this row. */
  count: number;
  /** [S, D] */
  embeds: Float32Array;
  /** [S, Dh / 2] */
  cos: Float32Array;
  sin: Float32Array;
}>;

const nothing: PaddedFeed = {
  count: 0,
  embeds: new Float32Array(0),
  cos: new Float32Array(0),
  sin: new Float32Array(0),
};

/** Rotary tables of one row's feed, its shapes checked. */
function padFeed(feed: RowFeed, row: number, text: TextDimensions): PaddedFeed {
  if (feed === null) return nothing;
  const { embeds, positions } = feed;
  const size = text.hiddenSize;
  const count = embeds.length / size;
  const { length } = positions.positions;
  if (!Number.isInteger(count) || length !== 3 * count) {
    throw new Error(`row ${row}: ${embeds.length} values of embeddings [S, ${size}] for ${length / 3} positions`);
  }
  return { count, embeds, ...rotaryTable(positions.positions, text) };
}

function pick(values: Float32Array, offset: number, indices: readonly number[]): Float32Array {
  return Float32Array.from(indices, (index) => values[offset + index] ?? Number.NaN);
}
