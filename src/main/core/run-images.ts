/**
 * Images of a run's questions for the faces: as they are where every browser shows the format, re-encoded where
 * not, and scaled down on request. Scaled images are kept in memory up to a bound.
 */
import { createHash } from 'node:crypto';
import { PenumbraFailure } from '../../shared/failure.ts';

export type ServedImage = Readonly<{ bytes: Uint8Array; contentType: string; etag: string }>;

export type RunImages = Readonly<{
  /** @param size longest side in pixels, or null for the image as it is */
  read: (runId: string, sampleId: string, size: number | null) => Promise<ServedImage>;
}>;

/** Longest sides that may be asked for; others would only fill the cache. */
export const imageSizes: readonly number[] = [64, 128, 256, 512, 1024];

const cacheBytes = 64 * 1024 * 1024;
/** Decoded pixels; a decompression bomb is refused before it is decoded. */
const pixelLimit = 200_000_000;

/** Formats that browsers show; SVG is not among them: it may hold scripts. */
const browserTypes: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
};

/** @param readBytes where the encoded bytes come from */
export function createRunImages(readBytes: (runId: string, sampleId: string) => Promise<Uint8Array>): RunImages {
  const scaled = new Map<string, ServedImage>();
  let used = 0;

  const remember = (key: string, image: ServedImage): void => {
    scaled.set(key, image);
    used += image.bytes.byteLength;
    for (const [oldest, { bytes }] of scaled) {
      if (used <= cacheBytes) break;
      scaled.delete(oldest);
      used -= bytes.byteLength;
    }
  };

  return {
    read: async (runId, sampleId, size) => {
      const key = JSON.stringify([runId, sampleId, size]);
      const known = scaled.get(key);
      if (known !== undefined) {
        scaled.delete(key);
        scaled.set(key, known);
        return known;
      }
      const bytes = await readBytes(runId, sampleId);
      const image = await encode(bytes, size);
      if (size !== null) remember(key, image);
      return image;
    },
  };
}

async function encode(bytes: Uint8Array, size: number | null): Promise<ServedImage> {
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
      size === null ? 'image/png' : 'image/webp',
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

function served(bytes: Uint8Array, contentType: string): ServedImage {
  return { bytes, contentType, etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"` };
}
