/**
 * Qwen2-VL's dynamic image size: both sides multiples of a factor (patch x merge), the area within a budget, the
 * aspect ratio kept as closely as those allow. Same arithmetic as `smart_resize` of transformers 5.23 (and 4.51),
 * including Python's rounding of halves to even.
 */
import { fail } from '../../../shared/failure.ts';

/** Longest side over shortest side, beyond which the reference refuses an image. */
const maxAspectRatio = 200;

export type ImageSize = Readonly<{ width: number; height: number }>;

/** Python's `round`: halves go to the even neighbour. */
export function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const fraction = value - floor;
  if (fraction !== 0.5) return fraction < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/**
 * Size in pixels to which an image is resized. `factor`, `minPixels` and `maxPixels` are in pixels of the result.
 * Fails with `malformed-image` beyond an aspect ratio of 200, or where rounding leaves a side without a pixel
 * (the reference then crashes in the resize).
 */
export function smartResize(
  size: ImageSize,
  factor: number,
  minPixels: number,
  maxPixels: number,
  label: string,
): ImageSize {
  const { width, height } = size;
  const ratio = Math.max(width, height) / Math.min(width, height);
  if (ratio > maxAspectRatio) {
    fail('malformed-image', `The image is too narrow for Qwen2-VL's dynamic size.`, {
      file: label,
      expected: `longest side at most ${maxAspectRatio} times the shortest`,
      found: `${width} x ${height} pixels`,
      action: 'Crop or pad the image, or use a method with a fixed image size.',
    });
  }
  let resizedHeight = roundHalfToEven(height / factor) * factor;
  let resizedWidth = roundHalfToEven(width / factor) * factor;
  if (resizedHeight * resizedWidth > maxPixels) {
    const beta = Math.sqrt((height * width) / maxPixels);
    resizedHeight = Math.max(factor, Math.floor(height / beta / factor) * factor);
    resizedWidth = Math.max(factor, Math.floor(width / beta / factor) * factor);
  } else if (resizedHeight * resizedWidth < minPixels) {
    const beta = Math.sqrt(minPixels / (height * width));
    resizedHeight = Math.ceil((height * beta) / factor) * factor;
    resizedWidth = Math.ceil((width * beta) / factor) * factor;
  }
  if (resizedHeight < factor || resizedWidth < factor) {
    fail('malformed-image', `Qwen2-VL's dynamic size rounds a side of the image to nothing.`, {
      file: label,
      expected: `both sides at least ${factor / 2} pixels, or an area below ${minPixels} pixels`,
      found: `${width} x ${height} pixels`,
      action: 'Crop or pad the image, or use a method with a fixed image size.',
    });
  }
  return { width: resizedWidth, height: resizedHeight };
}
