/** The Hub cache's layout: snapshots of links into blobs, opened by snapshot, by repository, and by file. */
import { cpSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDataset } from '../../src/main/datasets/open-dataset.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { datasetsFolder, expected, readAll } from './expected-datasets.ts';

const newFolder = temporaryFolders();

/** A cached repository of one of the small folders: every file is a link to a blob named by a number. */
async function cachedRepository(name: string): Promise<{ repository: string; snapshot: string }> {
  const repository = join(await newFolder(), 'datasets--LightChen2333--M3CoT');
  const snapshot = join(repository, 'snapshots', '0123abc');
  mkdirSync(join(repository, 'blobs'), { recursive: true });
  mkdirSync(join(repository, 'refs'));
  writeFileSync(join(repository, 'refs', 'main'), '0123abc');
  cpSync(join(datasetsFolder, name), snapshot, { recursive: true });
  const files = readdirSync(snapshot, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const [index, entry] of files.entries()) {
    const path = join(entry.parentPath, entry.name);
    const depth = path.slice(snapshot.length + 1).split(/[/\\]/).length;
    renameSync(path, join(repository, 'blobs', `blob${index}`));
    symlinkSync(`${'../'.repeat(depth + 1)}blobs/blob${index}`, path);
  }
  return { repository, snapshot };
}

const hashes = Object.values(expected.m3cot).flatMap((rows) => rows.map(({ imageSha256 }) => imageSha256));

test.each(['m3cot-hub', 'm3cot-original'])('%s as a snapshot, and as a repository', async (name) => {
  const { repository, snapshot } = await cachedRepository(name);
  for (const path of [snapshot, repository]) {
    const found = await readAll(path);
    expect(found.map(({ imageSha256 }) => imageSha256)).toStrictEqual(hashes);
  }
});

test('one linked file of a snapshot', async () => {
  const { snapshot } = await cachedRepository('m3cot-hub');
  const found = await readAll(join(snapshot, 'data', 'train-00000-of-00001.parquet'));
  expect(found.map(({ imageSha256 }) => imageSha256)).toStrictEqual(hashes.slice(0, 4));
});

test('the fingerprint is that of the plain folder', async () => {
  const { repository } = await cachedRepository('m3cot-hub');
  const fingerprints = [];
  for (const path of [repository, join(datasetsFolder, 'm3cot-hub')]) {
    const dataset = await openDataset(path);
    fingerprints.push((await dataset.summary()).fingerprint);
    await dataset.close();
  }
  expect(fingerprints[0]).toBe(fingerprints[1]);
});

test('several snapshots: refs/main decides; without it the user has to', async () => {
  const { repository, snapshot } = await cachedRepository('m3cot-hub');
  cpSync(snapshot, join(repository, 'snapshots', 'fff'), { recursive: true, verbatimSymlinks: true });
  expect(await readAll(repository, { split: 'test' })).toHaveLength(6);
  writeFileSync(join(repository, 'refs', 'main'), 'gone');
  renameSync(join(repository, 'refs'), join(repository, 'other'));
  const failure = await expectFailure(() => openDataset(repository), 'not-found');
  expect(failure.place).toBe('refs/main');
});

test('a link that the user names is followed, and its images are found beside the file it leads to', async () => {
  const folder = await newFolder();
  symlinkSync(join(datasetsFolder, 'm3cot-original', 'data', 'dev.jsonl'), join(folder, 'mine.jsonl'));
  symlinkSync(join(datasetsFolder, 'm3cot-original'), join(folder, 'set'));
  expect((await readAll(join(folder, 'mine.jsonl'))).map(({ imageSha256 }) => imageSha256)).toStrictEqual(
    hashes.slice(4, 7),
  );
  expect(await readAll(join(folder, 'set'))).toHaveLength(13);
});
