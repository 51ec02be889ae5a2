/**
 * Dataset repositories in the Hub's cache: `datasets--org--name/snapshots/<revision>`, each file a link into
 * `blobs/`. Found by names; nothing is opened, and nothing is downloaded.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { CachedDataset } from '../../shared/contract/datasets.ts';
import { failFromSystem, systemCode } from '../files/io-failure.ts';

/** Where the Hub's own tools keep their cache: `HF_HUB_CACHE`, `HF_HOME`, `XDG_CACHE_HOME`, else the home. */
export function hubCacheFolder(env: NodeJS.ProcessEnv = process.env, home = homedir()): string {
  const given = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  const expand = (path: string): string => (/^~(?=$|[/\\])/.test(path) ? join(home, path.slice(1)) : resolve(path));
  const own = given('HF_HUB_CACHE') ?? given('HUGGINGFACE_HUB_CACHE');
  if (own !== undefined) return expand(own);
  const hubHome = given('HF_HOME');
  if (hubHome !== undefined) return join(expand(hubHome), 'hub');
  const cache = given('XDG_CACHE_HOME');
  return join(cache === undefined ? join(home, '.cache') : expand(cache), 'huggingface', 'hub');
}

/**
 * The current snapshot of each cached dataset, newest first; none where there is no cache. A repository that cannot
 * be read is left out. Fails as the system does where the cache itself cannot be read.
 */
export async function listCachedDatasets(folder: string): Promise<CachedDataset[]> {
  const names = (await cacheEntries(folder)).filter((name) => name.startsWith('datasets--'));
  const found = await Promise.all(names.map((name) => cachedDataset(join(folder, name), name)));
  return found
    .filter((entry) => entry !== null)
    .sort((a, b) => b.changedMs - a.changedMs)
    .map(({ dataset }) => dataset);
}

async function cachedDataset(folder: string, name: string) {
  const snapshots = await Promise.all(
    (await namesOf(join(folder, 'snapshots'))).map(async (revision) => {
      const path = join(folder, 'snapshots', revision);
      const status = await stat(path).catch(() => null);
      return status?.isDirectory() === true ? { path, revision, changedMs: status.mtimeMs } : null;
    }),
  );
  const current = await readFile(join(folder, 'refs', 'main'), 'utf8').catch(() => '');
  const there = snapshots.filter((entry) => entry !== null).sort((a, b) => b.changedMs - a.changedMs);
  const snapshot = there.find(({ revision }) => revision === current.trim()) ?? there[0];
  if (snapshot === undefined) return null;
  const { path, revision, changedMs } = snapshot;
  const repository = name.slice('datasets--'.length).replaceAll('--', '/');
  return { changedMs, dataset: { repository, path, revision, sizeBytes: await sizeOf(path) } };
}

/** Bytes of the files that a snapshot's links lead to. */
async function sizeOf(snapshot: string): Promise<number> {
  const entries = await readdir(snapshot, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      const status = await stat(join(entry.parentPath, entry.name)).catch(() => null);
      return status?.isFile() === true ? status.size : 0;
    }),
  );
  return sizes.reduce((total, size) => total + size, 0);
}

async function cacheEntries(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    return systemCode(error) === 'ENOENT' ? [] : failFromSystem(error, folder);
  }
}

const namesOf = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
