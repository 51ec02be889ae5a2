/**
 * Images as the faces show them: as they are where every browser shows the format, re-encoded where not, and
 * scaled down on request.
 */
import { createHash } from 'node:crypto';
import { PenumbraFailure } from '../../shared/failure.ts';

export type ServedImage = Readonly<{ bytes: Uint8Array; contentType: string; etag: string }>;

/** Longest sides that may be asked for; others would only fill the caches. */
export const imageSizes: readonly number[] = [64, 128, 256, 512, 1024];

/** Decoded pixels; a decompression bomb is refused before it is decoded. */
const pixelLimit = 200_000_000;

/** Formats that browsers show; SVG is not among them: it may hold scripts. */
const browserTypes: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
};

/** What scaled images are encoded as. */
const scaledType = 'image/webp';

/**
 * The image in a format that every browser shows, its longest side at most `size` pixels (null: as it is).
 * Fails: `malformed-image`.
 */
export async function encodeImage(bytes: Uint8Array, size: number | null): Promise<ServedImage> {
  const { default: sharp } = await import('sharp');
  try {
    const image = sharp(bytes, { limitInputPixels: pixelLimit, failOn: 'none' });
    const { format } = await image.metadata();
    const contentType = browserTypes[format];
    if (size === null && contentType !== undefined) return served(bytes, contentType);
    // Upright, as browsers show the file itself and as the model saw it (docs/decisions/0003-image-decoding.md).
    const upright = image.autoOrient();
    const fitted = size === null ? upright : upright.resize(size, size, { fit: 'inside', withoutEnlargement: true });
    return served(
      await (size === null ? fitted.png() : fitted.webp({ quality: 82 })).toBuffer(),
      size === null ? 'image/png' : scaledType,
    );
  } catch (error) {
    throw new PenumbraFailure(
      {
        kind: 'malformed-image',
        message: 'The image cannot be shown.',
        found: error instanceof Error ? error.message : String(error),
      },
      { cause: error },
    );
  }
}

/** A scaled image as it was encoded before. */
export const servedAgain = (bytes: Uint8Array): ServedImage => served(bytes, scaledType);

function served(bytes: Uint8Array, contentType: string): ServedImage {
  return { bytes, contentType, etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"` };
}
