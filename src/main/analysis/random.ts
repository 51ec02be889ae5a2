/** Seeded random numbers for the bootstrap: the same seed gives the same interval on every machine. */
import { logFactorial } from './log-gamma.ts';

/** Uniform numbers strictly between 0 and 1. */
export type Uniform = () => number;

/** SplitMix32: 32-bit state, passes common test batteries at the lengths used here. */
export function createUniform(seed: number): Uniform {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    mixed ^= mixed >>> 15;
    return ((mixed >>> 0) + 0.5) / 0x1_0000_0000;
  };
}

/** A seed for a name, from a run's seed: FNV-1a over the name's UTF-16 units. */
export function derivedSeed(seed: number, name: string): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193) >>> 0;
  return hash;
}

/** One draw from Binomial(n, p). */
export function drawBinomial(n: number, p: number, uniform: Uniform): number {
  if (n <= 0 || p <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - drawBinomial(n, 1 - p, uniform);
  return n * p < 10 ? drawByWaiting(n, p, uniform) : drawByRejection(n, p, uniform);
}

/** Few successes expected: counts geometric waiting times. */
function drawByWaiting(n: number, p: number, uniform: Uniform): number {
  const logFailure = Math.log1p(-p);
  let successes = -1;
  for (let trials = 0; trials <= n; successes++) trials += Math.floor(Math.log(uniform()) / logFailure) + 1;
  return successes;
}

/** Transformed rejection, constants of algorithm BTRD/BTRS in Hörmann (1993), doi:10.1080/00949659308811496; n p >= 10. */
function drawByRejection(n: number, p: number, uniform: Uniform): number {
  const deviation = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const centre = n * p + 0.5;
  const quickAccept = 0.92 - 4.2 / b;
  const alpha = (2.83 + 5.1 / b) * deviation;
  const mode = Math.floor((n + 1) * p);
  const logOdds = Math.log(p / (1 - p));
  const logAtMode = logFactorial(mode) + logFactorial(n - mode);
  for (;;) {
    const u = uniform() - 0.5;
    const v = uniform();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + centre);
    if (us >= 0.07 && v <= quickAccept) return k;
    if (k < 0 || k > n) continue;
    const density = logAtMode - logFactorial(k) - logFactorial(n - k) + (k - mode) * logOdds;
    if (Math.log((v * alpha) / (a / (us * us) + b)) <= density) return k;
  }
}
