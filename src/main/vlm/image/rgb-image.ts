/** A decoded picture: what every step after decoding works on. */

export type RgbImage = Readonly<{
  /** Pixels, at least 1. */
  width: number;
  /** Pixels, at least 1. */
  height: number;
  /** [height, width, 3] uint8, row-major, red first. */
  data: Uint8Array;
}>;

/** Wraps pixels, checking that their number fits the size; a mismatch is a bug. */
export function rgbImage(width: number, height: number, data: Uint8Array): RgbImage {
  if (width < 1 || height < 1 || data.length !== width * height * 3) {
    throw new Error(`RGB data of ${data.length} bytes does not fit ${width} x ${height}`);
  }
  return { width, height, data };
}
