/** Images of a run's questions for the faces. Scaled images are kept in memory up to a bound. */
import { encodeImage, type ServedImage } from './served-image.ts';

export type RunImages = Readonly<{
  /** @param size longest side in pixels, or null for the image as it is */
  read: (runId: string, sampleId: string, size: number | null) => Promise<ServedImage>;
}>;

/**
 * @param readBytes where the encoded bytes come from
 * @param cacheBytes what the scaled images that are kept may take
 */
export function createRunImages(
  readBytes: (runId: string, sampleId: string) => Promise<Uint8Array>,
  cacheBytes = 64 * 1024 * 1024,
): RunImages {
  const scaled = new Map<string, ServedImage>();
  let used = 0;

  const remember = (key: string, image: ServedImage): void => {
    // Two readers may have asked for it at once.
    used += image.bytes.byteLength - (scaled.get(key)?.bytes.byteLength ?? 0);
    scaled.set(key, image);
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
      const image = await encodeImage(bytes, size);
      if (size !== null) remember(key, image);
      return image;
    },
  };
}
