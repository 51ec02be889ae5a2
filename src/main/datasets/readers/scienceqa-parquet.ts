/**
 * ScienceQA as the Hub serves it: the original's columns without question ids. A question's id is therefore its
 * split and its row number, counted from 0 over the split's files in the order of their names (`test-17`); it
 * holds as long as all files of the split are opened together.
 */
import { problemRow, type Reader, type ReaderContext, type ReaderRow } from '../reader.ts';
import { rowToSample } from '../rows/row-to-sample.ts';
import { splitOfPath, unnamedSplit } from '../split-name.ts';
import { placeOf, readParquetRows, type ParquetRowInput } from './parquet-rows.ts';
import { scienceqaFieldsOf } from './scienceqa-row.ts';

const columns = [
  'question',
  'choices',
  'answer',
  'hint',
  'task',
  'grade',
  'subject',
  'topic',
  'category',
  'skill',
  'lecture',
  'solution',
];

/** Reads the given files, in the given order. */
export function scienceqaParquetReader({ folder, parquetFiles }: ReaderContext, files: readonly string[]): Reader {
  return {
    format: 'scienceqa-parquet',
    async *rows({ signal }) {
      const rowsBefore = new Map<string, number>();
      for (const file of files) {
        const split = splitOfPath(file) ?? unnamedSplit;
        const first = rowsBefore.get(split) ?? 0;
        yield* readParquetRows(file, { folder, files: parquetFiles, columns, signal }, (input) =>
          rowOf(input, split, first),
        );
        rowsBefore.set(split, first + (await rowCount(file)));
      }
    },
  };

  /** By the footer, so that a damaged row group does not move the ids behind it. */
  async function rowCount(file: string): Promise<number> {
    try {
      return (await parquetFiles.open(file)).rowGroups.reduce((count, group) => count + group.rowCount, 0);
    } catch {
      return 0;
    }
  }
}

function rowOf(input: ParquetRowInput, split: string, firstRow: number): ReaderRow {
  const { row, file, rowIndex, image, imageIdentity, warning } = input;
  const result = rowToSample(scienceqaFieldsOf(row, `${split}-${firstRow + rowIndex}`, split, image), {
    file,
    place: placeOf(rowIndex),
    answers: 'index',
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
