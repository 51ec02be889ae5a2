/** Prepared files: how long they stay, how many, and what is left of them when something goes wrong. */
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createDownloads, type Downloads, type DownloadsOptions } from '../../src/main/core/downloads.ts';
import { writeZip } from '../../src/main/export/zip-file.ts';
import { fail } from '../../src/shared/failure.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
const opened: Downloads[] = [];
afterEach(async () => {
  for (const downloads of opened.splice(0)) await downloads.close();
});

async function downloadsIn(options: Omit<DownloadsOptions, 'parent'> = {}) {
  const parent = await newFolder();
  const downloads = createDownloads({ parent, ...options });
  opened.push(downloads);
  const prepare = async (text: string, fileName = 'a.csv') =>
    (await downloads.prepare({ fileName, contentType: 'text/csv' }, (path) => writeFile(path, text))).download;
  const filesLeft = (): string[] =>
    readdirSync(parent, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);
  return { downloads, parent, prepare, filesLeft };
}

describe('a download', () => {
  it('lies in a folder that is only ours, under an id that cannot be guessed', async () => {
    const { downloads, parent, prepare } = await downloadsIn();
    const [first, second] = [await prepare('one'), await prepare('three')];
    expect(first).toEqual({
      downloadId: expect.stringMatching(/^[\w-]{32}$/) as string,
      fileName: 'a.csv',
      sizeBytes: 3,
      url: `download/${first.downloadId}`,
    });
    expect(second.downloadId).not.toBe(first.downloadId);
    const found = await downloads.find(first.downloadId);
    expect(found).toMatchObject({ fileName: 'a.csv', contentType: 'text/csv', sizeBytes: 3 });
    expect(readFileSync(found?.filePath ?? '', 'utf8')).toBe('one');
    const [root] = readdirSync(parent);
    expect(statSync(join(parent, root ?? '')).mode & 0o077).toBe(0);
    for (const id of ['', '..', 'toString', '__proto__', first.downloadId.slice(1)]) {
      expect(await downloads.find(id)).toBeNull();
    }
  });

  it('goes after its time, with the number, and with the core', async () => {
    const { downloads, parent, prepare, filesLeft } = await downloadsIn({ limit: 2, keepMs: 150 });
    const [first, second, third] = [await prepare('1'), await prepare('2'), await prepare('3')];
    expect(await downloads.find(first.downloadId)).toBeNull();
    expect(await downloads.find(second.downloadId)).not.toBeNull();
    expect(filesLeft()).toHaveLength(2);
    await wait(300);
    expect(await downloads.find(third.downloadId)).toBeNull();
    expect(filesLeft()).toEqual([]);
    await prepare('4');
    await downloads.close();
    expect(readdirSync(parent)).toEqual([]);
  });

  it('goes where all of them are too large together, the oldest first; the newest stays', async () => {
    const { downloads, prepare } = await downloadsIn({ mostBytes: 10 });
    const [first, second, third] = [await prepare('1234'), await prepare('12345'), await prepare('12')];
    const isThere = async ({ downloadId }: { downloadId: string }) => (await downloads.find(downloadId)) !== null;
    expect([await isThere(first), await isThere(second), await isThere(third)]).toEqual([false, true, true]);
    const large = await prepare('more than ten bytes');
    expect([await isThere(second), await isThere(third), await isThere(large)]).toEqual([false, false, true]);
  });

  it('of a process that was killed is removed by the next, one of a living process is not', async () => {
    const parent = await newFolder();
    const script = `import { createDownloads } from ${JSON.stringify(join(import.meta.dirname, '../../src/main/core/downloads.ts'))};
      import { writeFileSync } from 'node:fs';
      const downloads = createDownloads({ parent: ${JSON.stringify(parent)} });
      await downloads.prepare({ fileName: 'a', contentType: 'b' }, async (path) => writeFileSync(path, 'left'));
      process.stdout.write('ready');
      setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script]);
    await once(child.stdout, 'data');
    const [left] = readdirSync(parent);
    const beside = createDownloads({ parent });
    await beside.close();
    expect(readdirSync(parent)).toEqual([left]);
    mkdirSync(join(parent, 'penumbra-downloads-of-mine'));
    child.kill('SIGKILL');
    await once(child, 'exit');
    const next = createDownloads({ parent });
    await next.close();
    expect(readdirSync(parent)).toEqual(['penumbra-downloads-of-mine']);
  });

  it('whose file has gone or changed is none', async () => {
    const { downloads, parent, prepare } = await downloadsIn();
    const [gone, cut] = [await prepare('one'), await prepare('two')];
    rmSync((await downloads.find(gone.downloadId))?.filePath ?? '');
    truncateSync((await downloads.find(cut.downloadId))?.filePath ?? '', 1);
    expect(await downloads.find(gone.downloadId)).toBeNull();
    expect(await downloads.find(cut.downloadId)).toBeNull();
    // Somebody cleans up temporary files: the next export makes a new folder.
    rmSync(join(parent, readdirSync(parent)[0] ?? ''), { recursive: true });
    const again = await prepare('three');
    expect(await downloads.find(again.downloadId)).toMatchObject({ sizeBytes: 5 });
  });

  it('that fails leaves nothing', async () => {
    const { downloads, parent, filesLeft } = await downloadsIn();
    const file = { fileName: 'a.csv', contentType: 'text/csv' };
    const full = async (path: string): Promise<void> => {
      await writeFile(path, 'half');
      fail('disk-full', 'The disk is full.');
    };
    await expectFailure(() => downloads.prepare(file, full), 'disk-full');
    const vanishing = async (path: string): Promise<void> => {
      rmSync(join(parent, readdirSync(parent)[0] ?? ''), { recursive: true });
      await writeFile(path, 'text');
    };
    await expectFailure(() => downloads.prepare(file, vanishing), 'missing-file');
    const stop = new AbortController();
    const stopped = async (path: string): Promise<void> => {
      await writeFile(path, 'text');
      stop.abort();
    };
    await expectFailure(() => downloads.prepare(file, stopped, stop.signal), 'cancelled');
    expect(filesLeft()).toEqual([]);
  });

  it('without a place for it is a typed failure', async () => {
    const parent = join(await newFolder(), 'nowhere');
    const downloads = createDownloads({ parent });
    const prepare = () => downloads.prepare({ fileName: 'a', contentType: 'text/csv' }, (path) => writeFile(path, ''));
    await expectFailure(prepare, 'missing-file');
    mkdirSync(parent);
    await prepare();
    await downloads.close();
    expect(existsSync(parent)).toBe(true);
  });

  it('on a full disk is a typed failure, zips too, and leaves nothing', async ({ skip }) => {
    const parent = await newFolder();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', parent], { stdio: 'ignore' });
    } catch {
      return skip('mounting a small file system needs root');
    }
    try {
      const downloads = createDownloads({ parent });
      opened.push(downloads);
      const noise = join(await newFolder(), 'noise');
      await writeFile(noise, randomBytes(600_000));
      const file = { fileName: 'a.zip', contentType: 'application/zip' };
      const zipped = (path: string) => writeZip(path, [{ path: noise, name: 'noise' }]);
      expect(await expectFailure(() => downloads.prepare(file, zipped), 'disk-full')).toMatchObject({
        found: 'ENOSPC',
      });
      const copied = (path: string) => copyFile(noise, path);
      await expectFailure(() => downloads.prepare(file, copied), 'disk-full');
      const missing = (path: string) => writeZip(path, [{ path: `${noise}-not`, name: 'noise' }]);
      await expectFailure(() => downloads.prepare(file, missing), 'missing-file');
      expect(readdirSync(parent, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())).toEqual([]);
    } finally {
      execFileSync('umount', ['-l', parent], { stdio: 'ignore' });
    }
    return undefined;
  });
});
