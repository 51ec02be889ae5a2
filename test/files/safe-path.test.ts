/** Paths out of files stay inside their folder, on every system, with the Hub cache's blobs as the one exception. */
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hubSnapshotOf, resolveInside } from '../../src/main/files/safe-path.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const temporaryFolder = temporaryFolders();

describe('resolveInside', () => {
  it.each([
    ['a.txt', 'a.txt'],
    ['./a.txt', 'a.txt'],
    ['sub//b.txt', 'sub/b.txt'],
    ['sub\\b.txt', 'sub/b.txt'],
    ['..a/b', '..a/b'],
    ['a..b', 'a..b'],
    ['not/there/yet', 'not/there/yet'],
  ])('resolves %j', async (relative, expected) => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'sub'));
    await writeFile(join(root, 'a.txt'), 'a');
    expect(await resolveInside(root, relative)).toBe(join(root, expected));
  });

  it.each([
    '',
    '.',
    './',
    '..',
    '../a',
    'sub/../../a',
    '..\\a',
    'sub\\..\\..\\a',
    '.. /a',
    '..../a/../..',
    '/etc/passwd',
    '\\etc\\passwd',
    '//host/share',
    '\\\\?\\C:\\a',
    'C:/a',
    'c:a',
    'a\0.txt',
  ])('refuses %j', async (relative) => {
    const root = await temporaryFolder();
    const failure = await expectFailure(() => resolveInside(root, relative), 'path-outside-folder');
    expect(failure.file).toBe(root);
    expect(failure.place).toBe(relative);
  });

  it('follows links inside the folder and refuses those that leave it', async () => {
    const root = await temporaryFolder();
    const outside = await temporaryFolder();
    await writeFile(join(root, 'a.txt'), 'a');
    await symlink('a.txt', join(root, 'inner'));
    await symlink(outside, join(root, 'outer'));
    await symlink('loop', join(root, 'loop'));
    expect(await resolveInside(root, 'inner')).toBe(join(root, 'inner'));
    await expectFailure(() => resolveInside(root, 'outer'), 'path-outside-folder');
    await expectFailure(() => resolveInside(root, 'outer/not-there'), 'path-outside-folder');
    await expectFailure(() => resolveInside(root, 'loop'), 'missing-file');
    await expectFailure(() => resolveInside(join(root, 'nothing'), 'a'), 'missing-file');
  });

  it('does not take a folder of a longer name for the folder itself', async () => {
    const parent = await temporaryFolder();
    await mkdir(join(parent, 'root'));
    await mkdir(join(parent, 'root-secret'));
    await symlink(join(parent, 'root-secret'), join(parent, 'root', 'link'));
    await expectFailure(() => resolveInside(join(parent, 'root'), 'link'), 'path-outside-folder');
  });
});

describe('Hub cache snapshots', () => {
  async function repository(name: string) {
    const root = join(await temporaryFolder(), name);
    const snapshot = join(root, 'snapshots', 'abc');
    await mkdir(join(snapshot, 'data'), { recursive: true });
    await mkdir(join(root, 'blobs'));
    await writeFile(join(root, 'blobs', '0123'), 'blob');
    await symlink('../../../blobs/0123', join(snapshot, 'data', 'x.parquet'));
    return { root, snapshot };
  }

  it('may link into the blobs of the same repository', async () => {
    const { root, snapshot } = await repository('datasets--org--some--name');
    expect(await resolveInside(snapshot, 'data/x.parquet')).toBe(join(snapshot, 'data', 'x.parquet'));
    expect(await resolveInside(join(snapshot, 'data'), 'x.parquet')).toBe(join(snapshot, 'data', 'x.parquet'));
    expect(await hubSnapshotOf(snapshot)).toEqual({
      repository: root,
      name: 'org/some/name',
      revision: 'abc',
      snapshot,
      blobs: join(root, 'blobs'),
    });
  });

  it("may not link into another repository's blobs, nor elsewhere", async () => {
    const { snapshot } = await repository('models--a--b');
    const other = await repository('models--c--d');
    await symlink(join(other.root, 'blobs', '0123'), join(snapshot, 'stolen'));
    await symlink(join(snapshot, '..', '..', '..'), join(snapshot, 'up'));
    await expectFailure(() => resolveInside(snapshot, 'stolen'), 'path-outside-folder');
    await expectFailure(() => resolveInside(snapshot, 'up'), 'path-outside-folder');
  });

  it('takes no linked folder for blobs', async () => {
    const root = await temporaryFolder();
    const outside = await temporaryFolder();
    const snapshot = join(root, 'snapshots', 'abc');
    await mkdir(snapshot, { recursive: true });
    await writeFile(join(outside, 'secret'), 'secret');
    await symlink(outside, join(root, 'blobs'));
    await symlink('../../blobs/secret', join(snapshot, 'model.safetensors'));
    expect(await hubSnapshotOf(snapshot)).toBeUndefined();
    await expectFailure(() => resolveInside(snapshot, 'model.safetensors'), 'path-outside-folder');
  });
});
