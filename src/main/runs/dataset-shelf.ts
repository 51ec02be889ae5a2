/**
 * Datasets held open for single images. A dataset is used only if it still is the one that the run was made of:
 * a reference into changed files would show the wrong picture.
 */
import { fail } from '../../shared/failure.ts';
import type { Dataset } from '../datasets/dataset.ts';
import { openDataset } from '../datasets/open-dataset.ts';
import type { DatasetRecord } from '../store/datasets-repository.ts';

export type DatasetShelf = Readonly<{
  /** Fails as datasets do, and `run-changed` where its rows are others by now. */
  open: (record: DatasetRecord) => Promise<Dataset>;
  close: () => Promise<void>;
}>;

export function createDatasetShelf(): DatasetShelf {
  const opened = new Map<string, Promise<Dataset>>();
  return {
    open: (record) => {
      const key = `${record.fingerprint} ${record.path}`;
      const known = opened.get(key);
      if (known !== undefined) return known;
      const opening = openChecked(record);
      opened.set(key, opening);
      // A dataset that could not be opened may be there the next time.
      opening.catch(() => opened.delete(key));
      return opening;
    },
    close: async () => {
      const all = await Promise.allSettled(opened.values());
      opened.clear();
      for (const result of all) if (result.status === 'fulfilled') await result.value.close();
    },
  };
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
