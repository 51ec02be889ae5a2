/**
 * Which image format some bytes are in, told from their first bytes, never from a file's name. Only formats whose
 * pixels are checked against Pillow are decoded; the others are refused by name.
 */
import { fail } from '../../../shared/failure.ts';

export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'gif';

/** `offset` bytes into the file stands `ascii`. */
type Signature = Readonly<{ offset: number; ascii: string }>;

const supported: readonly (Signature & { format: ImageFormat })[] = [
  { offset: 0, ascii: '\u00ff\u00d8\u00ff', format: 'jpeg' },
  { offset: 0, ascii: '\u0089PNG\r\n\u001a\n', format: 'png' },
  { offset: 8, ascii: 'WEBP', format: 'webp' },
  { offset: 0, ascii: 'GIF87a', format: 'gif' },
  { offset: 0, ascii: 'GIF89a', format: 'gif' },
];

const refused: readonly (Signature & { name: string })[] = [
  { offset: 0, ascii: 'BM', name: 'BMP' },
  { offset: 0, ascii: 'II*\0', name: 'TIFF' },
  { offset: 0, ascii: 'MM\0*', name: 'TIFF' },
  { offset: 4, ascii: 'ftypavif', name: 'AVIF' },
  { offset: 4, ascii: 'ftyphei', name: 'HEIC' },
  { offset: 4, ascii: 'ftypmif1', name: 'HEIF' },
  { offset: 4, ascii: 'jP  ', name: 'JPEG 2000' },
  { offset: 0, ascii: '\u00ffO\u00ffQ', name: 'JPEG 2000' },
  { offset: 0, ascii: '\u00ff\n', name: 'JPEG XL' },
  { offset: 4, ascii: 'JXL ', name: 'JPEG XL' },
  { offset: 0, ascii: '8BPS', name: 'Photoshop' },
  { offset: 0, ascii: '\0\0\u0001\0', name: 'ICO' },
  { offset: 0, ascii: '%PDF', name: 'PDF' },
  { offset: 0, ascii: '<svg', name: 'SVG' },
  { offset: 0, ascii: '<?xml', name: 'SVG or another XML' },
  { offset: 0, ascii: '<!DOCTYPE', name: 'HTML' },
  { offset: 0, ascii: '<html', name: 'HTML' },
  { offset: 0, ascii: 'version https://git-lfs', name: 'Git LFS pointer' },
];

function matches(bytes: Uint8Array, { offset, ascii }: Signature): boolean {
  for (let i = 0; i < ascii.length; i++) {
    if (bytes[offset + i] !== ascii.charCodeAt(i)) return false;
  }
  return true;
}

/** Fails with `malformed-image` for anything that is not decoded, naming the format where it is a known one. */
export function recogniseImageFormat(bytes: Uint8Array, label: string): ImageFormat {
  const format = supported.find((signature) => matches(bytes, signature))?.format;
  if (format !== undefined) return format;
  const known = refused.find((signature) => matches(bytes, signature))?.name;
  return fail(
    'malformed-image',
    known === undefined ? 'The image is in no known format.' : `The image is a ${known} file, which is not supported.`,
    {
      file: label,
      place: 'byte 0',
      expected: 'JPEG, PNG, WebP or GIF',
      found: known ?? (bytes.length === 0 ? 'no bytes' : `${bytes.length} bytes that start otherwise`),
      action: 'Convert the image to PNG, or replace the damaged file.',
    },
  );
}
