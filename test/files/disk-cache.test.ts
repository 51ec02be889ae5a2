/** The cache of thumbnails: whole entries or none, bounded, and never a failure. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDiskCache } from '../../src/main/files/disk-cache.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
const bytes = (length: number, value: number) => new Uint8Array(length).fill(value);

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

const sizeOf = async (folder: string) =>
  (await Promise.all((await filesOf(folder)).map(async (path) => (await stat(path)).size))).reduce((a, b) => a + b, 0);

it('gives back what was put, to another process too', async () => {
  const folder = await newFolder();
  const cache = createDiskCache(folder, 1e6);
  expect(await cache.get('a')).toBeNull();
  await cache.put('a', bytes(1000, 1));
  await cache.put('b', bytes(0, 0));
  await cache.put('a', bytes(10, 2));
  const other = createDiskCache(folder, 1e6);
  expect(Buffer.from((await other.get('a')) ?? []).equals(bytes(10, 2))).toBe(true);
  expect((await other.get('b'))?.byteLength).toBe(0);
});

describe('a damaged entry', () => {
  it.each([
    ['cut off', (path: string) => truncate(path, 200)],
    ['empty', (path: string) => truncate(path, 0)],
    ['of another content', (path: string) => writeFile(path, bytes(508, 9))],
  ])('%s is none, and is replaced', async (_, damage) => {
    const folder = await newFolder();
    const cache = createDiskCache(folder, 1e6);
    await cache.put('a', bytes(500, 1));
    const [path = ''] = await filesOf(folder);
    await damage(path);
    expect(await cache.get('a')).toBeNull();
    await cache.put('a', bytes(500, 3));
    expect((await cache.get('a'))?.[0]).toBe(3);
  });
});

it('stays within its limit; the entries not used for longest go first', async () => {
  const folder = await newFolder();
  const first = createDiskCache(folder, 10_000);
  for (let index = 0; index < 9; index += 1) await first.put(`old ${String(index)}`, bytes(900, index));
  const old = new Date(Date.now() - 7 * 86_400_000);
  for (const path of await filesOf(folder)) await utimes(path, old, old);
  // Using an entry makes it young again.
  expect(await first.get('old 4')).not.toBeNull();
  for (let index = 0; index < 6; index += 1) await first.put(`new ${String(index)}`, bytes(900, index));
  expect(await sizeOf(folder)).toBeLessThanOrEqual(10_000);
  expect(await first.get('old 4')).not.toBeNull();
  for (let index = 0; index < 6; index += 1) expect(await first.get(`new ${String(index)}`)).not.toBeNull();
});

it('many writers of the same entries leave whole ones', async () => {
  const folder = await newFolder();
  const caches = Array.from({ length: 4 }, () => createDiskCache(folder, 20_000));
  await Promise.all(
    caches.flatMap((cache, writer) =>
      Array.from({ length: 20 }, (_, index) => cache.put(`k${String(index % 5)}`, bytes(2000, writer))),
    ),
  );
  for (let index = 0; index < 5; index += 1) {
    const found = await caches[0]?.get(`k${String(index)}`);
    expect(found?.every((value) => value === found[0])).toBe(true);
  }
  expect((await filesOf(folder)).filter((path) => path.endsWith('.partial'))).toStrictEqual([]);
});

it('a folder that cannot be used costs nothing but time', async () => {
  const folder = await newFolder();
  await writeFile(join(folder, 'file'), 'x');
  const cache = createDiskCache(join(folder, 'file', 'cache'), 1e6);
  await cache.put('a', bytes(10, 1));
  expect(await cache.get('a')).toBeNull();
});

it('what was left half-written is swept away, other folders are not', async () => {
  const folder = await newFolder();
  await mkdir(join(folder, 'ab'));
  await mkdir(join(folder, 'mine'));
  const left = join(folder, 'ab', 'x.partial');
  await writeFile(left, 'x');
  await writeFile(join(folder, 'mine', 'x.partial'), 'x');
  await utimes(left, 1, 1);
  await createDiskCache(folder, 1e6).put('a', bytes(1, 1));
  expect([existsSync(left), existsSync(join(folder, 'mine', 'x.partial'))]).toStrictEqual([false, true]);
});
