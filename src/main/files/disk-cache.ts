/**
 * A bounded cache of small files on disk, shared by several processes. Losing an entry costs only time: nothing
 * here ever fails, a damaged entry is none, and the entries not used for longest go first. Written by ourselves: the
 * known libraries keep entries whole but do not bound their size.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

export type DiskCache = Readonly<{
  get: (key: string) => Promise<Uint8Array | null>;
  put: (key: string, bytes: Uint8Array) => Promise<void>;
}>;

/** Before the content: a mark of this form, and a checksum. */
const mark = Buffer.from('PNC1');
const headerBytes = mark.length + 4;
/** An entry's time is set when it is used, but not more often than this. */
const touchMs = 60 * 60_000;
/** A file that a process began to write and left; older ones are swept away. */
const abandonedMs = 60 * 60_000;
/** The folder is measured after this share of the limit has been written. */
const sweepShare = 0.05;

/** @param maxBytes what the entries may take; exceeded by a twentieth for each process between two sweeps */
export function createDiskCache(folder: string, maxBytes: number): DiskCache {
  // As if the limit's share had been written before: the first entry of a process sweeps.
  let writtenBytes = maxBytes;
  let sweeping: Promise<void> | null = null;

  const pathOf = (key: string): string => {
    const name = createHash('sha256').update(key).digest('hex');
    return join(folder, name.slice(0, 2), name.slice(2));
  };

  return {
    get: async (key) => {
      const path = pathOf(key);
      try {
        const content = contentOf(await readFile(path));
        if (content === null) await rm(path, { force: true });
        else await touch(path);
        return content;
      } catch {
        return null;
      }
    },
    put: async (key, bytes) => {
      const path = pathOf(key);
      const partial = `${path}.${randomBytes(6).toString('hex')}.partial`;
      try {
        await mkdir(join(path, '..'), { recursive: true });
        await writeFile(partial, [mark, checksum(bytes), bytes]);
        await rename(partial, path);
        writtenBytes += bytes.byteLength;
        if (writtenBytes < maxBytes * sweepShare) return;
        sweeping ??= sweep(folder, maxBytes).finally(() => (sweeping = null));
        writtenBytes = 0;
        await sweeping;
      } catch {
        // A full disk, or a folder that may not be written: the next look makes it anew.
        await rm(partial, { force: true }).catch(() => undefined);
      }
    },
  };
}

function contentOf(file: Buffer): Uint8Array | null {
  const content = file.subarray(headerBytes);
  const isWhole =
    file.length >= headerBytes &&
    file.subarray(0, mark.length).equals(mark) &&
    file.subarray(mark.length, headerBytes).equals(checksum(content));
  return isWhole ? content : null;
}

function checksum(bytes: Uint8Array): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum;
}

async function touch(path: string): Promise<void> {
  const now = Date.now();
  if (now - (await stat(path)).mtimeMs > touchMs) await utimes(path, now / 1000, now / 1000);
}

/** Removes the oldest entries until four fifths of the limit are left, and what was left half-written. */
async function sweep(folder: string, maxBytes: number): Promise<void> {
  const files: { path: string; sizeBytes: number; mtimeMs: number }[] = [];
  for (const shard of await readdir(folder)) {
    if (!/^[0-9a-f]{2}$/.test(shard)) continue;
    for (const name of await readdir(join(folder, shard)).catch(() => [])) {
      const path = join(folder, shard, name);
      const status = await stat(path).catch(() => null);
      if (status === null) continue;
      if (!name.endsWith('.partial')) files.push({ path, sizeBytes: status.size, mtimeMs: status.mtimeMs });
      else if (Date.now() - status.mtimeMs > abandonedMs) await rm(path, { force: true });
    }
  }
  let used = files.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  if (used <= maxBytes) return;
  for (const { path, sizeBytes } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
    if (used <= maxBytes * 0.8) break;
    await rm(path, { force: true });
    used -= sizeBytes;
  }
}
