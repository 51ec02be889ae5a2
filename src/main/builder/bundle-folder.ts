/**
 * A bundle's folder while it is made: everything is written under a temporary name beside the target and renamed
 * when complete, so that a half-written bundle never looks whole. Whatever goes wrong leaves nothing behind.
 */
import { mkdir, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fail } from '../../shared/failure.ts';
import { failFromSystem, systemCode } from '../files/io-failure.ts';

const partialMark = '.partial-';
/** Room for graphs, tokenizer and the file system's own needs, beyond the weights. */
const spareBytes = 64 * 1024 * 1024;

/** Runs `fill` on a temporary folder and puts the result at `target`. */
export async function makeBundleFolder<T>(
  target: string,
  options: Readonly<{ replace: boolean; neededBytes: number }>,
  fill: (folder: string) => Promise<T>,
): Promise<T> {
  const path = resolve(target);
  const parent = dirname(path);
  await mkdir(parent, { recursive: true }).catch((error: unknown) => failFromSystem(error, parent));
  const existing = await describeExisting(path);
  if (existing === 'other' || (existing === 'bundle' && !options.replace)) {
    fail('wrong-usage', `There is something at ${target} already.`, {
      file: target,
      found: existing === 'bundle' ? 'an imported model' : 'files that are no imported model',
      action: existing === 'bundle' ? 'Choose another --out, or replace it with --replace.' : 'Choose another --out.',
    });
  }
  await removeStalePartials(path);
  await checkFreeSpace(parent, options.neededBytes);
  const partial = `${path}${partialMark}${process.pid}`;
  try {
    await mkdir(partial);
    const result = await fill(partial);
    await putInPlace(partial, path, existing === 'bundle');
    return result;
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    return failFromSystem(error, target);
  }
}

/** Renames the finished folder; an old bundle steps aside first, and back again if that fails. */
async function putInPlace(partial: string, path: string, replaces: boolean): Promise<void> {
  const old = `${partial}-old`;
  if (replaces) await rename(path, old);
  try {
    await rename(partial, path);
  } catch (error) {
    if (replaces) await rename(old, path);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}

async function describeExisting(path: string): Promise<'nothing' | 'bundle' | 'other'> {
  const entries = await readdir(path).catch((error: unknown) => {
    const code = systemCode(error);
    if (code === 'ENOENT') return null;
    return code === 'ENOTDIR' ? 'file' : failFromSystem(error, path);
  });
  if (entries === null) return 'nothing';
  if (entries === 'file') return 'other';
  if (entries.includes('bundle.json')) return 'bundle';
  if (entries.length > 0) return 'other';
  await rm(path, { recursive: true });
  return 'nothing';
}

/** Removes what an import that was killed left behind; one that still runs is left alone. */
async function removeStalePartials(path: string): Promise<void> {
  const prefix = `${basename(path)}${partialMark}`;
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(prefix)) continue;
    const owner = Number.parseInt(name.slice(prefix.length), 10);
    if (owner === process.pid || !isAlive(owner)) await rm(join(dirname(path), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function checkFreeSpace(folder: string, neededBytes: number): Promise<void> {
  await stat(folder);
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const needed = neededBytes + spareBytes;
  if (free >= needed) return;
  fail('disk-full', 'There is not enough free disk space for this import.', {
    file: folder,
    expected: `${gigabytes(needed)} free`,
    found: `${gigabytes(free)} free`,
    action: 'Free some space, choose another --out, or a lower --precision.',
  });
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;
