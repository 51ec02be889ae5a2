/** Numbers as people read them, always with `.` as the decimal point so that logs can be compared. */

/** 0.4523 -> `45.2 %`; null -> `-`. */
export function percent(fraction: number | null): string {
  return fraction === null ? '-' : `${(fraction * 100).toFixed(1)} %`;
}

/** 93.2 -> `1 min 33 s`; below ten seconds with one decimal. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${String(whole)} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${String(minutes)} min ${String(whole % 60)} s`;
  return `${String(Math.floor(minutes / 60))} h ${String(minutes % 60)} min`;
}

/** 1_234_567 -> `1.2 MB` (decimal units). */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? String(value) : value.toFixed(1)} ${units[unit] ?? ''}`;
}

/** 12345 -> `12,345`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** A mean with a unit, or null (left out by `properties`). */
export function measure(value: number | null, digits: number, unit: string): string | null {
  return value === null ? null : `${value.toFixed(digits)} ${unit}`;
}
