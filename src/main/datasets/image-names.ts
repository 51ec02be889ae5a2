/**
 * Where a row's image may lie. A missing image, or one outside the folder, is a warning and the reference stays:
 * the question is then a failed one of a run, not a silently absent one. Nothing is guessed from a bare file name,
 * which another question's image may share.
 */
import { basename, join, posix } from 'node:path';
import type { Failure } from '../../shared/failure.ts';
import type { ImageReference } from '../../shared/sample.ts';
import type { DatasetFolder } from './folder.ts';

export type NamedImage = Readonly<{ image: ImageReference; imageIdentity: string; warning?: Failure }>;

export type NameOptions = Readonly<{
  /** The file and place of the row, for failures. */
  file: string;
  place: string;
  /** Paths to look at, best first; by default those of `writtenPaths`. */
  candidates?: Iterable<string>;
}>;

/** The image that a row names as `written`. */
export async function nameImage(folder: DatasetFolder, written: string, options: NameOptions): Promise<NamedImage> {
  const { file, place, candidates = writtenPaths(folder, file, written) } = options;
  const imageIdentity = written.replaceAll('\\', '/');
  const lookup = await folder.find(candidates);
  if (lookup.kind === 'found') return { image: { kind: 'file', path: lookup.path }, imageIdentity };
  const image: ImageReference = { kind: 'file', path: imageIdentity };
  if (lookup.kind === 'refused') return { image, imageIdentity, warning: { ...lookup.failure, file, place } };
  return {
    image,
    imageIdentity,
    warning: {
      kind: 'missing-image',
      message: `${file}, ${place}: there is no image ${imageIdentity}.`,
      file,
      place,
      expected: 'an image file inside the dataset’s folder',
      found: 'no such file',
      action: 'Put the image in the folder; until then the question is recorded as failed.',
    },
  };
}

/**
 * A written path is relative to the file it stands in, to the dataset's folder, or to the folder above: rows of
 * `data/test.jsonl` say `data/images/x.png`, also when `data` itself was opened.
 */
export function* writtenPaths(folder: DatasetFolder, file: string, written: string): Generator<string> {
  const path = written.replaceAll('\\', '/').replace(/^(?:\.\/+)+/, '');
  const base = posix.dirname(file);
  if (base !== '.') yield `${base}/${path}`;
  yield path;
  const first = path.slice(0, path.indexOf('/'));
  if (first === '' || (first !== 'data' && first !== basename(join(folder.realRoot, base)))) return;
  const rest = path.slice(first.length + 1);
  if (base !== '.') yield `${base}/${rest}`;
  yield rest;
}
