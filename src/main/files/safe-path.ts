/**
 * Paths that come out of files (shard names, image names) and must stay inside the folder they were found in.
 *
 * A relative path may use `/` or `\` on every system, with the same meaning. Absolute paths, drive letters, `..`,
 * NUL and symbolic links that leave the folder are refused. The one exception is the Hugging Face Hub cache,
 * whose snapshots consist of links into the sibling `blobs/` of the same cached repository.
 */
import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { fail } from '../../shared/failure.ts';
import { failFromSystem, systemCode } from './io-failure.ts';

/** Where a folder's files may really lie: real paths, resolved once for a folder. */
export type FolderBoundary = Readonly<{
  /** The folder as the user named it. */
  root: string;
  realRoot: string;
  /** The `blobs/` of the Hub cache repository that the folder is a snapshot of (or lies in). */
  blobs: string | undefined;
}>;

export type HubSnapshot = Readonly<{
  /** `models--org--name`: the cached repository's folder, a real path. */
  repository: string;
  /** `org/name` where the folder is named as the Hub names it, else the folder's name. */
  name: string;
  revision: string;
  /** The snapshot's own folder, a real path. */
  snapshot: string;
  blobs: string;
}>;

/**
 * The Hub cache snapshot that a folder is, or lies in; `undefined` for an ordinary folder. A snapshot is a
 * folder `<repository>/snapshots/<revision>` beside a real (not linked) folder `<repository>/blobs`.
 */
export async function hubSnapshotOf(path: string): Promise<HubSnapshot | undefined> {
  let folder = await realpathOrSelf(path);
  while (dirname(folder) !== folder) {
    const parent = dirname(folder);
    if (basename(parent) === 'snapshots') {
      const repository = dirname(parent);
      const blobs = join(repository, 'blobs');
      if (await isRealFolder(blobs)) {
        const named = /^(?:models|datasets|spaces)--(.+)$/.exec(basename(repository));
        const name = named?.[1]?.replaceAll('--', '/') ?? basename(repository);
        return { repository, name, revision: basename(folder), snapshot: folder, blobs };
      }
    }
    folder = parent;
  }
  return undefined;
}

/** Resolves a folder's boundary once, for callers that look up many files. Fails: `missing-file`. */
export async function folderBoundary(root: string): Promise<FolderBoundary> {
  let realRoot: string;
  try {
    realRoot = await realpath(root);
  } catch (cause) {
    if (isMissing(cause)) fail('missing-file', `There is no folder ${root}.`, { file: root, expected: 'a folder' });
    return failFromSystem(cause, root);
  }
  return { root, realRoot, blobs: (await hubSnapshotOf(realRoot))?.blobs };
}

/**
 * The path of a file inside a folder, in the folder's own terms (links not replaced, so that names and extensions
 * stay as the user knows them). A file that does not exist resolves too: opening it then says that it is missing.
 * Fails: `path-outside-folder`.
 */
export async function resolveWithin(boundary: FolderBoundary, relativePath: string): Promise<string> {
  const segments = safeSegments(boundary.root, relativePath);
  const path = join(boundary.root, ...segments);
  const real = await realpathOfExisting(boundary.realRoot, segments);
  if (!lies(real, boundary.realRoot) && !(boundary.blobs !== undefined && lies(real, boundary.blobs))) {
    fail('path-outside-folder', `${path} is a link that leaves its folder.`, {
      file: boundary.root,
      place: relativePath,
      expected: 'a file inside the folder, or a link into the blobs/ of the same Hub cache repository',
      found: real,
      action: 'Copy the file into the folder.',
    });
  }
  return path;
}

/** As `resolveWithin`, for a single look-up. Fails: `path-outside-folder`, `missing-file` (the folder). */
export async function resolveInside(root: string, relativePath: string): Promise<string> {
  safeSegments(root, relativePath);
  return resolveWithin(await folderBoundary(root), relativePath);
}

function safeSegments(root: string, relativePath: string): string[] {
  const refuse = (found: string): never =>
    fail('path-outside-folder', `The path ${JSON.stringify(relativePath)} does not stay inside its folder.`, {
      file: root,
      place: relativePath,
      expected: 'a relative path without ".."',
      found,
      action: 'Correct the path, or move the file into the folder.',
    });
  if (relativePath.includes('\0')) refuse('a NUL character');
  if (/^[/\\]/.test(relativePath)) refuse('an absolute path');
  if (/^[A-Za-z]:/.test(relativePath)) refuse('a drive letter');
  const segments = relativePath.split(/[/\\]/).filter((segment) => segment !== '' && segment !== '.');
  // Windows drops trailing dots and spaces of a name, so that ".. " means ".." there.
  if (segments.some((segment) => /^\.\.[. ]*$/.test(segment))) refuse('".."');
  if (process.platform === 'win32' && segments.some((segment) => segment.includes(':'))) refuse('a colon');
  if (segments.length === 0) refuse('an empty path');
  return segments;
}

/** The real path of the deepest part that exists, with the missing rest appended. */
async function realpathOfExisting(realRoot: string, segments: readonly string[]): Promise<string> {
  for (let count = segments.length; count > 0; count--) {
    try {
      return join(await realpath(join(realRoot, ...segments.slice(0, count))), ...segments.slice(count));
    } catch (cause) {
      if (!isMissing(cause)) failFromSystem(cause, join(realRoot, ...segments));
    }
  }
  return join(realRoot, ...segments);
}

function lies(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

async function realpathOrSelf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (cause) {
    if (isMissing(cause)) return path;
    return failFromSystem(cause, path);
  }
}

async function isRealFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (cause) {
    if (isMissing(cause)) return false;
    return failFromSystem(cause, path);
  }
}

function isMissing(cause: unknown): boolean {
  const code = systemCode(cause);
  return code === 'ENOENT' || code === 'ENOTDIR';
}
