/** Intervals of a proportion (Wilson 1927): they stay inside 0 and 1 and hold up for few questions and rates near 0 or 1. */
import type { Interval } from './statistics.ts';

/** The normal quantile of a two-sided 95 % interval. */
export const z95 = 1.959963984540054;

/** Wilson score interval of `correct` out of `total`, without continuity correction; null when `total` is 0. */
export function wilsonInterval(correct: number, total: number, z: number = z95): Interval | null {
  if (!(total > 0)) return null;
  const estimate = correct / total;
  const spread = (z * z) / total;
  const centre = (estimate + spread / 2) / (1 + spread);
  const half = (z / (1 + spread)) * Math.sqrt((estimate * (1 - estimate)) / total + spread / (4 * total));
  return {
    estimate,
    // The ends are exact there; rounding must not leave 1e-17.
    low: correct === 0 ? 0 : Math.max(0, centre - half),
    high: correct === total ? 1 : Math.min(1, centre + half),
  };
}
