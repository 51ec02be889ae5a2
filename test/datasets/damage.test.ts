/** Random damage to every kind of file: rows, problems or a typed failure, promptly; never anything else. */
import { readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { expect, test } from 'vitest';
import { failureKinds } from '../../src/shared/failure.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { datasetsFolder } from './expected-datasets.ts';
import { observeDataset } from './malformed/observed-failures.ts';

const newFolder = temporaryFolders();
const rounds = 60;

test.each([
  'm3cot-hub/data/train-00000-of-00001.parquet',
  'scienceqa-hub/data/test-00000-of-00001.parquet',
  'vlmevalkit/MINI.tsv',
  'm3cot-original/data/test.jsonl',
  'scienceqa-original/problems.json',
  'generic-csv/test.csv',
])('%s', async (file) => {
  const content = readFileSync(join(datasetsFolder, file));
  const path = join(await newFolder(), `test${extname(file)}`);
  let state = 5;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  for (let round = 0; round < rounds; round++) {
    const damaged = Buffer.from(content);
    for (let index = 0; index < 1 + (round % 5); index++) {
      // The footer of parquet is at the end: half of the damage goes there.
      const fromEnd = random() < 0.5 ? Math.min(3500, content.length) : content.length;
      damaged[content.length - 1 - Math.floor(random() * fromEnd)] = Math.floor(random() * 256);
    }
    writeFileSync(path, round % 10 === 9 ? damaged.subarray(0, Math.floor(random() * damaged.length)) : damaged);
    const start = performance.now();
    const { thrown, problems } = await observeDataset(path, 'image');
    expect(performance.now() - start).toBeLessThan(5_000);
    for (const failure of [thrown, ...problems.map((problem) => problem.failure)]) {
      if (failure !== null) expect(failureKinds).toContain(failure.kind);
    }
  }
});
