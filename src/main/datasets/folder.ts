/**
 * The dataset's folder: which data files it holds, and where a name that a row mentions really lies. Names may
 * hold backslashes and differ in case from the file; nothing outside the folder is ever named. Listings are read
 * once for each sub-folder, so that looking up 100,000 images costs no system call for each.
 */
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { fail, failureOf, type Failure } from '../../shared/failure.ts';
import { failFromSystem, systemCode } from '../files/io-failure.ts';
import { listFolder, spellingIn, type FolderListing } from './folder-listing.ts';
import { shorten } from './text/json-lines.ts';
import { snapshotFolder } from './snapshot-folder.ts';
import { folderBoundary, hubSnapshotOf, resolveWithin, type FolderBoundary } from '../files/safe-path.ts';

export type FoundFile = Readonly<{ kind: 'found'; path: string }>;
export type Lookup = FoundFile | Readonly<{ kind: 'missing' }> | Readonly<{ kind: 'refused'; failure: Failure }>;

export interface DatasetFolder {
  /** The folder or file as the user named it. */
  readonly path: string;
  /** The folder that is read: the snapshot of a cached repository, the folder of a single file. */
  readonly root: string;
  /** The same with links replaced, absolute. */
  readonly realRoot: string;
  /** The one file to read, relative to the root, when the user named a file. */
  readonly onlyFile: string | null;
  /** Regular files with one of these extensions, relative, `/`-separated, at most two folders deep. */
  dataFiles(extensions: readonly string[]): Promise<string[]>;
  /** The first of the candidate names that exists as a file. */
  find(candidates: Iterable<string>): Promise<Lookup>;
  /** The path to open for a name inside the folder. Fails: `path-outside-folder`, `missing-file`, and the system's failures. */
  resolve(relativePath: string): Promise<string>;
}

/**
 * Opens a folder, a single file, a Hub cache snapshot or a cached repository's root (`datasets--org--name`), of
 * which the snapshot that `refs/main` names is taken, else the only one.
 * Fails: `missing-file`, `permission-denied`, `not-found` (a cached repository without a snapshot).
 */
export async function openFolder(path: string): Promise<DatasetFolder> {
  let status;
  try {
    status = await stat(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') {
      fail('missing-file', `There is no file or folder ${path}.`, {
        file: path,
        expected: 'a dataset’s folder, or one of its files',
        action: 'Check the path.',
      });
    }
    failFromSystem(error, path);
  }
  if (status.isDirectory()) return folderAt(path, await snapshotFolder(path), null);
  if (!status.isFile()) {
    fail('unknown-format', `${path} is neither a folder nor a file.`, { file: path, expected: 'a folder or a file' });
  }
  if ((await hubSnapshotOf(dirname(path))) !== undefined) return folderAt(path, dirname(path), basename(path));
  // A link that the user names is followed: images lie beside the file that it leads to.
  const real = await realpath(path);
  return folderAt(path, dirname(real), basename(real));
}

