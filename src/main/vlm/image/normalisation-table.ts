/** What an image processor makes of a byte: rescaled and normalised. */

export type Normalisation = Readonly<{
  /** For each channel. */
  mean: readonly number[];
  std: readonly number[];
  rescaleFactor: number;
}>;

/**
 * Normalised value of each byte: [3, 256] float32. As NumPy does it: the product with the rescale factor in
 * float64, rounded to float32, then difference and quotient in float32.
 */
export function normalisationTable({ mean, std, rescaleFactor }: Normalisation): Float32Array {
  return Float32Array.from({ length: 3 * 256 }, (_, i) => {
    const channel = i >> 8;
    const rescaled = Math.fround((i & 255) * rescaleFactor);
    return Math.fround(rescaled - Math.fround(mean[channel] ?? 0)) / Math.fround(std[channel] ?? 1);
  });
}
