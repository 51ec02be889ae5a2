/** What may be pointed at as a model, the Hub cache's layout included. */
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveModelFolder } from '../../src/main/checkpoint/model-folder.ts';
import { openCheckpoint } from '../../src/main/import/open-checkpoint.ts';
import { writeFiles, writeTinyCheckpoint } from '../corpus/checkpoint/tiny-checkpoint.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const temporaryFolder = temporaryFolders();

/** A cached repository as huggingface_hub lays it out: snapshots of links into blobs/. */
async function cachedRepository(revision = 'abc123'): Promise<{ repository: string; snapshot: string }> {
  const repository = join(await temporaryFolder(), 'models--Qwen--Qwen2-VL-2B-Instruct');
  const snapshot = join(repository, 'snapshots', revision);
  await mkdir(snapshot, { recursive: true });
  await writeFiles(repository, { 'refs/main': `${revision}\n` });
  await writeTinyCheckpoint(join(repository, 'blobs'));
  for (const name of ['config.json', 'preprocessor_config.json', 'model.safetensors']) {
    await symlink(join('..', '..', 'blobs', name), join(snapshot, name));
  }
  return { repository, snapshot };
}

describe('resolveModelFolder', () => {
  it('takes an ordinary folder', async () => {
    const folder = await writeTinyCheckpoint(join(await temporaryFolder(), 'my-model'));
    expect(await resolveModelFolder(folder)).toEqual({ folder, name: 'my-model', revision: null });
  });

  it('takes a snapshot, and a cached repository through refs/main', async () => {
    const { repository, snapshot } = await cachedRepository();
    const expected = { folder: snapshot, name: 'Qwen/Qwen2-VL-2B-Instruct', revision: 'abc123' };
    expect(await resolveModelFolder(snapshot)).toEqual(expected);
    expect(await resolveModelFolder(repository)).toEqual(expected);
    const checkpoint = await openCheckpoint({ folder: repository, tokenizerLength: 16 });
    expect(checkpoint.model).toEqual(expected);
    await checkpoint.source.close();
  });

  it('takes the only snapshot of a repository without refs/main, and asks where there are two', async () => {
    const { repository, snapshot } = await cachedRepository();
    await rm(join(repository, 'refs'), { recursive: true });
    expect(await resolveModelFolder(repository)).toMatchObject({ folder: snapshot, revision: 'abc123' });
    await mkdir(join(repository, 'snapshots', 'def456'));
    const failure = await expectFailure(() => resolveModelFolder(repository), 'missing-file');
    expect(failure.place).toBe('refs/main');
  });

  it.each([
    ['a revision that is not there', 'fff', 'missing-file'],
    ['a revision that leaves the repository', '../..', 'missing-file'],
  ] as const)('refuses refs/main with %s', async (_, revision, kind) => {
    const { repository } = await cachedRepository();
    await writeFile(join(repository, 'refs', 'main'), revision);
    await expectFailure(() => resolveModelFolder(repository), kind);
  });

  it('refuses what is not there, files, and folders without a config', async () => {
    const folder = await writeTinyCheckpoint(await temporaryFolder(), { 'config.json': null });
    await expectFailure(() => resolveModelFolder(join(folder, 'nothing')), 'missing-file');
    const noConfig = await expectFailure(() => resolveModelFolder(folder), 'missing-file');
    expect(noConfig.file).toBe(join(folder, 'config.json'));
    await writeFile(join(folder, 'model.pth'), '');
    const file = await expectFailure(() => resolveModelFolder(join(folder, 'model.pth')), 'missing-file');
    expect(file.action).toContain('adapter');
  });
});
