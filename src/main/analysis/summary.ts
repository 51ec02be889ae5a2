/** Means and quantiles of times, steps and shares. */

/** null for an empty list. */
export function mean(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Quantile `q` (between 0 and 1) with linear interpolation, as NumPy's default; null for an empty list. */
export function quantile(values: readonly number[], q: number): number | null {
  return quantileOfSorted(Float64Array.from(values).sort(), q);
}

/** The same for values that are already in ascending order. */
export function quantileOfSorted(sorted: Float64Array, q: number): number | null {
  const position = q * (sorted.length - 1);
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) return null;
  return below + (above - below) * (position - Math.floor(position));
}

export type Summary = Readonly<{ count: number; mean: number | null; median: number | null; p90: number | null }>;

export function summarise(values: readonly number[]): Summary {
  const sorted = Float64Array.from(values).sort();
  return {
    count: values.length,
    mean: mean(values),
    median: quantileOfSorted(sorted, 0.5),
    p90: quantileOfSorted(sorted, 0.9),
  };
}
