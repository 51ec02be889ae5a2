/**
 * M3CoT as the Hub serves it: `data/{train,validation,test}-*.parquet`, or parquet files beside each other or
 * alone. The split is the file name's, else the row's own.
 */
import { problemRow, type Reader, type ReaderContext, type ReaderRow } from '../reader.ts';
import { rowToSample } from '../rows/row-to-sample.ts';
import { splitOfPath } from '../split-name.ts';
import { m3cotFieldsOf } from './m3cot-row.ts';
import { placeOf, readParquetRows, type ParquetRowInput } from './parquet-rows.ts';

const columns = [
  'id',
  'category',
  'image_id',
  'question',
  'choices',
  'context',
  'answer',
  'rationale',
  'split',
  'domain',
  'topic',
];

/** Reads the given files, in the given order. */
export function m3cotParquetReader({ folder, parquetFiles }: ReaderContext, files: readonly string[]): Reader {
  return {
    format: 'm3cot-parquet',
    async *rows({ signal }) {
      for (const file of files) {
        const split = splitOfPath(file);
        yield* readParquetRows(file, { folder, files: parquetFiles, columns, signal }, (input) => rowOf(input, split));
      }
    },
  };
}

function rowOf(
  { row, file, rowIndex, image, imageIdentity, warning }: ParquetRowInput,
  split: string | null,
): ReaderRow {
  const result = rowToSample(m3cotFieldsOf(row, split, image), {
    file,
    place: placeOf(rowIndex),
    answers: 'letter',
    answerRequired: true,
  });
  if (result.kind === 'failure') return problemRow(file, rowIndex + 1, result.failure);
  return {
    kind: 'sample',
    file,
    row: rowIndex + 1,
    sample: result.sample,
    imageIdentity,
    ...(warning !== undefined && { warning }),
  };
}
