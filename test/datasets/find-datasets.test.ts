/** Folders above datasets: not taken for one of them, and searched for all of them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { findDatasets } from '../../src/main/datasets/find-datasets.ts';
import { openDataset } from '../../src/main/datasets/open-dataset.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { csvHeader, m3cotRow } from './malformed/case.ts';

const newFolder = temporaryFolders();

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await newFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

it('a folder above two datasets is refused with both named, and both are found', async () => {
  const folder = await folderWith({
    'M3CoT/data/test.jsonl': m3cotRow(),
    'own/questions.csv': `${csvHeader}a,Q?,x,y,A\n`,
    'notes.txt': 'x',
  });
  const { message, found } = await expectFailure(() => openDataset(folder), 'unknown-format');
  expect(message).toBe(`${folder} holds several datasets.`);
  expect(found).toBe('M3CoT (m3cot-jsonl); own (generic-csv)');
  expect(await findDatasets(folder)).toStrictEqual([
    { path: join(folder, 'M3CoT'), format: 'm3cot-jsonl' },
    { path: join(folder, 'own'), format: 'generic-csv' },
  ]);
});

it('two datasets of one format are not merged, whose ids may be the same; nor below a folder that they share', async () => {
  const row = '{"id": "1", "question": "Q?", "choices": ["x", "y"], "answer": "A"}\n';
  const folder = await folderWith({ 'textonly/q.jsonl': row, 'badimg/test.jsonl': row });
  const { message, found } = await expectFailure(() => openDataset(folder), 'unknown-format');
  expect([message, found]).toStrictEqual([
    `${folder} holds several datasets.`,
    'badimg (generic-jsonl); textonly (generic-jsonl)',
  ]);
  const paths = (await findDatasets(folder)).map(({ path }) => path);
  expect(paths).toStrictEqual([join(folder, 'badimg'), join(folder, 'textonly')]);

  const deeper = await folderWith({ 'sets/a-test/q.jsonl': row, 'sets/b-test/q.jsonl': row });
  expect((await expectFailure(() => openDataset(deeper), 'unknown-format')).found).toBe(
    'sets/a-test (generic-jsonl); sets/b-test (generic-jsonl)',
  );
});

it('one that lies too deep to be opened from above is found two levels down', async () => {
  const folder = await folderWith({
    'work/M3CoT/release/data/test.jsonl': m3cotRow(),
    '.hidden/test.jsonl': m3cotRow(),
  });
  await expectFailure(() => openDataset(folder), 'unknown-format');
  expect(await findDatasets(folder)).toStrictEqual([{ path: join(folder, 'work', 'M3CoT'), format: 'm3cot-jsonl' }]);
});

it('splits of one format in folders of their own stay one dataset', async () => {
  const folder = await folderWith({ 'train/a.jsonl': m3cotRow({ id: 'a' }), 'test/b.jsonl': m3cotRow({ id: 'b' }) });
  const dataset = await openDataset(folder);
  expect((await dataset.summary()).rowCount).toBe(2);
  await dataset.close();
});

it('nothing is found where there is nothing, and no more than twenty', async () => {
  const folder = await newFolder();
  expect(await findDatasets(folder)).toStrictEqual([]);
  expect(await findDatasets(join(folder, 'missing'))).toStrictEqual([]);
  const many = Array.from({ length: 30 }, (_, index) => [`d${String(index).padStart(2, '0')}/t.jsonl`, m3cotRow()]);
  const full = await folderWith(Object.fromEntries(many) as Record<string, string>);
  expect((await findDatasets(full)).map(({ path }) => path)).toStrictEqual(
    Array.from({ length: 20 }, (_, index) => join(full, `d${String(index).padStart(2, '0')}`)),
  );
});
