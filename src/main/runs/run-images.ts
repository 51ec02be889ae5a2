/** Images of a run's questions: those that came with a packed run, else the dataset's own. */
import { fail, failureOf } from '../../shared/failure.ts';
import type { DatasetRecord } from '../store/datasets-repository.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import type { DatasetShelf } from './dataset-shelf.ts';
import type { ReadImage } from './pack-run.ts';
import { refuseUnknown } from './question-detail.ts';

/** Encoded bytes of one question's image. Fails: `not-found`, `missing-image`, and as the dataset does. */
export async function readImageOf(
  store: Store,
  shelf: DatasetShelf,
  run: RunRecord,
  sampleId: string,
): Promise<Uint8Array> {
  const found = store.samples.ofRun(run.runRow, sampleId);
  if (found === undefined) refuseUnknown(run.runId, sampleId);
  const packed = store.samples.packedImage(found.sampleRow);
  if (packed !== undefined) return packed;
  const { image } = found.sample;
  const record = datasetOf(store, run);
  if (image === null || record === undefined) {
    return fail('missing-image', `The question ${sampleId} has no image.`, { place: sampleId });
  }
  return shelf.use(record, (dataset) => dataset.readImage(image));
}

/** Reads images for a pack; the dataset is opened once, and where it cannot be, nothing can be read. */
export async function imageReader(store: Store, shelf: DatasetShelf, run: RunRecord): Promise<ReadImage> {
  const record = datasetOf(store, run);
  const opens = record !== undefined && (await orNull(() => shelf.use(record, () => Promise.resolve(true)))) === true;
  return (image) =>
    opens ? orNull(() => shelf.use(record, (dataset) => dataset.readImage(image))) : Promise.resolve(null);
}

const datasetOf = (store: Store, run: RunRecord): DatasetRecord | undefined =>
  run.datasetRow === null ? undefined : store.datasets.getDataset(run.datasetRow);

/** Null in place of a typed failure; bugs go on. */
async function orNull<Result>(work: () => Promise<Result>): Promise<Result | null> {
  try {
    return await work();
  } catch (error) {
    if (failureOf(error) === undefined) throw error;
    return null;
  }
}
