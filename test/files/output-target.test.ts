/** What a file that is written may replace: a plain file that nothing depends on, and nothing else. */
import { spawnSync } from 'node:child_process';
import { link, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolderOf, refuseTarget } from '../../src/main/files/output-target.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();

describe('refuseTarget', () => {
  it('lets a new file and a plain file be written', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'old.csv'), '');
    await refuseTarget(join(folder, 'old.csv'), []);
    await refuseTarget(join(folder, 'new.csv'), []);
    await refuseTarget(join(folder, 'no', 'such', 'new.csv'), [{ path: join(folder, 'other'), what: 'other' }]);
  });

  it('refuses a folder', async () => {
    const folder = await newFolder();
    const failure = await expectFailure(() => refuseTarget(folder, []), 'wrong-usage');
    expect(failure).toMatchObject({ file: folder, found: 'a folder' });
  });

  it('refuses a link that leads nowhere', async () => {
    const target = join(await newFolder(), 'link');
    await symlink('nowhere', target);
    await expectFailure(() => refuseTarget(target, []), 'wrong-usage');
  });

  it('refuses a pipe, as it does any device', async ({ skip }) => {
    const target = join(await newFolder(), 'pipe');
    if (process.platform === 'win32' || spawnSync('mkfifo', [target]).status !== 0)
      return skip('there is no mkfifo here');
    const failure = await expectFailure(() => refuseTarget(target, []), 'wrong-usage');
    expect(failure).toMatchObject({ file: target, found: 'no ordinary file' });
    return undefined;
  });

  it('refuses a protected file under every name it has', async () => {
    const folder = await newFolder();
    const kept = join(folder, 'store.db');
    await writeFile(kept, '');
    await link(kept, join(folder, 'hard'));
    await symlink(kept, join(folder, 'soft'));
    await mkdir(join(folder, 'deep'));
    await symlink(folder, join(folder, 'deep', 'up'));
    for (const name of ['store.db', 'hard', 'soft', 'deep/../store.db', 'deep/up/store.db']) {
      const failure = await expectFailure(
        () => refuseTarget(`${folder}/${name}`, [{ path: kept, what: 'the store' }]),
        'wrong-usage',
      );
      expect(failure.message).toContain('belongs to the store');
    }
  });

  it('refuses a protected file that is not there yet', async () => {
    const folder = await newFolder();
    await mkdir(join(folder, 'real'));
    await symlink(join(folder, 'real'), join(folder, 'alias'));
    const kept = [{ path: join(folder, 'real', 'store-wal'), what: 'the store' }];
    await expectFailure(() => refuseTarget(join(folder, 'alias', 'store-wal'), kept), 'wrong-usage');
  });

  it('refuses what lies in a protected folder, there already or not', async () => {
    const folder = await newFolder();
    const dataset = join(folder, 'dataset');
    await mkdir(join(dataset, 'images'), { recursive: true });
    await writeFile(join(dataset, 'images', '1.png'), '');
    await symlink(dataset, join(folder, 'alias'));
    const kept = [{ path: dataset, what: 'the dataset' }];
    for (const name of ['dataset/images/1.png', 'dataset/new.csv', 'dataset/a/b/new.csv', 'alias/new.csv']) {
      await expectFailure(() => refuseTarget(join(folder, name), kept), 'wrong-usage');
    }
    await refuseTarget(join(folder, 'dataset.csv'), kept);
  });
});

describe('makeFolderOf', () => {
  it('says which folder cannot be made', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'file'), '');
    for (const target of [join(folder, 'file', 'q.csv'), join(folder, 'file', 'deep', 'q.csv')]) {
      const failure = await expectFailure(() => makeFolderOf(target), 'missing-file');
      expect(failure.message).toContain('a file is in the way');
    }
  });
});
