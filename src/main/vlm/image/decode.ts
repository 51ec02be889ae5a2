/**
 * From an image file's bytes to the RGB pixels that the released IVT-LR code gives its processor: Pillow's
 * decoding, turned upright by EXIF (Hugging Face `datasets` does that), RGBA pasted on white (`qwen_vl_utils`),
 * everything else as Pillow's `convert("RGB")`. Why, and what follows for each kind of file, is in
 * docs/decisions/0003-image-decoding.md.
 *
 * Colour profiles and gamma are ignored, nothing is scaled while decoding, and only the first frame is read.
 */
import sharp, { type Metadata, type Sharp } from 'sharp';
import { fail } from '../../../shared/failure.ts';
import {
  cmykToRgb,
  dropAlpha,
  fillTransparent,
  highBytes,
  pasteOnWhite,
  saturateTo8Bits,
  type RawPixels,
} from './convert-to-rgb.ts';
import { recogniseImageFormat, type ImageFormat } from './image-format.ts';
import { gifBackdrop, readPngHeader } from './image-headers.ts';
import { orientationInXmp, turnUpright } from './orientation.ts';
import type { RgbImage } from './rgb-image.ts';

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

async function decodePng(label: string, image: Sharp, bytes: Uint8Array): Promise<RgbImage> {
  const { bitDepth, colourType } = readPngHeader(bytes);
  const isGrey = colourType === 0;
  const wide = bitDepth === 16 ? image.toColourspace(isGrey ? 'grey16' : 'rgb16') : image;
  const pixels = await rawPixels(label, wide, bitDepth === 16 ? 16 : 8);
  if (isGrey && bitDepth === 16) return dropAlpha(saturateTo8Bits(pixels));
  // 16-bit grey with alpha is RGBA to Pillow, 8-bit grey with alpha stays LA.
  const isRgba = colourType === 6 || (colourType === 4 && bitDepth === 16);
  return isRgba ? pasteOnWhite(highBytes(pixels)) : dropAlpha(highBytes(pixels));
}

async function decodePixels(
  label: string,
  image: Sharp,
  bytes: Uint8Array,
  format: ImageFormat,
  metadata: Metadata,
): Promise<RgbImage> {
  if (format === 'png') return decodePng(label, image, bytes);
  if (format === 'jpeg' && metadata.space === 'cmyk') {
    // Read as Adobe writes it (inverted), with its marker or without: so does Pillow.
    const inks = image.pipelineColourspace('cmyk').toColourspace('cmyk');
    return cmykToRgb(await rawPixels(label, inks, 8));
  }
  const pixels = await rawPixels(label, image, 8);
  if (format === 'gif') return fillTransparent(pixels, gifBackdrop(bytes));
  return format === 'webp' && pixels.channelCount === 4 ? pasteOnWhite(pixels) : dropAlpha(pixels);
}

/**
 * Decodes a JPEG, PNG, WebP or GIF file. `label` names the image in failures: `image-too-large` above 100 MiB or
 * 100 megapixels (checked before decoding), `malformed-image` for a damaged, truncated or unsupported file.
 */
export async function decodeImage(bytes: Uint8Array, label: string): Promise<RgbImage> {
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
  const pixels = await decodePixels(label, image, bytes, format, metadata);
  return turnUpright(pixels, metadata.orientation ?? orientationInXmp(metadata.xmpAsString ?? ''));
}
