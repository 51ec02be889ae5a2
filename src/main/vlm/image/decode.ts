/**
 * From an image file's bytes to the RGB pixels that the released IVT-LR code works on: Pillow's decoding, turned
 * upright by EXIF (Hugging Face `datasets` does that), and transparency as each backbone's code treats it. Why, and
 * what follows for each kind of file, is in docs/decisions/0003-image-decoding.md.
 *
 * Colour profiles and gamma are ignored, nothing is scaled while decoding, and only the first frame is read.
 */
import sharp, { type Metadata, type Sharp } from 'sharp';
import { fail } from '../../../shared/failure.ts';
import {
  blendOnWhite,
  cmykToRgb,
  dropAlpha,
  fillTransparent,
  highBytes,
  pasteOnWhite,
  saturateTo8Bits,
  whitenGrey,
  type RawPixels,
} from './convert-to-rgb.ts';
import { recogniseImageFormat, type ImageFormat } from './image-format.ts';
import { gifBackdrop, pngTransparentGrey, readPngHeader } from './image-headers.ts';
import { orientationInXmp, turnUpright } from './orientation.ts';
import type { RgbImage } from './rgb-image.ts';

/**
 * `paste-rgba`: RGBA goes on white, any other transparency is forgotten and the hidden colours show (`qwen_vl_utils`
 * and Pillow's `convert("RGB")`). `blend-all`: all transparency goes on white, except a transparent colour of an RGB
 * picture (Chameleon's processor, which leaves Pillow's mode RGB alone).
 */
export type Transparency = 'paste-rgba' | 'blend-all';

export type DecodeOptions = Readonly<{ transparency: Transparency }>;

export const maxImageBytes = 100 * 1024 * 1024;
export const maxImagePixels = 100_000_000;

function refuseLarge(label: string, expected: string, found: string): never {
  return fail('image-too-large', 'The image is too large.', {
    file: label,
    expected,
    found,
    action: 'Scale the image down; the model sees far fewer pixels anyway.',
  });
}

/** Runs one of sharp's steps; whatever it throws about this input is a damaged file. */
async function reading<T>(label: string, step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim().replaceAll(/\s+/g, ' ') : String(error);
    return fail('malformed-image', 'The image is damaged and cannot be decoded.', {
      file: label,
      expected: 'a complete image file',
      found: reason,
      action: 'Replace the file.',
    });
  }
}

async function rawPixels(label: string, image: Sharp, bits: 8 | 16): Promise<RawPixels> {
  const raw = bits === 16 ? image.raw({ depth: 'ushort' }) : image.raw();
  const { data, info } = await reading(label, raw.toBuffer({ resolveWithObject: true }));
  const { width, height, channels: channelCount } = info;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.length);
  // 16-bit values are copied: they may lie at an odd address.
  return { width, height, channelCount, data: bits === 16 ? new Uint16Array(bytes.slice().buffer) : bytes };
}

async function decodePng(
  label: string,
  image: Sharp,
  bytes: Uint8Array,
  transparency: Transparency,
): Promise<RgbImage> {
  const { bitDepth, colourType } = readPngHeader(bytes);
  const isGrey = colourType === 0;
  const wide = bitDepth === 16 ? image.toColourspace(isGrey ? 'grey16' : 'rgb16') : image;
  const pixels = await rawPixels(label, wide, bitDepth === 16 ? 16 : 8);
  if (isGrey) {
    const grey = bitDepth === 16 ? saturateTo8Bits(pixels) : pixels;
    const hidden = transparency === 'blend-all' ? pngTransparentGrey(bytes) : null;
    return hidden === null ? dropAlpha(grey) : whitenGrey(grey, hidden);
  }
  const narrow = highBytes(pixels);
  const isRgb = colourType === 2;
  if (transparency === 'blend-all') return isRgb ? dropAlpha(narrow) : blendOnWhite(narrow);
  // 16-bit grey with alpha is RGBA to Pillow, 8-bit grey with alpha stays LA.
  const isRgba = colourType === 6 || (colourType === 4 && bitDepth === 16);
  return isRgba ? pasteOnWhite(narrow) : dropAlpha(narrow);
}

async function decodePixels(
  label: string,
  image: Sharp,
  bytes: Uint8Array,
  { space }: Metadata,
  format: ImageFormat,
  transparency: Transparency,
): Promise<RgbImage> {
  if (format === 'png') return decodePng(label, image, bytes, transparency);
  if (format === 'jpeg' && space === 'cmyk') {
    // Read as Adobe writes it (inverted), with its marker or without: so does Pillow.
    const inks = image.pipelineColourspace('cmyk').toColourspace('cmyk');
    return cmykToRgb(await rawPixels(label, inks, 8));
  }
  const pixels = await rawPixels(label, image, 8);
  if (format === 'gif') {
    const { colour, isTransparent } = gifBackdrop(bytes);
    return fillTransparent(pixels, transparency === 'blend-all' && isTransparent ? [255, 255, 255] : colour);
  }
  if (format !== 'webp' || pixels.channelCount !== 4) return dropAlpha(pixels);
  return transparency === 'blend-all' ? blendOnWhite(pixels) : pasteOnWhite(pixels);
}

/**
 * Decodes a JPEG, PNG, WebP or GIF file. `label` names the image in failures: `image-too-large` above 100 MiB or
 * 100 megapixels (checked before decoding), `malformed-image` for a damaged, truncated or unsupported file.
 */
export async function decodeImage(
  bytes: Uint8Array,
  label: string,
  { transparency }: DecodeOptions = { transparency: 'paste-rgba' },
): Promise<RgbImage> {
  if (bytes.length > maxImageBytes) refuseLarge(label, `at most ${maxImageBytes} bytes`, `${bytes.length} bytes`);
  const format = recogniseImageFormat(bytes, label);
  const input = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  // The limit is checked here, where it can be told from damage.
  const image = sharp(input, { failOn: 'truncated', ignoreIcc: true, limitInputPixels: false });
  const metadata = await reading(label, image.metadata());
  const { width, height } = metadata;
  if (width * height > maxImagePixels) {
    refuseLarge(label, `at most ${maxImagePixels} pixels`, `${width} x ${height} pixels`);
  }
  const pixels = await decodePixels(label, image, bytes, metadata, format, transparency);
  return turnUpright(pixels, metadata.orientation ?? orientationInXmp(metadata.xmpAsString ?? ''));
}
