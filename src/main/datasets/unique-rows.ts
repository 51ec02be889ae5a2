/**
 * Makes sample ids unique in one pass. A second row with the same id in the same split is reported and left out.
 * The same id in another split is another question (datasets often number each split from 0): the later one is
 * named `split/id`.
 */
import type { Sample } from '../../shared/sample.ts';
import { problemRow, type ReaderRow } from './reader.ts';

export function createUniqueRows(): (row: ReaderRow) => ReaderRow {
  /** Split and place of each id that was given out. */
  const seen = new Map<string, Readonly<{ split: string; file: string; row: number }>>();
  return (row) => {
    if (row.kind !== 'sample') return row;
    const { sample, file } = row;
    const first = seen.get(sample.sampleId);
    if (first === undefined) {
      seen.set(sample.sampleId, { split: sample.split, file, row: row.row });
      return row;
    }
    const qualified = `${sample.split}/${sample.sampleId}`;
    const clash = first.split === sample.split ? first : seen.get(qualified);
    if (clash === undefined) {
      seen.set(qualified, { split: sample.split, file, row: row.row });
      const renamed: Sample = { ...sample, sampleId: qualified };
      return { ...row, sample: renamed };
    }
    return problemRow(file, row.row, {
      kind: 'duplicate-id',
      message: `${file}, row ${row.row}: the id ${sample.sampleId} was already used.`,
      file,
      place: `row ${row.row}`,
      expected: 'an id of its own in the split',
      found: `the same id at ${clash.file}, row ${clash.row}`,
      action: 'The first row counts; this one is left out.',
    });
  };
}
