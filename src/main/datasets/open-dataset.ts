/** Opens a dataset: finds its format, then offers its rows, summary and images. */
import type { DatasetSummary, Sample } from '../../shared/sample.ts';
import { failIfCancelled } from './cancelled.ts';
import type { Dataset } from './dataset.ts';
import { openFolder } from './folder.ts';
import { countRows } from './inspect.ts';
import { findLicence } from './licence.ts';
import { problemRow, type ReaderRow } from './reader.ts';
import { recognise } from './recognise.ts';
import { knownLicences } from './known-licences.ts';
import { createParquetFiles } from './parquet/parquet-files.ts';
import { readImage } from './read-image.ts';
import { stampFiles, stampImage } from './stamp.ts';
import { createReader } from './readers/create-reader.ts';
import { imageColumn } from './readers/parquet-rows.ts';
import { normaliseSplit } from './split-name.ts';
import { createUniqueRows } from './unique-rows.ts';

export type OpenOptions = Readonly<{
  /** Ends reading with `cancelled`. */
  signal?: AbortSignal;
}>;

/**
 * Opens a folder, a single data file, a Hub cache snapshot, or a cached repository's root. Looks at the head of
 * each data file only; rows are read when asked for.
 * Fails: `missing-file`, `unknown-format`, `malformed-file`, `wrong-encoding`, `permission-denied`.
 */
export async function openDataset(path: string, options: OpenOptions = {}): Promise<Dataset> {
  const { signal } = options;
  const folder = await openFolder(path);
  const parquetFiles = createParquetFiles(folder);
  const recognised = await recognise(folder, parquetFiles).catch(async (error: unknown) => {
    await parquetFiles.close();
    throw error;
  });
  const { format, mapping } = recognised;
  const licence = await findLicence(folder, mapping?.licence ?? mapping?.license, knownLicences[format]);
  const reader = createReader({ folder, parquetFiles }, recognised);
  let summary: Promise<DatasetSummary> | undefined;

  async function* uniqueRows(): AsyncGenerator<readonly ReaderRow[]> {
    yield recognised.unreadable.map(({ file, failure }) => problemRow(file, null, failure));
    const unique = createUniqueRows();
    for await (const batch of reader.rows({ signal })) {
      failIfCancelled(signal, path);
      yield batch.map(unique);
    }
  }

  const dataset: Dataset = {
    path,
    format,
    licence,
    async *samples(filter = {}): AsyncGenerator<Sample> {
      const split = filter.split === undefined ? undefined : normaliseSplit(filter.split);
      for await (const batch of uniqueRows()) {
        for (const row of batch) {
          if (row.kind === 'sample' && (split === undefined || row.sample.split === split)) yield row.sample;
        }
      }
    },
    async summary() {
      summary ??= countRows(uniqueRows()).then((counts) => ({ path, format, licence, ...counts }));
      try {
        return await summary;
      } catch (error) {
        summary = undefined;
        throw error;
      }
    },
    async readThrough(observe) {
      return { path, format, licence, ...(await countRows(uniqueRows(), observe)) };
    },
    async problems() {
      return (await dataset.summary()).problems;
    },
    readImage: (reference) => readImage(reference, folder, parquetFiles),
    findImages: () => parquetFiles.findImages(imageColumn),
    stamp: () => stampFiles(folder, recognised.files),
    imageStamp: (reference) => stampImage(folder, reference),
    close: () => parquetFiles.close(),
  };
  return dataset;
}
