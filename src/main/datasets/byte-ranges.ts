/** Random access to a file's bytes; the file is opened on first use and never read whole. */
import { open, stat, type FileHandle } from 'node:fs/promises';
import { fail } from '../../shared/failure.ts';
import { failFromSystem } from '../files/io-failure.ts';

export interface ByteRanges {
  /** The file's name in failures. */
  readonly file: string;
  readonly sizeBytes: number;
  /** Exactly the bytes [start, end). Fails: `malformed-file` when the file is shorter, and the system's failures. */
  read(start: number, end: number): Promise<Buffer>;
  close(): Promise<void>;
}

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
  return {
    file,
    sizeBytes,
    async read(start, end) {
      if (!(start >= 0 && end >= start && end <= sizeBytes)) outside(start, end);
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
    },
    async close() {
      await handle.close();
    },
  };

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
