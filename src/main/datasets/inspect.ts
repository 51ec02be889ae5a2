/** The summary of a dataset: counts, problems and the fingerprint, from one pass over its rows. */
import type { Failure } from '../../shared/failure.ts';
import type { DatasetProblem, DatasetSummary, Sample, SplitSummary } from '../../shared/sample.ts';
import { createFingerprint } from './fingerprint.ts';
import type { ReaderRow } from './reader.ts';

/** Problems kept with their text; all are counted. */
const maxProblems = 1000;

type Counts = Omit<DatasetSummary, 'path' | 'format' | 'licence'>;
type Tally = {
  rowCount: number;
  rowsWithoutImage: number;
  imagesMissing: number;
  byDomain: Map<string, number>;
  byTopic: Map<string, number>;
};

/** Reads all rows (ids already unique); `observe` sees each usable one. */
export async function countRows(
  batches: AsyncIterable<readonly ReaderRow[]>,
  observe: (sample: Sample) => void = () => undefined,
): Promise<Counts> {
  const fingerprint = createFingerprint();
  const total = createTally();
  const splits = new Map<string, Tally>();
  const problems: DatasetProblem[] = [];
  let problemCount = 0;
  let rowsLeftOut = 0;
  let firstFile: string | null = null;
  const report = (problem: DatasetProblem): void => {
    problemCount += 1;
    if (problems.length < maxProblems) problems.push(problem);
  };

  for await (const batch of batches) {
    for (const row of batch) {
      if (row.kind === 'problem') {
        if (row.problem.row !== null) rowsLeftOut += 1;
        report(saidToBeLeftOut(row.problem));
        continue;
      }
      const { sample, imageIdentity, warning } = row;
      if (warning !== undefined) report({ file: row.file, row: row.row, failure: warning });
      fingerprint.add(sample, imageIdentity);
      observe(sample);
      firstFile ??= row.file;
      let split = splits.get(sample.split);
      if (split === undefined) splits.set(sample.split, (split = createTally()));
      for (const tally of [total, split]) {
        tally.rowCount += 1;
        if (sample.image === null) tally.rowsWithoutImage += 1;
        if (warning?.kind === 'missing-image') tally.imagesMissing += 1;
        increment(tally.byDomain, sample.domain);
        increment(tally.byTopic, `${sample.domain}/${sample.topic}`);
      }
    }
  }
  if (firstFile !== null && total.rowsWithoutImage === total.rowCount) {
    // First: it concerns every row, and what else is wrong may follow from it.
    problemCount += 1;
    problems.unshift({ file: firstFile, row: null, failure: noImages(firstFile, total.rowCount) });
    problems.splice(maxProblems);
  }
  return {
    ...summaryOf(total),
    rowsLeftOut,
    fingerprint: fingerprint.digest(),
    splits: Object.fromEntries([...splits].map(([name, tally]) => [name, summaryOf(tally)])),
    problemCount,
    problems,
  };
}

/** A problem with one row costs that row: its text says so. */
function saidToBeLeftOut({ row, failure, ...place }: DatasetProblem): DatasetProblem {
  const { action } = failure;
  if (row === null || action?.includes('left out') === true) return { ...place, row, failure };
  const said = 'The row is left out.';
  return { ...place, row, failure: { ...failure, action: action === undefined ? said : `${said} ${action}` } };
}

function noImages(file: string, rowCount: number): Failure {
  return {
    kind: 'missing-image',
    message: `No question of this dataset has an image (${rowCount} without one): a run would have nothing to answer.`,
    file,
    expected: 'an image for each question that is to be answered',
    found: 'no row that names one',
    action: 'Put the pictures into images/ beside the data, or say in dataset.json which column names them.',
  };
}

function createTally(): Tally {
  return { rowCount: 0, rowsWithoutImage: 0, imagesMissing: 0, byDomain: new Map(), byTopic: new Map() };
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function summaryOf({ rowCount, rowsWithoutImage, imagesMissing, byDomain, byTopic }: Tally): SplitSummary {
  return {
    rowCount,
    rowsWithoutImage,
    imagesMissing,
    byDomain: Object.fromEntries(byDomain),
    byTopic: Object.fromEntries(byTopic),
  };
}
