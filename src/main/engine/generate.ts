/**
 * Generation of a batch after its prompts (and latent steps): token after token until end-of-sequence, a stop string or a
 * limit. How a token is chosen is each row's own affair; by default it is the largest logit, greedy decoding.
 */
import type { finishReasons } from '../../shared/trace.ts';
import { plainPositions } from '../backbones/positions.ts';
import type { LanguageModel } from './language-model.ts';
import type { RowFeed, RowState, SequenceBatch } from './sequence-batch.ts';

export type GeneratedTokens = Readonly<{
  /** Generated ids, the end-of-sequence token included. The last one has not been read by the decoder. */
  tokenIds: number[];
  finishReason: (typeof finishReasons)[number];
  /** Milliseconds from the first token's logits to this row's last token. */
  decodeMs: number;
}>;

/** How one row generates. */
export type RowGeneration = Readonly<{
  maxTokens: number;
  /** Tokens that end an answer. */
  endTokens: readonly number[];
  /** Position of the next token (the same on all three mRoPE axes). */
  nextPosition: number;
  /** The next token from its logits [V] and those generated before; default: `argmax`. */
  choose?: (logits: Float32Array, generated: readonly number[]) => number;
  /** Whether the text ends here, by a stop string. */
  isStopped?: (generated: readonly number[]) => boolean;
  /** Sees each token with the state that it was chosen from. */
  onToken?: (token: number, state: RowState) => void;
  /**
   * What to append once the decoder has read a token, or null; `state` is that token's own, `nextPosition` the first
   * free one. Appended positions are no autoregressive steps.
   */
  insertAfter?: (generated: readonly number[], state: RowState, nextPosition: number) => RowFeed;
  /** Keeps its cache when it ends, for what is fed to it later; otherwise it leaves the batch. */
  stays?: boolean;
}>;

export type Generated = Readonly<{
  rows: GeneratedTokens[];
  /** Which rows are in the batch now, in its order. */
  left: number[];
}>;

/** Index of the largest value; the lowest index among equals, as torch.argmax gives on CPU. */
export function argmax(values: Float32Array): number {
  let best = 0;
  let bestValue = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? Number.NEGATIVE_INFINITY;
    if (value > bestValue) {
      bestValue = value;
      best = index;
    }
  }
  return best;
}

/** Every row must have been fed its prompt. */
export async function generate(
  model: Pick<LanguageModel, 'logits' | 'embed'>,
  batch: SequenceBatch,
  generations: readonly RowGeneration[],
): Promise<Generated> {
  const started = performance.now();
  const rows = generations.map((row, index) => new GeneratingRow(row, index));
  let inBatch = rows;
  for (;;) {
    const asking = inBatch.flatMap((row, position) => (row.isDone ? [] : [{ row, state: batch.state(position) }]));
    if (asking.length === 0) break;
    const logits = await model.logits(asking.map(({ state }) => state.hidden));
    for (const [index, { row, state }] of asking.entries()) {
      const values = logits[index];
      if (values === undefined) throw new Error('logits are missing a row');
      row.take(values, state);
      row.decodeMs = performance.now() - started;
    }
    const kept = [...inBatch.keys()].filter((position) => inBatch[position]?.isKept === true);
    await batch.keep(kept);
    inBatch = inBatch.filter(({ isKept }) => isKept);
    if (inBatch.every(({ isDone }) => isDone)) break;
    await batch.feed(inBatch.map((row) => row.nextToken(model)));
    const inserted = inBatch.map((row, position) => row.insertion(batch.state(position)));
    if (inserted.some((feed) => feed !== null)) await batch.feed(inserted);
  }
  return {
    rows: rows.map(({ tokenIds, finishReason, decodeMs }) => ({ tokenIds, finishReason, decodeMs })),
    left: inBatch.map(({ index }) => index),
  };
}

class GeneratingRow {
  readonly #options: RowGeneration;
  readonly index: number;
  readonly tokenIds: number[] = [];
  #nextPosition: number;
  isDone = false;
  finishReason: GeneratedTokens['finishReason'] = 'length';
  decodeMs = 0;

  constructor(options: RowGeneration, index: number) {
    this.#options = options;
    this.#nextPosition = options.nextPosition;
    this.index = index;
  }

  get isKept(): boolean {
    return !this.isDone || this.#options.stays === true;
  }

  take(logits: Float32Array, state: RowState): void {
    const { choose, endTokens, isStopped, maxTokens, onToken } = this.#options;
    const token = choose === undefined ? argmax(logits) : choose(logits, this.tokenIds);
    this.tokenIds.push(token);
    onToken?.(token, state);
    if (endTokens.includes(token)) this.finishReason = 'end';
    else if (isStopped?.(this.tokenIds) === true) this.finishReason = 'stop';
    else if (this.tokenIds.length < maxTokens) return;
    this.isDone = true;
  }

  nextToken(model: Pick<LanguageModel, 'embed'>): RowFeed {
    if (this.isDone) return null;
    const positions = plainPositions(1, this.#nextPosition);
    this.#nextPosition = positions.next;
    return { embeds: model.embed(this.tokenIds.slice(-1)), positions };
  }

  insertion(state: RowState): RowFeed {
    if (this.isDone) return null;
    const inserted = this.#options.insertAfter?.(this.tokenIds, state, this.#nextPosition) ?? null;
    if (inserted !== null) this.#nextPosition = inserted.positions.next;
    return inserted;
  }
}
