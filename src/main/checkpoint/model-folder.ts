/** What a user may point at as a model: a checkpoint folder, a snapshot of the Hub cache, or a cached repository. */
import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fail } from '../../shared/failure.ts';
import { failFromSystem } from '../files/io-failure.ts';
import { hubSnapshotOf, resolveInside } from '../files/safe-path.ts';
import { WeightFile } from './weight-file.ts';

export type ModelFolder = Readonly<{
  /** Absolute; holds `config.json`. */
  folder: string;
  /** `org/name` from the Hub cache, else the folder's name. */
  name: string;
  /** The Hub's commit, where known. */
  revision: string | null;
}>;

/** Finds the folder that holds a checkpoint. Fails: `missing-file`, `path-outside-folder`, `malformed-checkpoint`. */
export async function resolveModelFolder(path: string): Promise<ModelFolder> {
  const root = resolve(path);
  const names = await listModelFolder(root);
  const folder = names.includes('config.json') ? root : await cachedSnapshot(root, names);
  const hub = await hubSnapshotOf(folder);
  return { folder, name: hub?.name ?? basename(folder), revision: hub?.revision ?? null };
}

async function listModelFolder(root: string): Promise<string[]> {
  try {
    if ((await stat(root)).isDirectory()) return await readdir(root);
  } catch (error) {
    return failFromSystem(error, root);
  }
  return fail('missing-file', `${root} is a file, not a folder.`, {
    file: root,
    expected: 'the folder of a Hugging Face checkpoint',
    found: 'a file',
    action: /\.(pth|pt|bin)$/.test(root)
      ? "Give the base model's folder as the source, and this file as the adapter."
      : 'Give the folder that holds the file.',
  });
}

/** The snapshot of a cached repository (`models--org--name`): the one `refs/main` names, or the only one. */
async function cachedSnapshot(root: string, names: readonly string[]): Promise<string> {
  if (!names.includes('snapshots')) return noConfig(root, names);
  const snapshots = await readdir(join(root, 'snapshots'));
  const main = await mainRevision(root);
  const revision = main ?? (snapshots.length === 1 ? snapshots[0] : undefined);
  if (revision === undefined || !snapshots.includes(revision)) {
    return fail('missing-file', `${root} does not say which of its snapshots to use.`, {
      file: root,
      place: 'refs/main',
      expected: 'the name of a folder in snapshots/',
      found: main ?? `${snapshots.length} snapshots`,
      action: `Give one of the folders in ${join(root, 'snapshots')}.`,
    });
  }
  const folder = await resolveInside(root, join('snapshots', revision));
  const held = await listModelFolder(folder);
  return held.includes('config.json') ? folder : noConfig(folder, held);
}

async function mainRevision(root: string): Promise<string | undefined> {
  const path = await resolveInside(root, join('refs', 'main'));
  if (!(await isFile(path))) return undefined;
  const file = await WeightFile.open(path);
  try {
    return new TextDecoder().decode(await file.read(0, Math.min(file.sizeBytes, 256))).trim();
  } finally {
    await file.close();
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

function noConfig(folder: string, names: readonly string[]): never {
  return fail('missing-file', `${folder} holds no config.json.`, {
    file: join(folder, 'config.json'),
    expected: 'the folder of a Hugging Face checkpoint: config.json, weights, tokenizer',
    found: names.length === 0 ? 'an empty folder' : names.slice(0, 5).join(', '),
    action: 'Give the folder that holds config.json.',
  });
}
