/** What a run was made of and lives in: no export and no pack of it may replace any of that. */
import { existsSync, realpathSync } from 'node:fs';
import type { ProtectedPath } from '../files/output-target.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';

/** SQLite's files beside a store. */
const storeSuffixes = ['', '-wal', '-shm', '-journal'];

export function protectedPaths(store: Store, run: RunRecord): ProtectedPath[] {
  const dataset = run.datasetRow === null ? undefined : store.datasets.getDataset(run.datasetRow);
  const model = run.modelRow === null ? undefined : store.datasets.getModel(run.modelRow);
  const { predictionFile } = run.environment;
  // SQLite puts its files beside the real store, wherever a link to it lies.
  const storeFile = existsSync(store.path) ? realpathSync(store.path) : store.path;
  return [
    { path: store.path, what: 'the store' },
    ...storeSuffixes.map((suffix) => ({ path: `${storeFile}${suffix}`, what: 'the store' })),
    ...(typeof predictionFile === 'string' ? [{ path: predictionFile, what: 'the imported predictions' }] : []),
    ...(dataset === undefined ? [] : [{ path: dataset.path, what: "the run's dataset" }]),
    ...(model === undefined ? [] : [{ path: model.path, what: "the run's model" }]),
  ];
}
