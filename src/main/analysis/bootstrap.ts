/**
 * Percentile bootstrap of the difference of two accuracies over the same questions, without drawing: resampling
 * question by question makes the gains and losses of a resample trinomial, so the distribution of their difference
 * is known. Its quantiles are what the quantiles of ever more resamples tend to, and need no seed.
 */
import type { Interval } from '../../shared/statistics.ts';

/** Terms of the distribution's Fourier series that are smaller than this are left out. */
const smallestTerm = 1e-18;

/** A probability this close to a level is the level: what is left is rounding. */
const rounding = 1e-12;

/** Accuracy B - accuracy A with its percentile interval, `confidence` between 0 and 1; null without questions. */
export function bootstrapDifference(
  counts: Readonly<{ questionCount: number; rightToWrong: number; wrongToRight: number }>,
  confidence = 0.95,
): Interval | null {
  const { questionCount, rightToWrong, wrongToRight } = counts;
  if (questionCount === 0) return null;
  const estimate = (wrongToRight - rightToWrong) / questionCount;
  const atMost = netGainDistribution(questionCount, rightToWrong / questionCount, wrongToRight / questionCount);
  return {
    estimate,
    low: atMost.quantile((1 - confidence) / 2) / questionCount,
    high: atMost.quantile((1 + confidence) / 2) / questionCount,
  };
}

/**
 * Gains less losses of `count` questions, of which each is a loss or a gain with these shares. The characteristic
 * function of the sum is a power; on a circle wide enough that what lies beyond it (below 1e-18 by Bernstein's
 * inequality) does not matter, the probability of an interval is a short sum over its values.
 */
function netGainDistribution(count: number, lossShare: number, gainShare: number) {
  const centre = Math.round(count * (gainShare - lossShare));
  const variance = count * (gainShare + lossShare - (gainShare - lossShare) ** 2);
  const reach = Math.min(2 * count, Math.ceil(9.2 * Math.sqrt(variance)) + 32);
  const size = 2 * reach + 1;
  const terms = seriesTerms(count, lossShare, gainShare, centre, size);
  /** Probability of -reach .. net - centre around the centre. */
  const probabilityUpTo = (net: number): number => {
    const places = net - centre + reach + 1;
    const middle = (net - centre - reach) / 2;
    let sum = places;
    for (const { angle, modulus, phase } of terms) {
      // The geometric series of exp(-i angle j) over the interval's places.
      const weight = Math.sin((angle * places) / 2) / Math.sin(angle / 2);
      sum += 2 * modulus * weight * Math.cos(phase - angle * middle);
    }
    return sum / size;
  };
  return {
    /** The smallest net gain that a resample does not exceed with at least this probability. */
    quantile: (level: number): number => {
      let below = Math.max(-count, centre - reach) - 1;
      let above = Math.min(count, centre + reach);
      while (above - below > 1) {
        const middle = Math.floor((below + above) / 2);
        if (probabilityUpTo(middle) >= level - rounding) above = middle;
        else below = middle;
      }
      return above;
    },
  };
}

type Term = Readonly<{ angle: number; modulus: number; phase: number }>;

/** The characteristic function of the sum less `centre`, at the multiples of 2 pi / size up to pi. */
function seriesTerms(count: number, lossShare: number, gainShare: number, centre: number, size: number): Term[] {
  const terms: Term[] = [];
  for (let index = 1; 2 * index < size; index++) {
    const angle = (2 * Math.PI * index) / size;
    const real = 1 - (lossShare + gainShare) * 2 * Math.sin(angle / 2) ** 2;
    const imaginary = (gainShare - lossShare) * Math.sin(angle);
    const modulus = Math.hypot(real, imaginary) ** count;
    if (modulus < smallestTerm) continue;
    terms.push({ angle, modulus, phase: count * Math.atan2(imaginary, real) - angle * centre });
  }
  return terms;
}
