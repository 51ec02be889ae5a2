/** Holm's step-down correction (1979) for many tests at once; controls the family-wise error rate without assumptions. */

/** Corrected p-values in the order given. */
export function holmCorrection(pValues: readonly number[]): number[] {
  const corrected = pValues.map(() => 1);
  const ascending = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  let largest = 0;
  for (const [rank, { p, index }] of ascending.entries()) {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * p));
    corrected[index] = largest;
  }
  return corrected;
}
