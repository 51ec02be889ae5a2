/** The picker's folders: nothing outside of the root, whatever the path says. */
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { browseFolder, maxEntries } from '../../src/main/files/browse-folder.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();

async function home() {
  const parent = await newFolder();
  const root = join(parent, 'home');
  await mkdir(join(root, 'data'), { recursive: true });
  await mkdir(join(parent, 'home-secret'));
  await writeFile(join(parent, 'home-secret', 'key'), 'secret');
  return { parent, root };
}

describe('paths that leave the root', () => {
  it.each([
    (root: string) => `${root}/..`,
    (root: string) => `${root}/data/../../home-secret`,
    (root: string) => `${root}-secret`,
    () => '/',
    () => '/etc',
    () => '',
    () => '.',
    () => '..',
    () => 'data',
    () => '~',
    (root: string) => `${root}/data\0`,
    (root: string) => `${root}/${'x'.repeat(40_000)}`,
    () => '/no/such/folder',
  ])('are refused, case %#', async (path) => {
    const { root } = await home();
    const failure = await expectFailure(() => browseFolder(root, path(root)), 'path-outside-folder');
    expect(failure.file?.length ?? 0).toBeLessThan(400);
    expect(failure.file).not.toContain('\0');
  });

  it('by a link are refused; a link that stays inside is followed', async () => {
    const { parent, root } = await home();
    await symlink(join(parent, 'home-secret'), join(root, 'out'));
    await symlink('data', join(root, 'in'));
    await symlink('nowhere', join(root, 'dangling'));
    await expectFailure(() => browseFolder(root, join(root, 'out')), 'path-outside-folder');
    expect((await browseFolder(root, join(root, 'in'))).path).toBe(join(root, 'data'));
    const { entries } = await browseFolder(root, null);
    expect(entries.map(({ name }) => name)).toStrictEqual(['data', 'in', 'out']);
    expect(entries.find(({ name }) => name === 'out')?.looksLike).toBeNull();
  });

  it('may name the root by a link to it', async () => {
    const { parent, root } = await home();
    await symlink(root, join(parent, 'alias'));
    const listed = await browseFolder(join(parent, 'alias'), join(parent, 'alias', 'data'));
    expect(listed).toMatchObject({ path: join(root, 'data'), root, parent: root });
  });
});

it('a folder that is not there, or is a file, is missing; a name too long for the system too', async () => {
  const { root } = await home();
  await writeFile(join(root, 'file'), '');
  await expectFailure(() => browseFolder(root, join(root, 'nothing')), 'missing-file');
  await expectFailure(() => browseFolder(root, join(root, 'file')), 'missing-file');
  await expectFailure(() => browseFolder(root, join(root, 'x'.repeat(5000))), 'missing-file');
});

it('lists folders first, hidden ones only on request, and says what they look like', async () => {
  const { root } = await home();
  const files = [
    'data/train/test.parquet',
    'hub/data/test-00000-of-00001.parquet',
    'science/problems.json',
    'model/config.json',
    'model/model-00001-of-00002.safetensors',
    'lora/adapter_config.json',
    'bundle/bundle.json',
    'plain/notes.txt',
    '.cache/x',
    'a10.tsv',
    'a9.csv',
    'run.penumbra',
    'predictions.jsonl',
    'model.pth',
    'Zoo.txt',
  ];
  for (const file of files) {
    await mkdir(join(root, file, '..'), { recursive: true });
    await writeFile(join(root, file), 'x');
  }
  const { entries, parent, leftOut } = await browseFolder(root, null);
  expect([parent, leftOut]).toStrictEqual([null, 0]);
  expect(entries.map(({ name, kind, looksLike }) => [name, kind, looksLike])).toStrictEqual([
    ['bundle', 'folder', 'bundle'],
    ['data', 'folder', null],
    ['hub', 'folder', 'dataset'],
    ['lora', 'folder', 'adapter'],
    ['model', 'folder', 'checkpoint'],
    ['plain', 'folder', null],
    ['science', 'folder', 'dataset'],
    ['a9.csv', 'file', 'dataset'],
    ['a10.tsv', 'file', 'dataset'],
    ['model.pth', 'file', 'checkpoint'],
    ['predictions.jsonl', 'file', 'predictions'],
    ['run.penumbra', 'file', 'packed-run'],
    ['Zoo.txt', 'file', null],
  ]);
  expect(entries.find(({ name }) => name === 'a9.csv')?.sizeBytes).toBe(1);
  const hidden = await browseFolder(root, null, { showHidden: true });
  expect(hidden.entries[0]?.name).toBe('.cache');
});

it('lists at most 2,000 entries and counts the rest', async () => {
  const { root } = await home();
  const names = Array.from({ length: 2100 }, (_, index) => `file-${String(index)}`);
  await Promise.all(names.map((name) => writeFile(join(root, name), '')));
  const { entries, leftOut } = await browseFolder(root, null);
  expect([entries.length, leftOut]).toStrictEqual([maxEntries, 101]);
  expect(entries[0]?.name).toBe('data');
});
