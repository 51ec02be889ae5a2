/** Prediction files and the datasets that they are about, over a real store and real folders. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createDatasetLibrary } from '../../src/main/runs/dataset-library.ts';
import { fittingDatasets } from '../../src/main/runs/fitting-datasets.ts';
import { openStore } from '../../src/main/store/store.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { sampleIdOf, writeSmallDataset } from '../support/small-dataset.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();

it('the datasets that hold the questions of a file, the best first', async () => {
  const folder = await newFolder();
  const store = openStore(join(folder, 'store.sqlite'));
  const library = createDatasetLibrary(store);
  const large = writeSmallDataset(join(folder, 'large'), { questionCount: 12 });
  const small = writeSmallDataset(join(folder, 'small'), { questionCount: 3 });
  const gone = writeSmallDataset(join(folder, 'gone'), { questionCount: 20 });
  const file = join(folder, 'predictions.jsonl');
  const write = (ids: readonly string[]) =>
    writeFileSync(file, ids.map((id) => `${JSON.stringify({ id, messages: ['p', 'The answer is A'] })}\n`).join(''));
  try {
    for (const path of [large, small, gone]) await library.open(path);
    rmSync(gone, { recursive: true });
    write(Array.from({ length: 10 }, (_, index) => sampleIdOf(index + 1)));
    expect(await fittingDatasets(library, file)).toStrictEqual({
      looked: 10,
      datasets: [
        { path: large, name: 'large', matched: 10 },
        { path: small, name: 'small', matched: 2 },
      ],
    });
    write(['another', 'dataset']);
    expect(await fittingDatasets(library, file)).toStrictEqual({ looked: 2, datasets: [] });
    await expectFailure(() => fittingDatasets(library, join(folder, 'none.jsonl')), 'missing-file');
  } finally {
    await library.close();
    store.close();
  }
});
