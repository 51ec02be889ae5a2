/** SHA-256 of a file, streamed, for the fingerprints of what a model was imported from. */
import { createHash } from 'node:crypto';
import { fail } from '../../shared/failure.ts';
import { WeightFile } from './weight-file.ts';

const chunkBytes = 8 * 1024 * 1024;

export type HashOptions = Readonly<{
  /** Called after each chunk with the bytes hashed since the last call. */
  onBytes?: ((count: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}>;

export type FileHash = Readonly<{ path: string; sizeBytes: number; /** Lower-case hex. */ sha256: string }>;

/** Fails: `missing-file`, `permission-denied`, `io`, `cancelled`, `malformed-checkpoint` (the file shrank meanwhile). */
export async function hashFile(path: string, options: HashOptions = {}): Promise<FileHash> {
  const file = await WeightFile.open(path);
  try {
    const hash = createHash('sha256');
    const buffers = [new Uint8Array(chunkBytes), new Uint8Array(chunkBytes)] as const;
    const read = (position: number, chunk: 0 | 1) =>
      file.read(position, Math.min(chunkBytes, file.sizeBytes - position), buffers[chunk]);
    let ahead: 0 | 1 = 0;
    let next = read(0, ahead);
    for (let position = 0; position < file.sizeBytes;) {
      if (options.signal?.aborted === true) fail('cancelled', 'The import was cancelled.', { file: path });
      const chunk = await next;
      position += chunk.length;
      // The disk reads the next chunk while this one is hashed.
      ahead = ahead === 0 ? 1 : 0;
      next = read(position, ahead);
      hash.update(chunk);
      options.onBytes?.(chunk.length);
    }
    await next;
    return { path: file.path, sizeBytes: file.sizeBytes, sha256: hash.digest('hex') };
  } finally {
    await file.close();
  }
}
