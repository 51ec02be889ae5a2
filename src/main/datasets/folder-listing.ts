/** What one folder holds, read once: names in a fixed order, and their spelling when a row's case differs. */
import type { Dirent } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { failFromSystem, systemCode } from '../files/io-failure.ts';
import { resolveWithin, type FolderBoundary } from '../files/safe-path.ts';

export type EntryKind = 'file' | 'folder' | 'link';

export type FolderListing = Readonly<{
  /** Path relative to the root, in the file system's own spelling; '' for the root. */
  path: string;
  entries: ReadonlyMap<string, EntryKind>;
  /** Spelling by lower case; undefined where two entries differ only in case. */
  byLowerCase: () => ReadonlyMap<string, string | undefined>;
}>;

/** Lists a folder inside the boundary; a link to a file, or a dangling one, lists as empty. Fails: `path-outside-folder`, `permission-denied`, `io`. */
export async function listFolder(boundary: FolderBoundary, path: string): Promise<FolderListing> {
  const folder = path === '' ? boundary.root : await resolveWithin(boundary, path);
  const entries = new Map<string, EntryKind>();
  try {
    for await (const entry of await opendir(folder)) {
      const kind = kindOf(entry);
      if (kind !== null) entries.set(entry.name, kind);
    }
  } catch (error) {
    // A link to a file, or a dangling one, is not a folder: nothing lies in it.
    if (systemCode(error) === 'ENOTDIR' || (path !== '' && systemCode(error) === 'ENOENT')) {
      return { path, entries, byLowerCase: () => new Map() };
    }
    failFromSystem(error, folder);
  }
  // Directory order differs between systems; the order of files must not.
  const sorted = new Map([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
  let byLowerCase: Map<string, string | undefined> | undefined;
  return {
    path,
    entries: sorted,
    byLowerCase: () => {
      if (byLowerCase === undefined) {
        byLowerCase = new Map();
        for (const name of sorted.keys()) {
          const lower = name.toLowerCase();
          byLowerCase.set(lower, byLowerCase.has(lower) ? undefined : name);
        }
      }
      return byLowerCase;
    },
  };
}

function kindOf(entry: Dirent): EntryKind | null {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  return entry.isSymbolicLink() ? 'link' : null;
}

/** The name as the file system spells it, or null when there is none, or several, but for case. */
export function spellingIn(listing: FolderListing, name: string): string | null {
  return listing.entries.has(name) ? name : (listing.byLowerCase().get(name.toLowerCase()) ?? null);
}