async function folderAt(path: string, root: string, onlyFile: string | null): Promise<DatasetFolder> {
  const boundary = await folderBoundary(root);
  const listings = new Map<string, Promise<FolderListing | null>>();

  const listingOf = (path: string): Promise<FolderListing | null> => {
    const key = path === '.' ? '' : path;
    let listing = listings.get(key);
    if (listing === undefined) {
      listing = readListing(key);
      listings.set(key, listing);
    }
    return listing;
  };

  /** Follows the path's spelling from the root down; null when there is no such folder. */
  const readListing = async (path: string): Promise<FolderListing | null> => {
    if (path === '') return listFolder(boundary, '');
    const parent = await listingOf(parentOf(path));
    const name = parent === null ? null : spellingIn(parent, nameOf(path));
    if (parent === null || name === null || parent.entries.get(name) === 'file') return null;
    return listFolder(boundary, joined(parent.path, name));
  };

  const findOne = async (reference: string): Promise<Lookup> => {
    const path = normaliseReference(reference);
    if (path === null) return refusalOf(() => resolveWithin(boundary, reference));
    const listing = await listingOf(parentOf(path));
    const name = listing === null ? null : spellingIn(listing, nameOf(path));
    if (listing === null || name === null) return { kind: 'missing' };
    const found = joined(listing.path, name);
    const kind = listing.entries.get(name);
    if (kind === 'link') return followLink(boundary, found);
    return kind === 'file' ? { kind: 'found', path: found } : { kind: 'missing' };
  };

  return {
    path,
    root,
    realRoot: boundary.realRoot,
    onlyFile,
    async dataFiles(extensions) {
      if (onlyFile !== null) return [onlyFile];
      const files: string[] = [];
      await collect(await listingOf(''), 0);
      return files;

      async function collect(listing: FolderListing | null, depth: number): Promise<void> {
        if (listing === null) return;
        for (const [name, kind] of listing.entries) {
          if (name.startsWith('.') || name === '__pycache__') continue;
          const path = joined(listing.path, name);
          if (extensions.some((extension) => name.toLowerCase().endsWith(extension))) {
            if (kind === 'file' || (kind === 'link' && (await findOne(path)).kind === 'found')) files.push(path);
          } else if (kind === 'folder' && depth < 2 && !/^(images?|__MACOSX)$/i.test(name)) {
            await collect(await listingOf(path), depth + 1);
          }
        }
      }
    },
    async find(candidates) {
      let refused: Lookup | undefined;
      for (const candidate of candidates) {
        const lookup = await refusalOrLookup(() => findOne(candidate));
        if (lookup.kind === 'found') return lookup;
        if (lookup.kind === 'refused') refused ??= lookup;
      }
      return refused ?? { kind: 'missing' };
    },
    async resolve(relativePath) {
      try {
        return await resolveWithin(boundary, relativePath);
      } catch (error) {
        const code = systemCode(error);
        if (code !== 'ENAMETOOLONG' && code !== 'ELOOP') return failFromSystem(error, relativePath);
        return fail('missing-file', `There is no file ${shorten(relativePath)}.`, {
          file: shorten(relativePath),
          found: code === 'ELOOP' ? 'a link that leads back to itself' : 'a name too long for the system',
        });
      }
    },
  };
}

/** A path in which there is nothing to replace or refuse, as nearly all are. */
const plainPath = /^[\w -]+(?:\.[\w -]+)*(?:\/[\w -]+(?:\.[\w-]+)*)*$/;

/** `/` for `\`, no `.` segments; null for what `resolveWithin` refuses (absolute, `..`, drive, NUL, empty). */
function normaliseReference(reference: string): string | null {
  if (plainPath.test(reference)) return reference;
  const path = reference.replaceAll('\\', '/');
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path) || path.includes('\0')) return null;
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.length === 0 || segments.some((segment) => /^\.\.[. ]*$/.test(segment))) return null;
  return segments.join('/');
}

async function followLink(boundary: FolderBoundary, path: string): Promise<Lookup> {
  return refusalOrLookup(async () => {
    const target = await resolveWithin(boundary, path);
    try {
      return (await stat(target)).isFile() ? { kind: 'found', path } : { kind: 'missing' };
    } catch (error) {
      if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ELOOP') return { kind: 'missing' };
      return failFromSystem(error, target);
    }
  });
}

async function refusalOrLookup(look: () => Promise<Lookup>): Promise<Lookup> {
  try {
    return await look();
  } catch (error) {
    const failure = failureOf(error);
    if (failure?.kind === 'path-outside-folder') return { kind: 'refused', failure };
    // A link that leads nowhere, or back to itself.
    if (failure?.kind === 'missing-file' || systemCode(error) === 'ELOOP') return { kind: 'missing' };
    throw error;
  }
}

function refusalOf(resolve: () => Promise<string>): Promise<Lookup> {
  return refusalOrLookup(async () => {
    await resolve();
    return { kind: 'missing' };
  });
}

function parentOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function joined(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
