/** Ticks of a chart's value axis, and labels that tell them apart. */

const wantedSteps = 4;

/** Round numbers in equal steps, the first at or below all values and the last at or above them. */
export function axisTicks(values: readonly number[]): number[] {
  if (values.length === 0) return [0, 1];
  const low = Math.min(...values);
  const high = Math.max(...values);
  const span = high > low ? high - low : Math.max(Math.abs(high) / 10, 1e-6);
  const step = roundStep(span / wantedSteps);
  const first = Math.floor(low / step);
  const last = Math.max(Math.ceil(high / step), first + 1);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** The least number of decimals with which `format` shows every tick in full; at most 9. */
export function tickDigits(ticks: readonly number[], format: (value: number, digits: number) => string): number {
  const shown = (tick: number, digits: number): number => Number.parseFloat(format(tick, digits));
  for (let digits = 0; digits < 9; digits++) {
    if (ticks.every((tick) => shown(tick, digits) === shown(tick, 9))) return digits;
  }
  return 9;
}

/** 1, 2 or 5 times a power of ten, at least `step`. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  return ([1, 2, 5].find((factor) => factor * power >= step * (1 - 1e-9)) ?? 10) * power;
}
