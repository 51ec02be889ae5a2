/**
 * Where a row's image may lie. Rows name images relative to the file they stand in, to the folder above it, or to
 * the folder that the dataset was made in (`data/images/x.png` in a folder that is itself `data`), so leading
 * folders are dropped one by one.
 */
import { posix } from 'node:path';
import type { Failure } from '../../shared/failure.ts';
import type { ImageReference } from '../../shared/sample.ts';
import type { DatasetFolder } from './folder.ts';

export type NamedImage = Readonly<{ image: ImageReference; imageIdentity: string; warning?: Failure }>;

export type NamedImagePlace = Readonly<{ file: string; place: string }>;

/**
 * The image that a row of `file` names. A missing image, or one outside the folder, is a warning and the
 * reference stays: the question is then a failed one of a run, not a silently absent one.
 */
export async function nameImage(
  folder: DatasetFolder,
  name: string,
  { file, place }: NamedImagePlace,
  further: readonly string[] = [],
): Promise<NamedImage> {
  const written = name.replaceAll('\\', '/');
  const lookup = await folder.find([...candidatesFor(file, written), ...further]);
  const reference = (path: string): ImageReference => ({ kind: 'file', path });
  if (lookup.kind === 'found') return { image: reference(lookup.path), imageIdentity: written };
  if (lookup.kind === 'refused') {
    return { image: reference(written), imageIdentity: written, warning: { ...lookup.failure, file, place } };
  }
  return {
    image: reference(written),
    imageIdentity: written,
    warning: {
      kind: 'missing-image',
      message: `${file}, ${place}: there is no image ${written}.`,
      file,
      place,
      expected: 'an image file inside the dataset’s folder',
      found: 'no such file',
      action: 'Put the image in the folder; until then the question is recorded as failed.',
    },
  };
}

function candidatesFor(file: string, written: string): string[] {
  const base = posix.dirname(file);
  const candidates: string[] = [];
  let rest = written;
  for (;;) {
    if (base !== '.') candidates.push(`${base}/${rest}`);
    candidates.push(rest);
    const slash = rest.indexOf('/');
    // What starts at the root or climbs is refused, not searched for.
    if (slash <= 0 || rest.startsWith('..') || /^[A-Za-z]:/.test(rest)) break;
    rest = rest.slice(slash + 1);
  }
  const name = written.slice(written.lastIndexOf('/') + 1);
  if (!written.includes('..') && !written.startsWith('/')) {
    candidates.push(base === '.' ? `images/${name}` : `${base}/images/${name}`, `images/${name}`);
  }
  return candidates;
}
