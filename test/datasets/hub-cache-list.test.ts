/** What the Hub's cache holds: the variables that move it, links into blobs, several revisions, leftovers. */
import { mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hubCacheFolder, listCachedDatasets } from '../../src/main/datasets/hub-cache.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();

it.each([
  [{}, '/home/u/.cache/huggingface/hub'],
  [{ XDG_CACHE_HOME: '/x' }, '/x/huggingface/hub'],
  [{ XDG_CACHE_HOME: '/x', HF_HOME: '/hf' }, '/hf/hub'],
  [{ HF_HOME: '~/hf' }, '/home/u/hf/hub'],
  [{ HF_HOME: '/hf', HF_HUB_CACHE: '/c' }, '/c'],
  [{ HF_HOME: '' }, '/home/u/.cache/huggingface/hub'],
])('%j puts the cache at %s', (env, expected) => {
  expect(hubCacheFolder(env, '/home/u')).toBe(expected);
});

async function repository(hub: string, name: string, revisions: readonly string[], minutesAgo: number) {
  const folder = join(hub, name);
  await mkdir(join(folder, 'blobs'), { recursive: true });
  await mkdir(join(folder, 'refs'));
  await writeFile(join(folder, 'blobs', 'b1'), 'x'.repeat(1000));
  for (const revision of revisions) {
    const data = join(folder, 'snapshots', revision, 'data');
    await mkdir(data, { recursive: true });
    await symlink('../../../blobs/b1', join(data, 'test.parquet'));
    await symlink('../../../blobs/gone', join(data, 'train.parquet'));
    const time = Date.now() / 1000 - minutesAgo * 60;
    await utimes(join(folder, 'snapshots', revision), time, time);
  }
  return folder;
}

it('lists the current snapshot of each dataset, newest first, with the size behind its links', async () => {
  const hub = await newFolder();
  const old = await repository(hub, 'datasets--LightChen2333--M3CoT', ['aaa', 'bbb'], 60);
  await writeFile(join(old, 'refs', 'main'), 'aaa\n');
  const young = await repository(hub, 'datasets--derek-thomas--ScienceQA', ['ccc'], 1);
  await repository(hub, 'models--Qwen--Qwen2-VL-2B', ['ddd'], 1);
  await repository(hub, 'datasets--only--started', [], 1);
  await writeFile(join(hub, 'datasets--a--file'), '');
  await writeFile(join(hub, 'version.txt'), '1');
  expect(await listCachedDatasets(hub)).toStrictEqual([
    { repository: 'derek-thomas/ScienceQA', path: join(young, 'snapshots', 'ccc'), revision: 'ccc', sizeBytes: 1000 },
    { repository: 'LightChen2333/M3CoT', path: join(old, 'snapshots', 'aaa'), revision: 'aaa', sizeBytes: 1000 },
  ]);
});

it('a cache that is not there holds nothing', async () => {
  expect(await listCachedDatasets(join(await newFolder(), 'hub'))).toStrictEqual([]);
});

it('a cache that is no folder is a failure, not an empty list', async () => {
  const file = join(await newFolder(), 'hub');
  await writeFile(file, '');
  await expectFailure(() => listCachedDatasets(file), 'missing-file');
});
