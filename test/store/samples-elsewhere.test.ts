/** The same id in other runs: what does not pass takes nobody's place. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openStore } from '../../src/main/store/store.ts';
import { newRunOfTest, predictionOfTest, sampleOfTest } from '../support/stored-rows.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();

it('questions elsewhere are filtered before they are limited, the newest run first', async () => {
  const store = openStore(join(await newFolder(), 'store.sqlite'));
  const texts = ['asked', 'same', 'same', 'other', 'other'];
  const runRows = texts.map((question, number) => {
    const fingerprint = String(number).repeat(64);
    const datasetRow = store.datasets.saveDataset({ fingerprint, path: '/d', format: 'm3cot-jsonl', licence: null });
    const sampleRow = store.samples.save(datasetRow, sampleOfTest(7, { question }));
    const run = newRunOfTest({ runId: `RUN-${number}`, datasetRow, planned: 1, where: [] });
    const runRow = store.runs.insert(run, [sampleRow]);
    store.predictions.insert(runRow, { position: 0, sampleRow }, predictionOfTest('sample-7', 7, 2));
    return runRow;
  });
  const find = (limit: number) =>
    store.samples
      .elsewhere(runRows[0] ?? 0, 'sample-7', ({ question }) => question === 'same', limit)
      .map(({ runRow }) => runRow);
  expect(find(1)).toEqual([runRows[2]]);
  expect(find(5)).toEqual([runRows[2], runRows[1]]);
  store.close();
});
