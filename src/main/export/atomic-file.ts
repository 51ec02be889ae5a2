/**
 * A file that is whole or not there: written under a temporary name beside its place, flushed, then renamed. Its
 * SHA-256 is taken on the way.
 */
import { createHash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fail } from '../../shared/failure.ts';
import { failToWrite, systemCode } from '../files/io-failure.ts';

export type WrittenFile = Readonly<{ path: string; sizeBytes: number; sha256: string }>;

export type AtomicFile = Readonly<{
  path: string;
  write: (text: string) => Promise<void>;
  /** Bytes that are a good piece already; after what was written before. */
  writeBytes: (bytes: Uint8Array) => Promise<void>;
  /** Flushes everything to the disk; the file still has its temporary name. */
  finish: () => Promise<WrittenFile>;
  /** Gives the finished file its name. */
  commit: () => Promise<void>;
  /** Removes what was not committed. */
  discard: () => Promise<void>;
}>;

/** Text is handed to the system in pieces of about this many characters. */
const pieceLength = 1 << 18;

/** The caller has made sure that the target may be replaced. Fails: `permission-denied`, `disk-full`, `io`. */
export async function createAtomicFile(path: string): Promise<AtomicFile> {
  const target = resolve(path);
  const partial = join(dirname(target), `.${basename(target)}.${process.pid}.partial`);
  const handle = await guarded(target, () => open(partial, 'w'));
  const hash = createHash('sha256');
  let pending = '';
  let sizeBytes = 0;
  const hand = async (bytes: Uint8Array): Promise<void> => {
    hash.update(bytes);
    sizeBytes += bytes.length;
    await guarded(target, () => handle.writeFile(bytes));
  };
  const flush = async (): Promise<void> => {
    const bytes = Buffer.from(pending, 'utf8');
    pending = '';
    if (bytes.length > 0) await hand(bytes);
  };
  return {
    path: target,
    write: async (text) => {
      pending += text;
      if (pending.length >= pieceLength) await flush();
    },
    writeBytes: async (bytes) => {
      await flush();
      await hand(bytes);
    },
    finish: async () => {
      await flush();
      await guarded(target, () => handle.sync());
      await guarded(target, () => handle.close());
      return { path: target, sizeBytes, sha256: hash.digest('hex') };
    },
    commit: () => guarded(target, () => rename(partial, target)),
    discard: async () => {
      // Closing twice is refused by a rejection, and the file is gone either way.
      await handle.close().catch(() => undefined);
      await rm(partial, { force: true });
    },
  };
}

async function guarded<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    // A limit on file sizes (RLIMIT_FSIZE, FAT32's 4 GB) is to its user what a full disk is.
    if (systemCode(error) !== 'EFBIG') return failToWrite(error, path);
    return fail('disk-full', 'The file has become larger than the system allows here.', {
      file: path,
      found: 'EFBIG',
      action: 'choose another folder, or export fewer questions (with a filter)',
    });
  }
}
