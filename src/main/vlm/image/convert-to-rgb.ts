/**
 * Pillow's conversions of decoded channels to 8-bit RGB, in its integer arithmetic. Which one applies to which
 * file is `decode.ts`'s business.
 */
import type { Colour } from './image-headers.ts';
import { rgbImage, type RgbImage } from './rgb-image.ts';

/** Interleaved channels as decoded. */
export type RawPixels = Readonly<{
  width: number;
  height: number;
  /** 1 grey, 2 grey + alpha, 3 RGB, 4 RGBA or CMYK */
  channelCount: number;
  /** [height, width, channelCount] */
  data: Uint8Array | Uint16Array;
}>;

/** x / 255, rounded, for 0 <= x <= 255 * 255. */
function divideBy255(x: number): number {
  const biased = x + 128;
  return ((biased >> 8) + biased) >> 8;
}

/** Calls `convert` for each pixel with the position of its first channel in the source and in the result. */
function mapPixels(
  pixels: RawPixels,
  convert: (source: RawPixels['data'], from: number, target: Uint8Array, to: number) => void,
): RgbImage {
  const { width, height, channelCount, data } = pixels;
  const target = new Uint8Array(width * height * 3);
  for (let to = 0, from = 0; to < target.length; to += 3, from += channelCount) convert(data, from, target, to);
  return rgbImage(width, height, target);
}

/** Byte of a 16-bit channel: the high one, as Pillow's unpackers of 16-bit colour take it. */
export function highBytes(pixels: RawPixels): RawPixels {
  return pixels.data instanceof Uint16Array
    ? { ...pixels, data: Uint8Array.from(pixels.data, (value) => value >> 8) }
    : pixels;
}

/** Pillow's `I;16` to RGB: values are not scaled but cut off at 255, so a 16-bit grey picture turns nearly white. */
export function saturateTo8Bits(pixels: RawPixels): RawPixels {
  return { ...pixels, data: Uint8Array.from(pixels.data, (value) => Math.min(value, 255)) };
}

/** `convert("RGB")` of grey, RGB and palette pictures; an alpha channel is forgotten. */
export function dropAlpha(pixels: RawPixels): RgbImage {
  if (pixels.channelCount === 3 && pixels.data instanceof Uint8Array) {
    return rgbImage(pixels.width, pixels.height, pixels.data);
  }
  const isGrey = pixels.channelCount < 3;
  return mapPixels(pixels, (source, from, target, to) => {
    const first = source[from] ?? 0;
    target[to] = first;
    target[to + 1] = isGrey ? first : (source[from + 1] ?? 0);
    target[to + 2] = isGrey ? first : (source[from + 2] ?? 0);
  });
}

/** RGBA pasted on a white picture with its alpha as mask. */
export function pasteOnWhite(pixels: RawPixels): RgbImage {
  return mapPixels(pixels, (source, from, target, to) => {
    const alpha = source[from + 3] ?? 0;
    for (let channel = 0; channel < 3; channel++) {
      target[to + channel] = divideBy255(255 * (255 - alpha) + (source[from + channel] ?? 0) * alpha);
    }
  });
}

/**
 * Every pixel on white by its alpha, as Chameleon's processor blends: in float64, and cut off to a byte where Pillow's
 * paste rounds. Pictures without an alpha channel stay as they are.
 */
export function blendOnWhite(pixels: RawPixels): RgbImage {
  const { channelCount } = pixels;
  if (channelCount !== 2 && channelCount !== 4) return dropAlpha(pixels);
  return mapPixels(pixels, (source, from, target, to) => {
    const alpha = (source[from + channelCount - 1] ?? 0) / 255;
    for (let channel = 0; channel < 3; channel++) {
      const colour = source[from + (channelCount === 2 ? 0 : channel)] ?? 0;
      target[to + channel] = Math.trunc((1 - alpha) * 255 + alpha * colour);
    }
  });
}

/** Grey pictures with white in place of one grey. */
export function whitenGrey(pixels: RawPixels, hidden: number): RgbImage {
  return mapPixels(pixels, (source, from, target, to) => {
    const grey = source[from] ?? 0;
    target.fill(grey === hidden ? 255 : grey, to, to + 3);
  });
}

/** `dropAlpha` with one colour wherever the picture is transparent. */
export function fillTransparent(pixels: RawPixels, colour: Colour): RgbImage {
  if (pixels.channelCount !== 4) return dropAlpha(pixels);
  return mapPixels(pixels, (source, from, target, to) => {
    const isOpaque = source[from + 3] !== 0;
    target[to] = isOpaque ? (source[from] ?? 0) : colour[0];
    target[to + 1] = isOpaque ? (source[from + 1] ?? 0) : colour[1];
    target[to + 2] = isOpaque ? (source[from + 2] ?? 0) : colour[2];
  });
}

/** CMYK to RGB without colour management; 255 is full ink. */
export function cmykToRgb(pixels: RawPixels): RgbImage {
  return mapPixels(pixels, (source, from, target, to) => {
    const light = 255 - (source[from + 3] ?? 0);
    for (let channel = 0; channel < 3; channel++) {
      target[to + channel] = Math.max(0, light - divideBy255((source[from + channel] ?? 0) * light));
    }
  });
}
