/** Pillow's default filter, which Qwen2-VL's images and enlarged regions go through. */
import { resizeLikePillow } from './pillow-resize.ts';
import type { RgbImage } from './rgb-image.ts';

/** Resizes to `width` x `height` pixels as Pillow does; an axis that keeps its size is not filtered. */
export function resizeBicubic(image: RgbImage, width: number, height: number): RgbImage {
  return resizeLikePillow(image, { width, height, filter: 'bicubic' });
}
