/**
 * Datasets held open for single images of runs. A dataset is used only if it still is the one that the run was
 * made of: a reference into changed files would show the wrong picture.
 */
import { fail } from '../../shared/failure.ts';
import type { Dataset } from '../datasets/dataset.ts';
import { openDataset } from '../datasets/open-dataset.ts';
import type { DatasetRecord } from '../store/datasets-repository.ts';
import { createIdleShelf } from './idle-shelf.ts';

export type DatasetShelf = Readonly<{
  /** The dataset stays open while the work goes on. Fails as datasets do, and `run-changed` where its rows are others by now. */
  use: <Result>(record: DatasetRecord, work: (dataset: Dataset) => Promise<Result>) => Promise<Result>;
  close: () => Promise<void>;
}>;

export function createDatasetShelf(): DatasetShelf {
  const shelf = createIdleShelf<Dataset>({ close: (dataset) => dataset.close() });
  return {
    use: (record, work) => shelf.use(`${record.fingerprint} ${record.path}`, () => openForImages(record), work),
    close: () => shelf.close(),
  };
}

async function openForImages(record: DatasetRecord): Promise<Dataset> {
  const dataset = await openChecked(record);
  // Goes on behind, and gives way to the image that is asked for.
  void dataset.findImages();
  return dataset;
}

/** Opens the dataset at its path. Fails as datasets do, and `run-changed`. */
export async function openChecked({ path, fingerprint }: DatasetRecord): Promise<Dataset> {
  const dataset = await openDataset(path);
  try {
    const found = (await dataset.summary()).fingerprint;
    if (found === fingerprint) return dataset;
    return fail('run-changed', 'The dataset has changed since the run was started.', {
      file: path,
      place: 'dataset fingerprint',
      expected: fingerprint,
      found,
      action: 'restore the dataset, or start a new run',
    });
  } catch (error) {
    await dataset.close();
    throw error;
  }
}
