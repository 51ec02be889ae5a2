/**
 * The datasets that a user knows: opened ones, and those that runs were made of. Each is its fingerprint; where it
 * lies may change. Opened datasets are read once, indexed, and let go when idle; a changed folder is noticed.
 */
import { resolve } from 'node:path';
import { stat } from 'node:fs/promises';
import type { BrowsedSample, KnownDataset } from '../../shared/contract/datasets.ts';
import { fail } from '../../shared/failure.ts';
import type { DatasetSummary, ImageReference } from '../../shared/sample.ts';
import { answerFields, parseWhere } from '../../shared/where.ts';
import type { Dataset } from '../datasets/dataset.ts';
import { openDataset } from '../datasets/open-dataset.ts';
import { createSampleSpool, type SampleSpool } from '../datasets/sample-spool.ts';
import type { KnownDatasetRecord } from '../store/known-datasets-repository.ts';
import type { Store } from '../store/store.ts';
import { datasetName } from './dataset-name.ts';
import { createIdleShelf } from './idle-shelf.ts';

export type OpenedDataset = Readonly<{ datasetId: string; summary: DatasetSummary; movedFrom: string | null }>;

export type SamplesInput = Readonly<{
  datasetId: string;
  where: readonly string[];
  text: string;
  limit: number;
  offset: number;
}>;

/** An image that can be read: what its bytes come from, and the bytes. */
export type DatasetImage = Readonly<{ stamp: string; read: () => Promise<Uint8Array> }>;

export type DatasetLibrary = Readonly<{
  /** Inspects and remembers. Fails as datasets do. */
  open: (path: string) => Promise<OpenedDataset>;
  /** From the store and one look at each path: never opens a dataset. */
  list: () => Promise<KnownDataset[]>;
  /** Fails: `not-found`, `run-changed` (other rows at its path by now), and as datasets do. */
  show: (datasetId: string) => Promise<{ dataset: KnownDataset; summary: DatasetSummary }>;
  /** A page of questions. Fails as `show`, and `wrong-usage` for a filter that only answers have. */
  samples: (input: SamplesInput) => Promise<{ rows: BrowsedSample[]; total: number }>;
  /** How many of the ids are questions of the dataset. Fails as `show`. */
  countOf: (datasetId: string, sampleIds: readonly string[]) => Promise<number>;
  forget: (datasetId: string) => void;
  /** Works with one question's image while its dataset is held open. Fails as `show`, and `missing-image`. */
  withImage: <Result>(
    datasetId: string,
    sampleId: string,
    work: (image: DatasetImage) => Promise<Result>,
  ) => Promise<Result>;
  close: () => Promise<void>;
}>;

type Browsed = Readonly<{ dataset: Dataset; summary: DatasetSummary; spool: SampleSpool; stamp: string }> & {
  /** When the stamp was last compared. */
  checkedAt: number;
};

/** Between two looks at whether the files are still the same. */
const stampMs = 1000;

