/** Exact McNemar test for paired right/wrong outcomes. */
import { logBinomialProbability } from './log-gamma.ts';

/**
 * Two-sided p-value for the discordant pairs: twice the smaller tail of Binomial(n, 1/2), at most 1; 1 without
 * discordant pairs. Exact for any number of pairs: one term in log space, the others as ratios to it.
 */
export function mcnemarExact(rightToWrong: number, wrongToRight: number): number {
  const pairCount = rightToWrong + wrongToRight;
  const smaller = Math.min(rightToWrong, wrongToRight);
  if (2 * smaller >= pairCount) return 1;
  let ratio = 1;
  let sum = 1;
  for (let k = smaller; k > 0 && ratio > sum * 1e-17; k--) {
    ratio *= k / (pairCount - k + 1);
    sum += ratio;
  }
  return Math.min(1, 2 * sum * Math.exp(logBinomialProbability(smaller, pairCount, 0.5)));
}
