/** Differences and p-values as tables show them. */
import type { Interval } from '../../../shared/statistics.ts';

const points = (fraction: number): string => `${fraction < 0 ? '' : '+'}${(fraction * 100).toFixed(1)}`;

/** `+2.1 [-0.4, +4.6]`, in percentage points; `-` for null. */
export function differenceText(difference: Interval | null): string {
  if (difference === null) return '-';
  return `${points(difference.estimate)} [${points(difference.low)}, ${points(difference.high)}]`;
}

export const pText = (value: number): string => (value < 0.0001 ? '< 0.0001' : value.toFixed(4));
