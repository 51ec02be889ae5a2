/**
 * Random access to a file's bytes; the file is opened on first use and never read whole. Walking a large page takes
 * thousands of reads of a few bytes, each from where the one before it points: from a file in memory the system
 * answers these in microseconds, a tenth of what a promise costs, so they are done at once while that lasts.
 */
import { readSync } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { fail } from '../../shared/failure.ts';
import { failFromSystem } from '../files/io-failure.ts';

export interface ByteRanges {
  /** The file's name in failures. */
  readonly file: string;
  readonly sizeBytes: number;
  /** Exactly the bytes [start, end). Fails: `malformed-file` when the file is shorter, and the system's failures. */
  read(start: number, end: number): Promise<Buffer>;
  /**
   * As `read`, for short reads one after the other: at once where the file answers quickly; else, and now and then
   * so that the thread's other work gets its turn, a promise, of the bytes up to `ahead`. Throws, or rejects.
   */
  readNext(start: number, end: number, ahead: number): Buffer | Promise<Buffer>;
  close(): Promise<void>;
}

/** How long reads at once may hold the thread, together. */
const turnMs = 8;
/** A read that takes longer is slow; so many in a row say that the file lies on a slow disk or network. */
const slowMs = 0.25;
const slowInARow = 3;
/** After these so many reads are promises, before it is tried again. */
const readsAsPromises = 64;

/** Fails: `missing-file`, `permission-denied`, `io`. */
export async function openByteRanges(path: string, file: string): Promise<ByteRanges> {
  let handle: FileHandle;
  let sizeBytes: number;
  try {
    const status = await stat(path);
    if (!status.isFile()) fail('missing-file', `${file} is not a file.`, { file });
    sizeBytes = status.size;
    handle = await open(path);
  } catch (error) {
    return failFromSystem(error, path);
  }
  const turn = { spentMs: 0, slowReads: 0, promisesDue: 0 };

  return {
    file,
    sizeBytes,
    read,
    readNext(start, end, ahead) {
      if (turn.promisesDue > 0) {
        turn.promisesDue -= 1;
        return read(start, ahead);
      }
      if (!isInside(start, end)) outside(start, end);
      const buffer = Buffer.allocUnsafe(end - start);
      const started = performance.now();
      readNow(buffer, start);
      const tookMs = performance.now() - started;
      turn.spentMs += tookMs;
      turn.slowReads = tookMs > slowMs ? turn.slowReads + 1 : 0;
      if (turn.slowReads >= slowInARow) turn.promisesDue = readsAsPromises;
      else if (turn.spentMs > turnMs) turn.promisesDue = 1;
      if (turn.promisesDue > 0) turn.spentMs = 0;
      return buffer;
    },
    async close() {
      await handle.close();
    },
  };

  async function read(start: number, end: number): Promise<Buffer> {
    if (!isInside(start, end)) outside(start, end);
    const buffer = Buffer.allocUnsafeSlow(end - start);
    let filled = 0;
    while (filled < buffer.length) {
      const { bytesRead } = await handle
        .read(buffer, filled, buffer.length - filled, start + filled)
        .catch((error: unknown) => failFromSystem(error, path));
      if (bytesRead === 0) outside(start, end);
      filled += bytesRead;
    }
    return buffer;
  }

  function readNow(buffer: Buffer, start: number): void {
    let filled = 0;
    while (filled < buffer.length) {
      let bytesRead = 0;
      try {
        bytesRead = readSync(handle.fd, buffer, filled, buffer.length - filled, start + filled);
      } catch (error) {
        failFromSystem(error, path);
      }
      if (bytesRead === 0) outside(start, start + buffer.length);
      filled += bytesRead;
    }
  }

  function isInside(start: number, end: number): boolean {
    return start >= 0 && end >= start && end <= sizeBytes;
  }

  function outside(start: number, end: number): never {
    fail('malformed-file', `${file} points outside itself.`, {
      file,
      place: `bytes ${start} to ${end}`,
      expected: `offsets up to ${sizeBytes}`,
      found: 'a range beyond the end',
      action: 'The file is damaged or incomplete; fetch it again.',
    });
  }
}
