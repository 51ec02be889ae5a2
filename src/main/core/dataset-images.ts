/**
 * Images of opened datasets for the faces. Scaled ones are kept on disk, named by the file that they come from with
 * its size and time, and the place in it: a changed file is another image.
 */
import type { DatasetLibrary } from '../runs/dataset-library.ts';
import { createDiskCache } from '../files/disk-cache.ts';
import { encodeImage, servedAgain, type ServedImage } from './served-image.ts';

export type DatasetImages = Readonly<{
  /** @param size longest side in pixels, or null for the image as it is */
  read: (datasetId: string, sampleId: string, size: number | null) => Promise<ServedImage>;
}>;

const cacheBytes = 256 * 1024 * 1024;

export function createDatasetImages(
  library: () => Promise<Pick<DatasetLibrary, 'withImage'>>,
  cacheFolder: string,
): DatasetImages {
  const cache = createDiskCache(cacheFolder, cacheBytes);
  return {
    read: async (datasetId, sampleId, size) =>
      (await library()).withImage(datasetId, sampleId, async ({ stamp, read }) => {
        if (size === null) return encodeImage(await read(), null);
        const key = `${String(size)} ${stamp}`;
        const known = await cache.get(key);
        if (known !== null) return servedAgain(known);
        const image = await encodeImage(await read(), size);
        await cache.put(key, image.bytes);
        return image;
      }),
  };
}
