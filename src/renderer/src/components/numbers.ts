/** Numbers as the pages show them. */

export function percent(fraction: number | null, digits = 1): string {
  return fraction === null ? '–' : `${(fraction * 100).toFixed(digits)} %`;
}

export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** 12.34 -> `12.3 ms`, 1234 -> `1.23 s`. */
export function milliseconds(value: number | null): string {
  if (value === null) return '–';
  return value < 1000 ? `${value.toFixed(value < 10 ? 2 : 1)} ms` : `${(value / 1000).toFixed(2)} s`;
}

/** `2026-07-01T09:30:00.000Z` -> the reader's own date and time. */
export function dateTime(iso: string): string {
  return new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
