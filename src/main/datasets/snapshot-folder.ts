/**
 * The Hub cache's repositories (`datasets--org--name`): `snapshots/<revision>` holds the files as links into
 * `blobs/`, `refs/main` names the current revision. A user may name the repository's folder or a snapshot.
 */
import { opendir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../../shared/failure.ts';
import { failFromSystem, systemCode } from '../files/io-failure.ts';
import { hubSnapshotOf } from '../files/safe-path.ts';

/** The folder itself, or the snapshot to read of a cached repository's root. */
export async function snapshotFolder(path: string): Promise<string> {
  if ((await hubSnapshotOf(path)) !== undefined) return path;
  const listing = async (folder: string): Promise<string[]> => {
    const names: string[] = [];
    try {
      for await (const entry of await opendir(folder)) if (entry.isDirectory()) names.push(entry.name);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT' && systemCode(error) !== 'ENOTDIR') failFromSystem(error, folder);
    }
    return names.sort();
  };
  const folders = await listing(path);
  if (!folders.includes('snapshots') || !folders.includes('blobs')) return path;
  const revisions = await listing(join(path, 'snapshots'));
  const named = await readRevision(join(path, 'refs', 'main'));
  const revision = named !== null && revisions.includes(named) ? named : revisions.at(-1);
  if (revision === undefined) {
    fail('not-found', `The cached repository ${path} holds no snapshot.`, {
      file: path,
      place: 'snapshots',
      expected: 'one folder for each downloaded revision',
      found: 'none',
      action: 'Download the dataset again.',
    });
  }
  if (named === null && revisions.length > 1) {
    fail('not-found', `The cached repository ${path} holds several snapshots and does not say which is current.`, {
      file: path,
      place: 'refs/main',
      expected: 'the name of one snapshot',
      found: `${revisions.length} snapshots`,
      action: 'Name one of the folders in its snapshots folder.',
    });
  }
  return join(path, 'snapshots', revision);
}

async function readRevision(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    return failFromSystem(error, path);
  }
}
