/**
 * Where a file is to be written: looked at before anything is, because a rename replaces whatever stands there
 * without a word, be it the store, a question's picture or a device. Only a plain file that nothing depends on may
 * be replaced.
 */
import { lstat, mkdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fail } from '../../shared/failure.ts';
import { failToWrite, systemCode } from './io-failure.ts';

/** A file, or a folder with all that lies in it, that no output may replace; `what` names it in the refusal. */
export type ProtectedPath = Readonly<{ path: string; what: string }>;

type Identity = Readonly<{ dev: bigint; ino: bigint }>;

/** Fails: `wrong-usage` (something other than a file, or protected), `permission-denied`, `io`. */
export async function refuseTarget(path: string, protectedPaths: readonly ProtectedPath[]): Promise<void> {
  const target = resolve(path);
  const existing = await lookAt(() => stat(target), target);
  if (existing !== null && !existing.isFile()) {
    const found = existing.isDirectory() ? 'a folder' : 'no ordinary file';
    refuse(target, `${target} is ${found}, and cannot be replaced by a file.`, found);
  }
  if (existing === null && (await lookAt(() => lstat(target), target)) !== null) {
    refuse(target, `${target} is a link that leads nowhere.`, 'a broken link');
  }
  const around = await identitiesAround(target);
  const own = join(await realFolder(dirname(target)), basename(target));
  for (const { path: kept, what } of protectedPaths) {
    const identity = await identityOf(kept);
    if (own !== resolve(kept) && !(identity !== null && around.some((each) => isSame(each, identity)))) continue;
    refuse(target, `${target} belongs to ${what}, and must not be written to.`, what);
  }
}

/** Makes the folder that a file is to be written to. Fails as the system does. */
export async function makeFolderOf(path: string): Promise<void> {
  const target = resolve(path);
  await mkdir(dirname(target), { recursive: true }).catch((error: unknown) => failToWrite(error, target));
}

function refuse(file: string, message: string, found: string): never {
  fail('wrong-usage', message, {
    file,
    expected: 'a new file, or one that may be replaced',
    found,
    action: 'Name another file.',
  });
}

/** The target, where it exists, and every folder above it. */
async function identitiesAround(target: string): Promise<Identity[]> {
  const found: Identity[] = [];
  const start = await identityOf(target);
  if (start !== null) found.push(start);
  for (let folder = await realFolder(dirname(target)); ; folder = dirname(folder)) {
    const identity = await identityOf(folder);
    if (identity !== null) found.push(identity);
    if (dirname(folder) === folder) return found;
  }
}

/** The folder without links in its path, as far as it exists. */
async function realFolder(folder: string): Promise<string> {
  const real = await lookAt(() => realpath(folder), folder);
  if (real !== null || dirname(folder) === folder) return real ?? folder;
  return join(await realFolder(dirname(folder)), basename(folder));
}

/** Other spellings and links of one file have the same device and inode. */
const identityOf = (path: string): Promise<Identity | null> => lookAt(() => stat(path, { bigint: true }), path);
const isSame = (a: Identity, b: Identity): boolean => a.dev === b.dev && a.ino === b.ino;

/** Null where there is nothing. */
async function lookAt<Result>(look: () => Promise<Result>, path: string): Promise<Result | null> {
  try {
    return await look();
  } catch (error) {
    const code = systemCode(error);
    return code === 'ENOENT' || code === 'ENOTDIR' ? null : failToWrite(error, path);
  }
}
