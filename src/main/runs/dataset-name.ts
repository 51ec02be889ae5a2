/** What a dataset is called wherever the program lists it or a run of it. */
import { basename } from 'node:path';
import { openFolder } from '../datasets/folder.ts';
import { findPrettyName } from '../datasets/licence.ts';
import { hubSnapshotOf } from '../files/safe-path.ts';

/** The Hub's name of a cached repository, else the name that the dataset's card gives, else the last part of the path. */
export async function datasetName(path: string): Promise<string> {
  const snapshot = await hubSnapshotOf(path).catch(() => undefined);
  if (snapshot !== undefined) return snapshot.name;
  const cached = /^datasets--(.+)$/.exec(basename(path))?.[1];
  if (cached !== undefined) return cached.replaceAll('--', '/');
  const card = await openFolder(path).then(findPrettyName, () => null);
  return card ?? basename(path);
}
