/** A weight file opened for reading at any position. Short reads and files that shrank become typed failures. */
import { open, stat, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fail } from '../../shared/failure.ts';
import { failFromSystem } from '../files/io-failure.ts';

/** One system call reads at most this much (Linux stops at 2 GiB - 4096). */
const largestRead = 2 ** 30;

/** A 64-bit position or size of a file as a number; those that no file has become larger than any file. */
export function asOffset(value: bigint): number {
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Infinity : Number(value);
}

export class WeightFile {
  /** Absolute. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly #handle: FileHandle;

  private constructor(path: string, sizeBytes: number, handle: FileHandle) {
    this.path = path;
    this.sizeBytes = sizeBytes;
    this.#handle = handle;
  }

  /** Fails: `missing-file` (also for anything but a regular file), `permission-denied`, `io`. */
  static async open(path: string): Promise<WeightFile> {
    const absolute = resolve(path);
    try {
      // Before opening: opening a pipe would wait for its writer.
      const found = await stat(absolute);
      if (!found.isFile()) {
        fail('missing-file', `${path} is not a file.`, { file: path, expected: 'a regular file' });
      }
      const handle = await open(absolute, 'r');
      return new WeightFile(absolute, (await handle.stat()).size, handle);
    } catch (error) {
      return failFromSystem(error, path);
    }
  }

  /** `length` bytes from `position` on, in a buffer of their own or at the start of `into`. Fails: `malformed-checkpoint`, `io`. */
  async read(position: number, length: number, into?: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = into?.subarray(0, length) ?? new Uint8Array(length);
    if (bytes.length !== length) throw new RangeError(`${length} bytes into ${bytes.length}`);
    let done = 0;
    while (done < length) {
      const wanted = Math.min(length - done, largestRead);
      let count: number;
      try {
        count = (await this.#handle.read(bytes, done, wanted, position + done)).bytesRead;
      } catch (error) {
        return failFromSystem(error, this.path);
      }
      if (count === 0) {
        fail('malformed-checkpoint', `${this.path} ends too early.`, {
          file: this.path,
          place: `byte ${position + done}`,
          expected: `${length - done} more bytes`,
          found: 'the end of the file',
          action: 'Copy or download the file again.',
        });
      }
      done += count;
    }
    return bytes;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
