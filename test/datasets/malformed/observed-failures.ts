/** What comes of opening a malformed dataset or prediction file: every failure, thrown or listed, and what was read. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openDataset } from '../../../src/main/datasets/open-dataset.ts';
import { parsePredictionFile } from '../../../src/main/datasets/prediction-files/parse-prediction-file.ts';
import { failureOf, type Failure } from '../../../src/shared/failure.ts';
import type { DatasetProblem } from '../../../src/shared/sample.ts';
import type { MalformedCase } from './case.ts';

export type Observed = Readonly<{
  /** The failure that was thrown; null when opening went on. */
  thrown: Failure | null;
  problems: readonly DatasetProblem[];
  readCount: number;
}>;

/** Makes the case's files in an empty folder and returns the path to open. */
export function makeCase(folder: string, { files, make, open }: MalformedCase): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  make?.(folder);
  return open === undefined ? folder : join(folder, open);
}

/** Opens, summarises and reads a dataset; anything but a typed failure is thrown on. */
export async function observeDataset(path: string, from: MalformedCase['from']): Promise<Observed> {
  const problems: DatasetProblem[] = [];
  let readCount = 0;
  try {
    const dataset = await openDataset(path);
    try {
      problems.push(...(await dataset.summary()).problems);
      for await (const sample of dataset.samples()) {
        readCount += 1;
        if (from === 'image' && sample.image !== null) await dataset.readImage(sample.image);
      }
    } finally {
      await dataset.close();
    }
  } catch (error) {
    return { thrown: typed(error), problems, readCount };
  }
  return { thrown: null, problems, readCount };
}

export async function observePredictions(path: string): Promise<Observed> {
  const problems: DatasetProblem[] = [];
  let readCount = 0;
  try {
    for await (const { prediction, problem } of parsePredictionFile(path)) {
      if (prediction !== null) readCount += 1;
      if (problem !== null) problems.push(problem);
    }
  } catch (error) {
    return { thrown: typed(error), problems, readCount };
  }
  return { thrown: null, problems, readCount };
}

function typed(error: unknown): Failure {
  const failure = failureOf(error);
  if (failure === undefined) throw error;
  return failure;
}
