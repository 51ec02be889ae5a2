/** Greedy decoding of a batch after its prompt (and latent steps): the argmax token until end-of-sequence or a limit. */
import { plainPositions } from '../vlm/qwen2-vl/rope.ts';
import type { LanguageModel } from './language-model.ts';
import type { SequenceBatch } from './sequence-batch.ts';

export type GeneratedTokens = Readonly<{
  /** Generated ids, the end-of-sequence token included. */
  tokenIds: number[];
  finishReason: 'end' | 'length';
  /** Milliseconds from the first token's logits to this row's last token. */
  decodeMs: number;
}>;

export type GreedyOptions = Readonly<{
  maxTokens: number;
  /** Tokens that end an answer. */
  endTokens: readonly number[];
  /** Position of each row's next token (the same on all three mRoPE axes). */
  nextPositions: readonly number[];
  /** Called with each row's first logits [V]; for parity tests and analysis. */
  onFirstLogits?: (row: number, logits: Float32Array) => void;
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

/** Every row must have been fed its prompt. Rows leave the batch, and free their cache, when they finish. */
export async function decodeGreedily(
  model: LanguageModel,
  batch: SequenceBatch,
  options: GreedyOptions,
): Promise<GeneratedTokens[]> {
  const started = performance.now();
  const ends = new Set(options.endTokens);
  const rows = options.nextPositions.map((nextPosition) => ({
    nextPosition,
    tokenIds: [] as number[],
    finishReason: 'length' as 'end' | 'length',
    decodeMs: 0,
  }));
  let alive = rows.map((row, index) => ({ row, index }));
  while (alive.length > 0) {
    const logits = await model.logits(alive.map((_, position) => batch.state(position).hidden));
    const kept: number[] = [];
    for (const [position, { row, index }] of alive.entries()) {
      const values = logits[position];
      if (values === undefined) throw new Error('logits are missing a row');
      if (row.tokenIds.length === 0) options.onFirstLogits?.(index, values);
      const token = argmax(values);
      row.tokenIds.push(token);
      if (ends.has(token)) row.finishReason = 'end';
      else if (row.tokenIds.length < options.maxTokens) kept.push(position);
      row.decodeMs = performance.now() - started;
    }
    await batch.keep(kept);
    alive = kept.map((position) => {
      const entry = alive[position];
      if (entry === undefined) throw new Error('a kept row exists');
      return entry;
    });
    if (alive.length === 0) break;
    await batch.feed(
      alive.map(({ row }) => {
        const position = row.nextPosition++;
        return { embeds: model.embed(row.tokenIds.slice(-1)), positions: plainPositions(1, position) };
      }),
    );
  }
  return rows.map(({ tokenIds, finishReason, decodeMs }) => ({ tokenIds, finishReason, decodeMs }));
}
