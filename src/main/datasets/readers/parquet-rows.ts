/**
 * Rows of parquet files with an `image` column, for both formats that the Hub serves in this shape: text columns
 * group by group, whether each row has an image, and the row's number. A row group that cannot be decoded is
 * reported and the next one is read.
 */
import { failureOf } from '../../../shared/failure.ts';
import type { ImageReference } from '../../../shared/sample.ts';
import { rowImages } from '../parquet/image-presence.ts';
import type { ParquetFiles } from '../parquet/parquet-files.ts';
import type { ParquetRow, RowGroupSpan } from '../parquet/parquet-file.ts';
import { failIfCancelled } from '../cancelled.ts';
import { nameImage } from '../image-names.ts';
import type { DatasetFolder } from '../folder.ts';
import { fileProblem, problemRow, type ReaderRow } from '../reader.ts';
import type { Failure } from '../../../shared/failure.ts';

/** Column name of the image, as the Hub's datasets have it. */
export const imageColumn = 'image';

export type ParquetRowInput = Readonly<{
  row: ParquetRow;
  file: string;
  /** From 0, inside the file. */
  rowIndex: number;
  image: ImageReference | null;
  imageIdentity: string | null;
  warning?: Failure;
}>;

export type ParquetRowsOptions = Readonly<{
  folder: DatasetFolder;
  files: ParquetFiles;
  columns: readonly string[];
  signal: AbortSignal | undefined;
}>;

/** Yields the rows of one file in batches; `toRow` makes each a sample or a problem. */
export async function* readParquetRows(
  file: string,
  { folder, files, columns, signal }: ParquetRowsOptions,
  toRow: (input: ParquetRowInput) => ReaderRow,
): AsyncGenerator<readonly ReaderRow[]> {
  let groups: readonly RowGroupSpan[];
  try {
    groups = (await files.open(file)).rowGroups;
  } catch (error) {
    yield [fileProblem(error, file)];
    return;
  }
  for (const group of groups) {
    failIfCancelled(signal, file);
    yield await readGroup(group);
  }

  async function readGroup(group: RowGroupSpan): Promise<ReaderRow[]> {
    try {
      const parquet = await files.open(file);
      const hasImages = parquet.columns.includes(imageColumn);
      const leaves = new Set([...columns, `${imageColumn}.path`]);
      const rows = await parquet.readRows(group, leaves);
      const images = hasImages
        ? await rowImages(parquet, await files.images(file, imageColumn), group, rows, imageColumn)
        : [];
      const batch: ReaderRow[] = [];
      for (const [index, row] of rows.entries()) {
        const rowIndex = group.firstRow + index;
        const { hasBytes = false, path = null } = images[index] ?? {};
        if (hasBytes) {
          const image: ImageReference = { kind: 'parquet', path: file, rowIndex, column: imageColumn };
          batch.push(toRow({ row, file, rowIndex, image, imageIdentity: `bytes ${path ?? ''}` }));
        } else if (path === null) {
          batch.push(toRow({ row, file, rowIndex, image: null, imageIdentity: null }));
        } else {
          // The image was left out of the parquet file, which only says where it was.
          batch.push(
            toRow({ row, file, rowIndex, ...(await nameImage(folder, path, { file, place: placeOf(rowIndex) })) }),
          );
        }
      }
      return batch;
    } catch (error) {
      const failure = failureOf(error);
      if (failure?.kind !== 'malformed-file') throw error;
      return [problemRow(file, group.firstRow + 1, failure)];
    }
  }
}

/** How failures name a row: from 1. */
export function placeOf(rowIndex: number): string {
  return `row ${rowIndex + 1}`;
}
