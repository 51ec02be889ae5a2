/** Differences, p-values and seconds as the comparison's tables show them. */
import type { Interval } from '../../../../shared/statistics.ts';

/** A fraction in percentage points with its sign: `+2.1`. */
export const points = (fraction: number): string => `${fraction < 0 ? '−' : '+'}${Math.abs(fraction * 100).toFixed(1)}`;

export const pointsInterval = ({ low, high }: Interval): string => `${points(low)} to ${points(high)}`;

export const pValueText = (value: number): string => (value < 0.0001 ? '<\u00a00.0001' : value.toFixed(4));

export const secondsText = (value: number | null): string => (value === null ? '–' : value.toFixed(3));

/** `52.7 – 82.6`, in percent. */
export const percentInterval = ({ low, high }: Interval): string =>
  `${(low * 100).toFixed(1)} – ${(high * 100).toFixed(1)}`;
