/**
 * Percentile bootstrap of the difference of two accuracies over the same questions. Resampling question by question
 * with replacement makes the counts of the four paired outcomes multinomial, and only the two discordant counts
 * move the difference: so a resample is two binomial draws, whatever the number of questions.
 */
import type { Interval } from '../../shared/statistics.ts';
import { createUniform, drawBinomial } from './random.ts';
import { quantileOfSorted } from './summary.ts';

export type BootstrapOptions = Readonly<{
  seed: number;
  resampleCount?: number;
  /** Between 0 and 1. */
  confidence?: number;
}>;

/** Accuracy B - accuracy A with its percentile interval; null without questions. */
export function bootstrapDifference(
  counts: Readonly<{ questionCount: number; rightToWrong: number; wrongToRight: number }>,
  { seed, resampleCount = 9999, confidence = 0.95 }: BootstrapOptions,
): Interval | null {
  const { questionCount, rightToWrong, wrongToRight } = counts;
  if (questionCount === 0) return null;
  const uniform = createUniform(seed);
  const discordantShare = (rightToWrong + wrongToRight) / questionCount;
  const gainShare = wrongToRight / Math.max(1, rightToWrong + wrongToRight);
  const differences = new Float64Array(resampleCount);
  for (let resample = 0; resample < resampleCount; resample++) {
    const discordant = drawBinomial(questionCount, discordantShare, uniform);
    const gains = drawBinomial(discordant, gainShare, uniform);
    differences[resample] = (2 * gains - discordant) / questionCount;
  }
  differences.sort();
  const estimate = (wrongToRight - rightToWrong) / questionCount;
  return {
    estimate,
    low: quantileOfSorted(differences, (1 - confidence) / 2) ?? estimate,
    high: quantileOfSorted(differences, (1 + confidence) / 2) ?? estimate,
  };
}
