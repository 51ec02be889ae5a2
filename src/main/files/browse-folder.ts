/**
 * The folders of this machine for a picker: entries below one root, the user's home unless told otherwise. Links
 * are followed, but not out of the root; names only, no file is opened.
 */
import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve, sep } from 'node:path';
import type { FolderEntry } from '../../shared/contract/datasets.ts';
import { fail } from '../../shared/failure.ts';
import { failFromSystem } from './io-failure.ts';
import { fileLikeness, folderLikeness } from './looks-like.ts';

export type BrowsedFolder = Readonly<{
  path: string;
  root: string;
  /** Null at the root. */
  parent: string | null;
  entries: FolderEntry[];
  leftOut: number;
}>;

export const maxEntries = 2000;
/** Longer than any system allows. */
const maxPathLength = 32_767;
/** Looking into each folder for a guess ends after this; a slow disk must not hold up the list. */
const guessingMs = 400;
const parallel = 16;
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/**
 * Entries of a folder (an absolute path; null: the root), folders first, by name.
 * Fails: `path-outside-folder`, `missing-file`, `permission-denied`, `io`.
 */
export async function browseFolder(
  rootPath: string,
  path: string | null,
  { showHidden = false } = {},
): Promise<BrowsedFolder> {
  const root = await realOf(rootPath);
  const folder = path === null ? root : await insideRoot(rootPath, root, path);
  const { names, leftOut } = await namesOf(folder, showHidden);
  const deadline = performance.now() + guessingMs;
  const entries = await mapInTurns(names, (name) => entryOf(folder, name, root, deadline));
  return {
    path: folder,
    root,
    parent: folder === root ? null : dirname(folder),
    entries: entries.filter((entry) => entry !== null).sort(byKindAndName),
    leftOut,
  };
}

/** The real path of what the user named, which must lie in the root. */
async function insideRoot(rootPath: string, root: string, path: string): Promise<string> {
  const refuse = (): never =>
    fail('path-outside-folder', 'This folder lies outside of what may be browsed here.', {
      file: path.length > 300 ? `${path.slice(0, 300)}…` : path.replaceAll('\0', '\u2400'),
      expected: `a folder below ${root}`,
      action: 'Start "penumbra serve --root DIR" with a folder above it, or name the path where it is asked for.',
    });
  if (path.includes('\0') || path.length > maxPathLength || !isAbsolute(path)) refuse();
  // Nothing outside is touched, not even to see whether it exists; the root may be named by a link to it.
  const named = resolve(path);
  if (!lies(named, root) && !lies(named, resolve(rootPath))) refuse();
  const real = await realOf(named);
  return lies(real, root) ? real : refuse();
}

/** Names of a folder, folders and links before files; those beyond the limit are only counted. */
async function namesOf(folder: string, showHidden: boolean): Promise<{ names: string[]; leftOut: number }> {
  try {
    const shown = (await readdir(folder, { withFileTypes: true })).filter(
      ({ name }) => showHidden || !name.startsWith('.'),
    );
    shown.sort((a, b) => Number(a.isFile()) - Number(b.isFile()) || collator.compare(a.name, b.name));
    const names = shown.slice(0, maxEntries).map(({ name }) => name);
    return { names, leftOut: shown.length - names.length };
  } catch (error) {
    return failFromSystem(error, folder);
  }
}

/** Null for what is neither file nor folder: sockets, devices, links to nothing. */
async function entryOf(folder: string, name: string, root: string, deadline: number): Promise<FolderEntry | null> {
  const path = join(folder, name);
  const [status, real] = await Promise.all([stat(path).catch(() => null), realpath(path).catch(() => null)]);
  if (status?.isFile() === true) {
    return { name, path, kind: 'file', sizeBytes: status.size, looksLike: fileLikeness(name) };
  }
  if (status?.isDirectory() !== true) return null;
  const mayLook = real !== null && lies(real, root) && performance.now() < deadline;
  return { name, path, kind: 'folder', sizeBytes: null, looksLike: mayLook ? await folderLikeness(path, name) : null };
}

async function realOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    return failFromSystem(error, path);
  }
}

function lies(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function byKindAndName(a: FolderEntry, b: FolderEntry): number {
  return a.kind === b.kind ? collator.compare(a.name, b.name) : a.kind === 'folder' ? -1 : 1;
}

/** Works through the items, some at a time, and keeps their order. */
async function mapInTurns<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = Array.from<Result>({ length: items.length });
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return results;
}
