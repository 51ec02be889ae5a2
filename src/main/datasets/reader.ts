/**
 * What each format's reader gives: its rows in order, as samples or as problems, in batches. Readers know one
 * format; unique ids, counts, fingerprint and images are the same for all and live elsewhere.
 */
import { failureOf, type Failure } from '../../shared/failure.ts';
import type { DatasetFormat, DatasetProblem, Sample } from '../../shared/sample.ts';
import type { DatasetFolder } from './folder.ts';
import type { ParquetFiles } from './parquet/parquet-files.ts';

export type SampleRow = Readonly<{
  kind: 'sample';
  /** Relative to the dataset's folder. */
  file: string;
  /** 1-based row or line in that file. */
  row: number;
  sample: Sample;
  /** What the row itself says of its image (name, hash of inline bytes), for the fingerprint; null without image. */
  imageIdentity: string | null;
  /** A problem that the sample survives: a missing image, or one outside the folder. */
  warning?: Failure;
}>;

export type ProblemRow = Readonly<{ kind: 'problem'; problem: DatasetProblem }>;
export type ReaderRow = SampleRow | ProblemRow;

export type ReadOptions = Readonly<{ signal?: AbortSignal | undefined }>;

export interface Reader {
  readonly format: DatasetFormat;
  /** All rows in a fixed order, in batches of a bounded size. Only failures of the system are thrown. */
  rows(options: ReadOptions): AsyncIterable<readonly ReaderRow[]>;
}

export type ReaderContext = Readonly<{ folder: DatasetFolder; parquetFiles: ParquetFiles }>;

/** A problem at a row of a file, or with the whole file (`row` null). */
export function problemRow(file: string, row: number | null, failure: Failure): ProblemRow {
  return { kind: 'problem', problem: { file, row, failure } };
}

/** The problem of a whole file; failures that concern the request, and bugs, are thrown on. */
export function fileProblem(error: unknown, file: string): ProblemRow {
  const failure = failureOf(error);
  if (failure === undefined || failure.kind === 'cancelled') throw error;
  return problemRow(file, null, failure);
}
