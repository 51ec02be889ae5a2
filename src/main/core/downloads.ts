/**
 * Files that the core has made for a face to fetch: exports, pictures, packed runs. They lie in a private temporary
 * folder under ids that cannot be guessed, for a while and up to a size, and go with the core; the next core removes
 * what one that was killed has left. A name that a user chose is only ever the last part of a path.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail } from '../../shared/failure.ts';
import type { FileBody } from './file-body.ts';
import { failFromSystem, failToWrite, systemCode } from '../files/io-failure.ts';
import { isAlive } from '../files/process-alive.ts';

export type Download = Readonly<{ fileName: string; contentType: string; sizeBytes: number }>;

export type PreparedDownload = { downloadId: string; fileName: string; sizeBytes: number; url: string };

/** A download and where it lies. */
export type FoundDownload = Download & FileBody;

export type Downloads = Readonly<{
  /**
   * Has `write` make the file. Fails as it does, and: `disk-full`, `permission-denied`, `io`, `cancelled`. What was
   * written is removed then.
   */
  prepare: <Result>(
    file: Readonly<{ fileName: string; contentType: string }>,
    write: (path: string) => Promise<Result>,
    signal?: AbortSignal,
  ) => Promise<Readonly<{ download: PreparedDownload; result: Result }>>;
  /** Null for an id that is unknown or whose file is gone. */
  find: (downloadId: string) => Promise<FoundDownload | null>;
  /** Removes every file. */
  close: () => Promise<void>;
}>;

export type DownloadsOptions = Readonly<{
  /** Where the private folder is made. */
  parent?: string;
  /** Files kept at most, and their bytes together; the oldest goes first, the newest stays. */
  limit?: number;
  mostBytes?: number;
  keepMs?: number;
}>;

type Entry = Download & Readonly<{ folder: string; path: string; timer: NodeJS.Timeout }>;

/** A process's number says nothing on another machine (or in another container) that shares the folder. */
const rootPrefix = `penumbra-downloads-${hostname().replaceAll(/[^a-z0-9]/gi, '_')}-`;

export function createDownloads({
  parent = tmpdir(),
  limit = 20,
  mostBytes = 4 * 2 ** 30,
  keepMs = 60 * 60 * 1000,
}: DownloadsOptions = {}): Downloads {
  const entries = new Map<string, Entry>();
  const roots = new Set<string>();
  let root: string | null = null;

  const cleared = removeLeftovers(parent);
  const newRoot = async (): Promise<string> => {
    const prefix = join(parent, `${rootPrefix}${process.pid}-`);
    root = await mkdtemp(prefix).catch((error: unknown) => failToWrite(error, prefix));
    roots.add(root);
    return root;
  };
  const newFolder = async (downloadId: string): Promise<string> => {
    const folder = join(root ?? (await newRoot()), downloadId);
    try {
      await mkdir(folder, { mode: 0o700 });
      return folder;
    } catch (error) {
      // Somebody cleans up temporary files: another private folder, never one that was made by others meanwhile.
      if (systemCode(error) !== 'ENOENT') return failToWrite(error, folder);
      const again = join(await newRoot(), downloadId);
      await mkdir(again, { mode: 0o700 }).catch((second: unknown) => failToWrite(second, again));
      return again;
    }
  };
  const forget = async (downloadId: string): Promise<void> => {
    const entry = entries.get(downloadId);
    if (entry === undefined) return;
    clearTimeout(entry.timer);
    entries.delete(downloadId);
    // A file that is being sent cannot be removed everywhere; it goes with the whole folder then.
    await rm(entry.folder, { recursive: true, force: true }).catch(() => undefined);
  };

  const totalBytes = (): number => [...entries.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);

  return {
    prepare: async ({ fileName, contentType }, write, signal) => {
      const downloadId = randomBytes(24).toString('base64url');
      const folder = await newFolder(downloadId);
      const path = join(folder, fileName);
      try {
        const result = await write(path);
        signal?.throwIfAborted();
        const { size: sizeBytes } = await stat(path).catch((error: unknown) => failFromSystem(error, path));
        const timer = setTimeout(() => void forget(downloadId), keepMs).unref();
        entries.set(downloadId, { fileName, contentType, sizeBytes, folder, path, timer });
        for (const oldest of entries.keys()) {
          const isTooMuch = entries.size > limit || totalBytes() > mostBytes;
          if (!isTooMuch || oldest === downloadId) break;
          await forget(oldest);
        }
        return { download: { downloadId, fileName, sizeBytes, url: `download/${downloadId}` }, result };
      } catch (error) {
        await rm(folder, { recursive: true, force: true }).catch(() => undefined);
        if (signal?.aborted === true) fail('cancelled', 'The file is not wanted any more.');
        return failToWrite(error, path);
      }
    },
    find: async (downloadId) => {
      const entry = entries.get(downloadId);
      if (entry === undefined) return null;
      const { fileName, contentType, sizeBytes, path } = entry;
      const found = await stat(path).catch(() => null);
      if (found === null || found.size !== sizeBytes) {
        await forget(downloadId);
        return null;
      }
      return { fileName, contentType, sizeBytes, filePath: path };
    },
    close: async () => {
      await cleared;
      for (const { timer } of entries.values()) clearTimeout(timer);
      entries.clear();
      for (const folder of roots) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
      roots.clear();
      root = null;
    },
  };
}

/** Folders of processes that have ended without removing them. What cannot be looked at or removed stays. */
async function removeLeftovers(parent: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    if (!name.startsWith(rootPrefix)) continue;
    const [, pid] = /^(\d+)-\w+$/.exec(name.slice(rootPrefix.length)) ?? [];
    if (pid === undefined || isAlive(Number(pid))) continue;
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
