/**
 * From a box that a model wrote to the enlarged crop that it is shown, as Chain-of-Focus's published evaluation does
 * it: the box must lie in the image as the model saw it; it is enlarged 1.5 times about its centre, clipped, cut to
 * whole pixels downwards, and the crop is scaled up twice. Ours: the crop is taken from the picture in its own
 * resolution rather than from the resized one, and resized with Pillow's bicubic filter rather than Lanczos.
 */
import { resizeBicubic } from '../vlm/image/bicubic-resize.ts';
import { rgbImage, type RgbImage } from '../vlm/image/rgb-image.ts';
import { smartResize, type ImageSize } from '../backbones/qwen2-vl/smart-resize.ts';
import type { WrittenBox } from './zoom-call.ts';

const enlargement = 1.5;
const upscaling = 2;
/** Longest side over shortest, beyond which Qwen2-VL's processor refuses an image. */
const maxAspectRatio = 200;

/** Whole pixels of the source image; at least one in each direction. */
export type ZoomRegion = Readonly<{ left: number; top: number; width: number; height: number }>;

export type ZoomBox =
  /** The box lies in the image; `region` is what is cropped for it. */
  | Readonly<{ kind: 'inside'; region: ZoomRegion }>
  /** A part of the box lies in the image, and `region` is the crop for it; the published evaluation refuses such a box. */
  | Readonly<{ kind: 'partly-outside'; region: ZoomRegion }>
  | Readonly<{ kind: 'outside' }>
  /** The first corner lies right of the second or below it. */
  | Readonly<{ kind: 'swapped-corners' }>
  /** No width or no height, or less than a pixel of the source image. */
  | Readonly<{ kind: 'empty' }>
  /** The crop would be more than 200 times as long as wide. */
  | Readonly<{ kind: 'too-narrow' }>;

/** Places a box written in pixels of the image that the model saw (`seen`) on the image it was made from (`source`). */
export function placeZoomBox([x1, y1, x2, y2]: WrittenBox, seen: ImageSize, source: ImageSize): ZoomBox {
  if (x2 < x1 || y2 < y1) return { kind: 'swapped-corners' };
  if (x2 === x1 || y2 === y1) return { kind: 'empty' };
  if (x2 <= 0 || y2 <= 0 || x1 >= seen.width || y1 >= seen.height) return { kind: 'outside' };
  const isInside = x1 >= 0 && y1 >= 0 && x2 <= seen.width && y2 <= seen.height;
  const [left, right] = enlargedSpan(x1, x2, seen.width, source.width);
  const [top, bottom] = enlargedSpan(y1, y2, seen.height, source.height);
  const region = { left, top, width: right - left, height: bottom - top };
  const { width, height } = region;
  if (width < 1 || height < 1) return { kind: 'empty' };
  if (Math.max(width, height) > maxAspectRatio * Math.min(width, height)) return { kind: 'too-narrow' };
  return { kind: isInside ? 'inside' : 'partly-outside', region };
}

/** One axis: clipped to the image, mapped to the source, enlarged about its centre and clipped again. */
function enlargedSpan(from: number, to: number, seenSize: number, sourceSize: number): [start: number, end: number] {
  const start = (Math.max(0, from) * sourceSize) / seenSize;
  const end = (Math.min(seenSize, to) * sourceSize) / seenSize;
  const centre = (start + end) / 2;
  const reach = ((end - start) * enlargement) / 2;
  return [Math.floor(Math.max(0, centre - reach)), Math.floor(Math.min(sourceSize, centre + reach))];
}

/** The processor's limits, in pixels. */
export type ZoomLimits = Readonly<{
  /** Patch side times merge side, of which each side of its images is a multiple. */
  factor: number;
  minPixels: number;
  maxPixels: number;
}>;

/**
 * The crop in the size in which the model sees it: twice its own, fitted to the processor's limits in the same resize, so
 * that the processor leaves it as it is. A side shorter than `factor` becomes that long.
 */
export function cropForZoom(image: RgbImage, region: ZoomRegion, limits: ZoomLimits): RgbImage {
  const { factor, minPixels, maxPixels } = limits;
  const doubled = {
    width: Math.max(factor, region.width * upscaling),
    height: Math.max(factor, region.height * upscaling),
  };
  const { width, height } = smartResize(doubled, factor, minPixels, maxPixels, 'crop');
  return resizeBicubic(crop(image, region), width, height);
}

function crop(image: RgbImage, { left, top, width, height }: ZoomRegion): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * image.width + left) * 3;
    data.set(image.data.subarray(from, from + width * 3), y * width * 3);
  }
  return rgbImage(width, height, data);
}
