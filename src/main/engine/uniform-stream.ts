/** Uniform numbers for sampling that depend on nothing but what they are for, so neither on batches nor on order. */
import { createHash } from 'node:crypto';

/**
 * A number in [0, 1) for token `tokenIndex` of a question's `callIndex`-th generation: the first six bytes of SHA-256
 * of `seed:sampleId:token:callIndex:tokenIndex`, divided by 2^48.
 */
export function uniformAt(seed: number, sampleId: string, callIndex: number, tokenIndex: number): number {
  const digest = createHash('sha256').update(`${seed}:${sampleId}:token:${callIndex}:${tokenIndex}`).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}
