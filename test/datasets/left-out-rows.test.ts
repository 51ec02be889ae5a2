/** What a dataset's summary says of rows that it does not have, and of pictures that are not there. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDataset } from '../../src/main/datasets/open-dataset.ts';
import { greyPng } from '../support/small-dataset.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();

it('a row that cannot be read is counted and said to be left out; one without its picture stays', async () => {
  const folder = await newFolder();
  writeFileSync(join(folder, 'there.png'), greyPng(1));
  const row = (id: string, answer: string, image: string): string =>
    JSON.stringify({ id, question: 'Q?', choices: ['x', 'y', 'z'], answer, image });
  const lines = [row('1', 'A', 'gone.png'), row('2', 'E', 'there.png'), 'not JSON', row('4', 'B', 'there.png')];
  writeFileSync(join(folder, 'test.jsonl'), `${lines.join('\n')}\n`);
  const dataset = await openDataset(folder);
  const summary = await dataset.summary();
  await dataset.close();
  expect(summary).toMatchObject({ rowCount: 2, rowsLeftOut: 2, imagesMissing: 1, problemCount: 3 });
  expect(summary.splits['test']?.imagesMissing).toBe(1);
  expect(summary.problems.map(({ row, failure }) => [row, /left out/.test(failure.action ?? '')])).toStrictEqual([
    [1, false],
    [2, true],
    [3, true],
  ]);
});
