/** Which of the known datasets a prediction file is about: those that hold its questions, by id. */
import { resolve } from 'node:path';
import { failureOf } from '../../shared/failure.ts';
import { parsePredictionFile } from '../datasets/prediction-files/parse-prediction-file.ts';
import type { DatasetLibrary } from './dataset-library.ts';

/** Ids that are looked up; a file's first questions say what it is about. */
const lookedUp = 200;
/** Datasets that are read for it, the last opened first. */
const datasetLimit = 8;

export type FittingDatasets = Readonly<{
  /** Questions of the file that were looked up. */
  looked: number;
  /** Datasets with at least one of them, the best first. */
  datasets: { path: string; name: string; matched: number }[];
}>;

/** Fails as reading the prediction file does; a dataset that cannot be read does not fit. */
export async function fittingDatasets(library: DatasetLibrary, file: string): Promise<FittingDatasets> {
  const ids = await firstIds(resolve(file));
  const datasets: FittingDatasets['datasets'] = [];
  for (const { datasetId, path, name, exists, format } of (await library.list()).slice(0, datasetLimit)) {
    if (!exists || format === null) continue;
    const matched = await library.countOf(datasetId, ids).catch((error: unknown) => {
      if (failureOf(error) === undefined) throw error;
      return 0;
    });
    if (matched > 0) datasets.push({ path, name, matched });
  }
  return { looked: ids.length, datasets: datasets.sort((a, b) => b.matched - a.matched) };
}

async function firstIds(file: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { prediction } of parsePredictionFile(file)) {
    if (prediction !== null) ids.push(prediction.sampleId);
    if (ids.length >= lookedUp) break;
  }
  return ids;
}
