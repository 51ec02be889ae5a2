/**
 * The body of a response that is a file: named by its path, because it also goes from the core's process to the one
 * that answers the windows, and read only when it is sent. The path never leaves the program.
 */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { failFromSystem } from '../files/io-failure.ts';

export type FileBody = Readonly<{ filePath: string; sizeBytes: number }>;

/** Opened before anything is sent, so that a file that has gone is no half answer. Fails as the system does. */
export async function openFileBody({ filePath }: FileBody): Promise<Readable> {
  const handle = await open(filePath).catch((error: unknown) => failFromSystem(error, filePath));
  return createReadStream(filePath, { fd: handle });
}
