/** Every malformed dataset and prediction file ends in its typed failure: no crash, no hang, no untyped error. */
import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { asAnybody, whyNotAsAnybody } from '../../support/another-user.ts';
import { temporaryFolders } from '../../support/temp-folder.ts';
import type { MalformedCase } from './case.ts';
import { documentCases } from './document-cases.ts';
import { folderCases, permissionCases } from './folder-cases.ts';
import { imageCases } from './image-cases.ts';
import { jsonLineCases } from './json-line-cases.ts';
import { parquetCases } from './parquet-cases.ts';
import { predictionCases } from './prediction-cases.ts';
import { tableCases } from './table-cases.ts';
import { makeCase, observeDataset, observePredictions, type Observed } from './observed-failures.ts';

const datasetCases = [
  ...jsonLineCases,
  ...imageCases,
  ...parquetCases,
  ...tableCases,
  ...documentCases,
  ...folderCases,
];

const newFolder = temporaryFolders();

function check(observed: Observed, { kind, file, row, remaining, from }: MalformedCase): void {
  if (observed.thrown !== null) {
    expect(observed.thrown.kind, observed.thrown.message).toBe(kind);
    expect(observed.thrown.file ?? '').toContain(file);
    expect(observed.thrown.expected ?? observed.thrown.found).toBeDefined();
    expect(remaining).toBeUndefined();
    expect(row).toBeUndefined();
    return;
  }
  expect(from, 'reading the image should have failed').toBeUndefined();
  expect(observed.problems.map(({ failure }) => failure.kind)).toContain(kind);
  const problem = observed.problems.find(({ failure }) => failure.kind === kind);
  expect(problem?.file.endsWith(file), `${problem?.file} is not ${file}`).toBe(true);
  expect(problem?.row).toBe(row ?? null);
  expect(problem?.failure.expected ?? problem?.failure.found).toBeDefined();
  expect(observed.readCount).toBe(remaining ?? 0);
}

describe('datasets', () => {
  test.each(datasetCases.map((item) => [item.name, item] as const))('%s', async (_, item) => {
    const path = makeCase(await newFolder(), item);
    check(await observeDataset(path, item.from), item);
  });
});

describe('prediction files', () => {
  test.each(predictionCases.map((item) => [item.name, item] as const))('%s', async (_, item) => {
    const folder = await newFolder();
    const path = makeCase(folder, item);
    check(
      await observePredictions(item.open === undefined ? join(folder, Object.keys(item.files)[0] ?? '') : path),
      item,
    );
  });
});

test('the corpus is as large as promised', () => {
  expect(datasetCases.length + predictionCases.length).toBeGreaterThanOrEqual(80);
});

const observeScript = join(import.meta.dirname, 'observe-in-process.ts');

/** Windows has no such permissions. */
describe.skipIf(process.platform === 'win32')('without permission', () => {
  test.for(permissionCases.map((item) => [item.name, item] as const))('%s', async ([, item], context) => {
    const reason = whyNotAsAnybody(observeScript);
    if (reason !== null) context.skip(reason);
    const folder = await newFolder();
    const path = makeCase(folder, item);
    chmodSync(folder, 0o755);
    const { stdout, stderr } = spawnSync(process.execPath, [observeScript, path, item.from ?? 'rows'], {
      encoding: 'utf8',
      ...asAnybody,
    });
    expect(stderr).not.toContain('Error');
    check(JSON.parse(stdout) as Observed, item);
  });
});
