/**
 * Images kept as base64 text inside a TSV cell: read from the cell's place alone, and refused where the text is
 * not base64, which Node's decoder would pass over in silence.
 */
import { fail } from '../../shared/failure.ts';
import { openByteRanges } from './byte-ranges.ts';
import type { DatasetFolder } from './folder.ts';
import { checkImageSize, maxImageBytes } from './images.ts';

/** Fails: `malformed-image`, `image-too-large`, `malformed-file` (the place is beyond the file), `missing-file`. */
export async function readBase64Image(
  folder: DatasetFolder,
  reference: Readonly<{ path: string; startByte: number; endByte: number }>,
): Promise<Uint8Array> {
  const { path, startByte, endByte } = reference;
  const place = `bytes ${startByte} to ${endByte}`;
  if (endByte - startByte > maxImageBytes * 1.5) checkImageSize(Math.floor((endByte - startByte) * 0.75), path, place);
  const source = await openByteRanges(await folder.resolve(path), path);
  let text: string;
  try {
    text = (await source.read(startByte, endByte)).toString('latin1');
  } finally {
    await source.close();
  }
  // `data:image/png;base64,…` is base64 after its comma.
  const encoded = (text.startsWith('data:') ? text.slice(text.indexOf(',') + 1) : text).replaceAll(/\s+/g, '');
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(encoded) || encoded.replace(/=+$/, '').length % 4 === 1) {
    fail('malformed-image', `The image in ${path} is not base64 text.`, {
      file: path,
      place,
      expected: 'base64',
      found: 'other characters, or a cut end',
    });
  }
  const bytes = Buffer.from(encoded, 'base64');
  checkImageSize(bytes.length, path, place);
  return bytes;
}
