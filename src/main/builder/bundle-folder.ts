/**
 * A bundle's folder while it is made: everything is written under a temporary name beside the target and renamed
 * when complete, so that a half-written bundle never looks whole. Whatever goes wrong leaves nothing behind.
 */
import { lstat, mkdir, readdir, readFile, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { architectures } from '../../shared/architecture.ts';
import { fail } from '../../shared/failure.ts';
import { failFromSystem, systemCode } from '../files/io-failure.ts';
import { isAlive } from '../files/process-alive.ts';

const partialMark = '.partial-';
/** Every file that an import writes, in any version so far. */
const bundleEntries: ReadonlySet<string> = new Set([
  ...['vision', 'vision-written-out', 'image-tokenizer', 'decoder', 'decoder-appending', 'head', 'cache-rows'].flatMap(
    (graph) => [`${graph}.onnx`, `${graph}.onnx.data`],
  ),
  'embeddings.bin',
  'tokenizer.json',
  'tokenizer_config.json',
  'chat_template.jinja',
  'bundle.json',
]);
/** What marks a `bundle.json` as ours, whichever version wrote it: an older one, too, can be replaced. */
const anyBundleSchema = z.object({ bundleVersion: z.int().min(1), architecture: z.enum(architectures) });
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
  await removeStalePartials(path);
  const existing = await describeExisting(path);
  if (existing === 'other' || (existing === 'bundle' && !options.replace)) {
    fail('wrong-usage', `There is something at ${target} already.`, {
      file: target,
      found: existing === 'bundle' ? 'an imported model' : 'files that are no imported model',
      action:
        existing === 'bundle' ? 'Choose another folder, or let it be replaced (--replace).' : 'Choose another folder.',
    });
  }
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

async function describeExisting(path: string, { removeEmpty = true } = {}): Promise<'nothing' | 'bundle' | 'other'> {
  const entries = await readdir(path).catch((error: unknown) => {
    const code = systemCode(error);
    if (code === 'ENOENT') return null;
    return code === 'ENOTDIR' ? 'file' : failFromSystem(error, path);
  });
  if (entries === null) return 'nothing';
  if (entries === 'file') return 'other';
  if (entries.length > 0) return (await isBundle(path, entries)) ? 'bundle' : 'other';
  if (removeEmpty) await rm(path, { recursive: true });
  return 'nothing';
}

/**
 * Whether a folder holds what an import writes and nothing else: anything more is somebody's own, and `--replace`
 * must not delete it.
 */
async function isBundle(path: string, entries: readonly string[]): Promise<boolean> {
  if (!entries.includes('bundle.json') || !entries.every((name) => bundleEntries.has(name))) return false;
  const stats = await Promise.all(entries.map((name) => lstat(join(path, name))));
  if (!stats.every((entry) => entry.isFile())) return false;
  const text = await readFile(join(path, 'bundle.json'), 'utf8');
  return anyBundleSchema.safeParse(parseJson(text)).success;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Whether a folder is a bundle that an import made, with nothing of somebody's own in it. */
export async function isBundleFolder(path: string): Promise<boolean> {
  return (await describeExisting(path, { removeEmpty: false })) === 'bundle';
}

/**
 * Clears up after an import that was killed; one that still runs is left alone. Killed between its two renames, it
 * left no bundle at `path` but the old one beside it: that goes back to its place.
 */
async function removeStalePartials(path: string): Promise<void> {
  const parent = dirname(path);
  const prefix = `${basename(path)}${partialMark}`;
  for (const name of await readdir(parent)) {
    const match = name.startsWith(prefix) ? /^(\d+)(-old)?$/.exec(name.slice(prefix.length)) : null;
    if (match === null) continue;
    const owner = Number(match[1]);
    if (owner !== process.pid && isAlive(owner)) continue;
    const stale = join(parent, name);
    if (match[2] !== undefined && (await isMissing(path))) await rename(stale, path);
    else await rm(stale, { recursive: true, force: true });
  }
}

const isMissing = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => false,
    (error: unknown) => systemCode(error) === 'ENOENT' || failFromSystem(error, path),
  );

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
    action: 'Free some space, choose a folder on another disk, or a lower precision.',
  });
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;