export function createDatasetLibrary(store: Store): DatasetLibrary {
  const shelf = createIdleShelf<Browsed>({ close: closeBrowsed });

  const requireKnown = (datasetId: string): KnownDatasetRecord =>
    store.knownDatasets.get(datasetId) ??
    fail('not-found', 'This dataset is not on the list.', {
      found: datasetId,
      action: 'Open its folder on the datasets page.',
    });

  /** Its files as they are now, whatever was read before. */
  const browse = async <Result>(datasetId: string, work: (browsed: Browsed) => Promise<Result>): Promise<Result> => {
    const { path, fingerprint } = requireKnown(datasetId);
    const key = keyOf(fingerprint, path);
    const isStale = await shelf.use(key, () => read(path), hasChanged);
    if (isStale) shelf.drop(key);
    return shelf.use(
      key,
      () => read(path),
      async (browsed) => {
        if (browsed.summary.fingerprint !== fingerprint) refuseChanged(path, fingerprint, browsed.summary.fingerprint);
        return work(browsed);
      },
    );
  };

  return {
    open: async (given) => {
      const path = resolve(given);
      const browsed = await read(path);
      const { fingerprint } = browsed.summary;
      const known = store.knownDatasets.get(fingerprint);
      store.knownDatasets.noteOpened(browsed.summary);
      const key = keyOf(fingerprint, path);
      shelf.drop(key);
      await shelf.use(
        key,
        () => Promise.resolve(browsed),
        () => Promise.resolve(),
      );
      const movedFrom = known !== undefined && known.path !== path ? known.path : null;
      return { datasetId: fingerprint, summary: browsed.summary, movedFrom };
    },
    list: async () => Promise.all(store.knownDatasets.list().map(describe)),
    show: (datasetId) =>
      browse(datasetId, async ({ summary }) => {
        const record = requireKnown(datasetId);
        // A dataset known through runs alone gets its counts here.
        if (record.summary === null) store.knownDatasets.noteOpened(summary);
        return { dataset: await describe(requireKnown(datasetId)), summary };
      }),
    samples: async ({ datasetId, where: terms, text, limit, offset }) => {
      const where = parseWhere(terms);
      const answers = answerFields(where);
      if (answers.length > 0) {
        fail('wrong-usage', 'A dataset has questions, not answers.', {
          expected: 'split, domain, topic, category or sample',
          found: answers.join(', '),
          action: 'Filter by these in a run.',
        });
      }
      return browse(datasetId, async ({ spool }) => {
        const found = await spool.find(where, text);
        const page = Array.from(found.subarray(offset, offset + limit), (row) => {
          const { image, ...sample } = spool.read(row);
          return { ...sample, position: row, imageUrl: image === null ? null : imageUrl(datasetId, sample.sampleId) };
        });
        return { rows: page, total: found.length };
      });
    },
    countOf: (datasetId, sampleIds) =>
      browse(datasetId, ({ spool }) => Promise.resolve(sampleIds.filter((id) => spool.holds(id)).length)),
    forget: (datasetId) => {
      const { fingerprint, path } = requireKnown(datasetId);
      store.knownDatasets.forget(datasetId);
      shelf.drop(keyOf(fingerprint, path));
    },
    withImage: (datasetId, sampleId, work) =>
      browse(datasetId, async ({ dataset, spool }) => {
        const image = spool.imageOf(sampleId);
        if (image === undefined) fail('not-found', 'The dataset has no such question.', { found: sampleId });
        if (image === null) fail('missing-image', `The question ${sampleId} has no image.`, { place: sampleId });
        return work(await datasetImage(dataset, image));
      }),
    close: () => shelf.close(),
  };
}

const keyOf = (fingerprint: string, path: string): string => `${fingerprint} ${path}`;

async function datasetImage(dataset: Dataset, image: ImageReference): Promise<DatasetImage> {
  return { stamp: await dataset.imageStamp(image), read: () => dataset.readImage(image) };
}

const imageUrl = (datasetId: string, sampleId: string): string =>
  `dataset-image/${encodeURIComponent(datasetId)}/${encodeURIComponent(sampleId)}`;

/** One pass over the dataset: summary and index together. */
async function read(path: string): Promise<Browsed> {
  const dataset = await openDataset(path);
  const spool = createSampleSpool();
  try {
    const stamp = await dataset.stamp();
    const summary = await dataset.readThrough(spool.add);
    // Nobody waits for it; an image that is asked for meanwhile goes first.
    void dataset.findImages();
    return { dataset, spool, stamp, summary, checkedAt: performance.now() };
  } catch (error) {
    spool.close();
    await dataset.close();
    throw error;
  }
}

async function hasChanged(browsed: Browsed): Promise<boolean> {
  if (performance.now() - browsed.checkedAt < stampMs) return false;
  browsed.checkedAt = performance.now();
  // Files that are gone, or may not be looked at any more, are reported by whoever reads them next.
  const stamp = await browsed.dataset.stamp().catch(() => null);
  return stamp !== browsed.stamp;
}

async function closeBrowsed({ dataset, spool }: Browsed): Promise<void> {
  spool.close();
  await dataset.close();
}

async function describe(record: KnownDatasetRecord): Promise<KnownDataset> {
  const { fingerprint, path, format, licence, summary, runCount, openedAt } = record;
  const splits = Object.entries(summary?.splits ?? {}).map(([split, { rowCount }]) => ({ split, rowCount }));
  return {
    datasetId: fingerprint,
    name: await datasetName(path),
    path,
    format,
    licence,
    rowCount: summary?.rowCount ?? null,
    splits,
    exists: (await stat(path).catch(() => null)) !== null,
    runCount,
    openedAt,
  };
}

function refuseChanged(path: string, expected: string, found: string): never {
  return fail('run-changed', 'The questions in this folder are no longer those of this dataset.', {
    file: path,
    place: 'dataset fingerprint',
    expected,
    found,
    action: 'Restore the files, or open the folder again: it then is a dataset of its own.',
  });
}
