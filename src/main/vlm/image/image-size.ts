/** Size of an encoded image from its header; nothing is decoded. */
import sharp from 'sharp';
import { fail } from '../../../shared/failure.ts';

/** Pixels, before any turning by EXIF. `label` names the image in the failure: `malformed-image`. */
export async function readImageSize(
  bytes: Uint8Array,
  label: string,
): Promise<Readonly<{ width: number; height: number }>> {
  const input = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  try {
    const { width, height } = await sharp(input, { limitInputPixels: false }).metadata();
    return { width, height };
  } catch (error) {
    return fail('malformed-image', 'The image is damaged and its size cannot be read.', {
      file: label,
      expected: 'a complete image file',
      found: error instanceof Error ? error.message : String(error),
      action: 'Replace the file.',
    });
  }
}
