/**
 * Which image slots a latent step takes. Pure: the same scores, pool and options always give the same slots.
 *
 * The released code takes the K slots of the pool with the largest attention. Its top-k is unsorted; the order here,
 * and so the positions, is what it gives on a GPU: slots above the K-th score ascending, then those equal to it
 * (the K-th itself among them), lowest index first.
 */
import { createHash } from 'node:crypto';

export type SelectionOptions = Readonly<{
  /** Attention of the query row over the J image slots. */
  scores: Float32Array;
  /** Selectable slots, ascending. */
  pool: readonly number[];
  /** K; fewer are taken when the pool holds fewer. */
  count: number;
  rule: 'most-attended' | 'least-attended' | 'random';
  /** Slots taken before any other where the pool holds them; a banned slot is not. */
  forced: readonly number[];
  /** Slots that are no candidates at this step. */
  banned: readonly number[];
  /** Order of the `random` rule: the K slots with the smallest value are taken. */
  randomOrder: (slot: number) => number;
}>;

/** The slots taken, in the order in which their embeddings are appended. */
export function selectPatches(options: SelectionOptions): number[] {
  const banned = new Set(options.banned);
  const candidates = options.pool.filter((slot) => !banned.has(slot));
  const wanted = new Set(options.forced);
  const forced = candidates.filter((slot) => wanted.has(slot)).slice(0, options.count);
  const taken = new Set(forced);
  const rest = candidates.filter((slot) => !taken.has(slot));
  const { chosen, tied } = choose(rest, options.count - forced.length, valueOf(options));
  if (options.rule === 'random') return [...forced, ...chosen, ...tied].sort(ascending);
  return [...[...forced, ...chosen].sort(ascending), ...tied];
}

/** Rank of each slot among the pool, 1 = most attended; equals rank by index. */
export function attentionRanks(scores: Float32Array, pool: readonly number[]): Map<number, number> {
  const order = pool.toSorted((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
  return new Map(order.map((slot, index) => [slot, index + 1]));
}

/** The K most attended of all J slots, as a set: what the adaptive criterion compares between steps. */
export function topSlots(scores: Float32Array, count: number): Set<number> {
  const { chosen, tied } = choose([...scores.keys()], Math.min(count, scores.length), (slot) => scores[slot] ?? 0);
  return new Set([...chosen, ...tied]);
}

/**
 * A reproducible order that depends only on seed, question, step and slot, so neither on batches nor on other
 * questions: the first six bytes of SHA-256 of `seed:sampleId:step:slot`.
 */
export function seededOrder(seed: number, sampleId: string, stepIndex: number): (slot: number) => number {
  return (slot) => createHash('sha256').update(`${seed}:${sampleId}:${stepIndex}:${slot}`).digest().readUIntBE(0, 6);
}

const ascending = (a: number, b: number): number => a - b;

/** Larger is better. */
function valueOf({ rule, scores, randomOrder }: SelectionOptions): (slot: number) => number {
  const values: Readonly<Record<SelectionOptions['rule'], (slot: number) => number>> = {
    'most-attended': (slot) => scores[slot] ?? 0,
    'least-attended': (slot) => -(scores[slot] ?? 0),
    random: (slot) => -randomOrder(slot),
  };
  return values[rule];
}

/** Slots above the count-th value, ascending, and of those equal to it as many as are still needed. */
function choose(
  slots: readonly number[],
  count: number,
  value: (slot: number) => number,
): { chosen: number[]; tied: number[] } {
  if (count <= 0) return { chosen: [], tied: [] };
  // The reference's masked top-k reaches below the pool here: everything lies above its limit.
  if (slots.length < count) return { chosen: [...slots], tied: [] };
  const valued = slots.map((slot) => ({ slot, value: value(slot) }));
  const threshold = valued.toSorted((a, b) => b.value - a.value)[count - 1]?.value ?? 0;
  const chosen = valued.filter((entry) => entry.value > threshold).map((entry) => entry.slot);
  const tied = valued.filter((entry) => entry.value === threshold).map((entry) => entry.slot);
  return { chosen, tied: tied.slice(0, count - chosen.length) };
}
