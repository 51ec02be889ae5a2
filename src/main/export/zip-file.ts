/** Several files as one zip, compressed and written as a stream: an export may be larger than memory. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { failToWrite } from '../files/io-failure.ts';

/** Writes `target`. Fails as reading and writing do; what was written is the caller's to remove. */
export async function writeZip(
  target: string,
  files: readonly Readonly<{ path: string; name: string }>[],
): Promise<void> {
  const zip = new ZipFile();
  // Without a listener an unreadable file would end the program; the pipeline is told instead.
  zip.on('error', (error) => zip.outputStream.emit('error', error));
  for (const { path, name } of files) zip.addFile(path, name, { mode: 0o100644 });
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(target)).catch((error: unknown) => failToWrite(error, target));
}
