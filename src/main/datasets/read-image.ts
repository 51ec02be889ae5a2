/** An image reference turned into bytes, whichever of the three places it names. */
import { fail } from '../../shared/failure.ts';
import type { ImageReference } from '../../shared/sample.ts';
import { readBase64Image } from './base64-image.ts';
import type { DatasetFolder } from './folder.ts';
import { checkImageSize, readImageFile } from './images.ts';
import type { ParquetFiles } from './parquet/parquet-files.ts';

/**
 * Fails: `missing-image`, `malformed-image`, `image-too-large`, `path-outside-folder`, `malformed-file`, and the
 * system's failures.
 */
export async function readImage(
  reference: ImageReference,
  folder: DatasetFolder,
  parquetFiles: ParquetFiles,
): Promise<Uint8Array> {
  if (reference.kind === 'file') return readImageFile(folder, reference.path);
  if (reference.kind === 'base64') return readBase64Image(folder, reference);
  const { path, rowIndex, column } = reference;
  const place = `row ${rowIndex + 1}`;
  const images = await parquetFiles.images(path, column);
  const bytes = await images.read(rowIndex, (sizeBytes) => checkImageSize(sizeBytes, path, place));
  if (bytes === null) {
    fail('missing-image', `${path}, ${place} has no image.`, {
      file: path,
      place,
      expected: 'an image',
      found: 'none',
    });
  }
  return bytes;
}
