/**
 * The encoded bytes of one image, read when asked for and never kept. Decoding, and what is wrong with the picture
 * itself, is the image processor's part.
 */
import { readFile, stat } from 'node:fs/promises';
import { fail, failureOf } from '../../shared/failure.ts';
import { failFromSystem, systemCode } from '../files/io-failure.ts';
import type { DatasetFolder } from './folder.ts';
import { shorten } from './text/json-lines.ts';

/** No encoded picture that a model is asked about is larger. */
export const maxImageBytes = 256 * 2 ** 20;

/**
 * Reads an image file of the folder. Fails: `missing-image`, `malformed-image` (empty), `image-too-large`,
 * `path-outside-folder`, `permission-denied`.
 */
export async function readImageFile(folder: DatasetFolder, path: string): Promise<Uint8Array> {
  let resolved = path;
  const missing = (found: string): never =>
    fail('missing-image', `There is no image ${shorten(path)}.`, {
      file: shorten(resolved),
      expected: 'an image file',
      found,
      action: 'Put the image in the dataset’s folder.',
    });
  try {
    resolved = await folder.resolve(path);
    // Not opened before it is known to be a regular file: opening a named pipe would wait for ever.
    const status = await stat(resolved);
    if (!status.isFile()) missing('not a file');
    checkImageSize(status.size, resolved, undefined);
    return await readFile(resolved);
  } catch (error) {
    const code = systemCode(error);
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR' || failureOf(error)?.kind === 'missing-file';
    if (isMissing) return missing('no such file');
    return failFromSystem(error, resolved);
  }
}

/** Fails: `malformed-image` (no bytes), `image-too-large`. */
export function checkImageSize(sizeBytes: number, file: string, place: string | undefined): void {
  const where = { file, ...(place !== undefined && { place }) };
  if (sizeBytes === 0) {
    fail('malformed-image', `The image in ${file} is empty.`, {
      ...where,
      expected: 'an encoded image',
      found: '0 bytes',
    });
  }
  if (sizeBytes > maxImageBytes) {
    fail('image-too-large', `The image in ${file} is too large.`, {
      ...where,
      expected: `at most ${maxImageBytes} bytes`,
      found: `${sizeBytes} bytes`,
      action: 'Store the picture at a smaller size.',
    });
  }
}
