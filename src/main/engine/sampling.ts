/**
 * The next token's choice from its logits, as transformers' `generate` makes it: repetition penalty, temperature,
 * top-p, then a draw. Pure: the caller gives the uniform number (see uniform-stream.ts), so that the same question
 * gives the same tokens in every batch.
 *
 * Arithmetic is float32 where the reference's decides (quotients, probabilities, the comparison with 1 - p). Two
 * things the reference leaves to its platform are settled here: which of equal logits top-p drops (its sort is not
 * stable; here the lowest indices go first, as in a stable one), and the draw (the inverse of the cumulative
 * distribution in place of `torch.multinomial`).
 *
 * Legend: V vocabulary.
 */
import { argmax } from './generate.ts';

export type Sampling = Readonly<{
  /** Divides the logits; 0: greedy, and `topP` has no part. */
  temperature: number;
  /** Fraction of the probability that the likeliest tokens must hold together, over 0 to 1; 1: every token stays. */
  topP: number;
  /** Above 1: tokens seen before become less likely; 1: none. Greedy decoding heeds it too. */
  repetitionPenalty: number;
}>;

/** Logits [V] after penalty, temperature and top-p, in a new array; what top-p removed is minus infinity. */
export function processLogits(
  logits: Float32Array,
  seenTokens: ReadonlySet<number>,
  { temperature, topP, repetitionPenalty }: Sampling,
): Float32Array {
  const processed = logits.slice();
  if (repetitionPenalty !== 1) penalise(processed, seenTokens, Math.fround(repetitionPenalty));
  if (temperature === 0) return processed;
  if (temperature !== 1) {
    const divisor = Math.fround(temperature);
    for (let token = 0; token < processed.length; token++) processed[token] = (processed[token] ?? 0) / divisor;
  }
  if (topP < 1) keepNucleus(processed, topP);
  return processed;
}

/**
 * The token at which the cumulative probability of `processed` [V], in order of ids, first exceeds `uniform`, a number
 * in [0, 1).
 */
export function drawToken(processed: Float32Array, uniform: number): number {
  const { weights, sum } = softmaxWeights(processed);
  const target = uniform * sum;
  let cumulative = 0;
  let last = 0;
  for (let token = 0; token < weights.length; token++) {
    const weight = weights[token] ?? 0;
    if (weight === 0) continue;
    cumulative += weight;
    last = token;
    if (cumulative > target) break;
  }
  return last;
}

/** The next token: the largest processed logit where decoding is greedy, else a draw. */
export function chooseToken(
  logits: Float32Array,
  seenTokens: ReadonlySet<number>,
  sampling: Sampling,
  /** Asked for only where a draw is made. */
  uniform: () => number,
): number {
  const processed = processLogits(logits, seenTokens, sampling);
  return sampling.temperature === 0 ? argmax(processed) : drawToken(processed, uniform());
}

/** Negative logits grow by the factor, the others shrink by it; each seen token once. */
function penalise(logits: Float32Array, seenTokens: ReadonlySet<number>, penalty: number): void {
  for (const token of seenTokens) {
    const logit = logits[token];
    if (logit !== undefined) logits[token] = logit < 0 ? logit * penalty : logit / penalty;
  }
}

/** Softmax before its division [V] float32, the distances below the largest logit that it is made of, and its sum. */
function softmaxWeights(logits: Float32Array): { distances: Float32Array; weights: Float32Array; sum: number } {
  const largest = logits[argmax(logits)] ?? 0;
  const distances = new Float32Array(logits.length);
  const weights = new Float32Array(logits.length);
  let sum = 0;
  for (let token = 0; token < logits.length; token++) {
    const logit = logits[token] ?? 0;
    // Without the difference where it is 0, so that an infinite largest logit takes everything.
    distances[token] = logit === largest ? 0 : largest - logit;
    const distance = distances[token] ?? 0;
    // From 104 on e^-d rounds to 0 in float32: most of a vocabulary after top-p. NaN weighs nothing either.
    if (!(distance < 104)) continue;
    weights[token] = Math.exp(-distance);
    sum += weights[token] ?? 0;
  }
  return { distances, weights, sum };
}

/** Buckets of a distance: the upper half of its float32 bits, which for numbers from 0 to infinity are in their order. */
const bucketCount = 0x7f80 + 1;

/**
 * Removes every token up to which the ascending cumulative probability is at most 1 - p, but never the last.
 *
 * Only the bucket in which the limit lies is sorted. That gives exactly the full sort's choice: probabilities are
 * rounded to multiples of 2^-52, of which sums below 2 are exact in any order.
 */
function keepNucleus(logits: Float32Array, topP: number): void {
  const { distances, weights, sum } = softmaxWeights(logits);
  const divisor = Math.fround(sum);
  const probability = (token: number): number => 1 + Math.fround((weights[token] ?? 0) / divisor) - 1;
  const bits = new Uint32Array(distances.buffer);
  const bucketOf = (token: number): number => (bits[token] ?? 0) >>> 16;

  const masses = new Float64Array(bucketCount);
  let total = 0;
  for (let token = 0; token < logits.length; token++) {
    if (weights[token] === 0) continue;
    const mass = probability(token);
    const bucket = bucketOf(token);
    masses[bucket] = (masses[bucket] ?? 0) + mass;
    total += mass;
  }

  const removedAtMost = Math.fround(1 - topP);
  /** Whether a token goes whose likelier ones hold `above`. */
  const isRemoved = (above: number): boolean => Math.fround(total - above) <= removedAtMost;
  let above = 0;
  let limit = 0;
  while (!isRemoved(above + (masses[limit] ?? 0))) above += masses[limit++] ?? 0;

  const atLimit: number[] = [];
  for (let token = 0; token < logits.length; token++) {
    const bucket = bucketOf(token);
    if (bucket === limit) atLimit.push(token);
    else if (bucket > limit) logits[token] = Number.NEGATIVE_INFINITY;
  }
  atLimit.sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0) || b - a);
  for (const [rank, token] of atLimit.entries()) {
    if (rank > 0 && isRemoved(above)) logits[token] = Number.NEGATIVE_INFINITY;
    else above += probability(token);
  }
}
