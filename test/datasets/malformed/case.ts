/** A malformed input with the failure that is expected of it, and the rows that the cases are made of. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FailureKind } from '../../../src/shared/failure.ts';
import { datasetsFolder } from '../expected-datasets.ts';

export type MalformedCase = Readonly<{
  name: string;
  /** Files by relative path. */
  files: Readonly<Record<string, string | Uint8Array>>;
  /** What files alone cannot say: links, permissions. */
  make?: (folder: string) => void;
  /** What is opened, relative to the folder. */
  open?: string;
  kind: FailureKind;
  /** The file that the failure or problem names (its end). */
  file: string;
  /** The row of the problem; left out where the failure concerns the whole file. */
  row?: number;
  /** Samples (or predictions) that are read nevertheless. */
  remaining?: number;
  /** `image`: the failure comes from reading the image of the one sample. */
  from?: 'image';
}>;

export const m3cotRow = (fields: Readonly<Record<string, unknown>> = {}): string =>
  `${JSON.stringify({
    id: 'a',
    question: 'Q?',
    choices: ['x', 'y', 'z'],
    answer: 'B',
    domain: 'science',
    topic: 'natural-science',
    category: 'c',
    image: null,
    ...fields,
  })}\n`;

export const goodRow = m3cotRow({ id: 'good' });

/** A row of a prediction file. */
export const predictionRow = (fields: Readonly<Record<string, unknown>> = {}): string =>
  `${JSON.stringify({
    id: 'a',
    choices: ['x', 'y'],
    answer: 'A',
    domain: 'd',
    topic: 't',
    messages: ['prompt', 'output'],
    ...fields,
  })}\n`;

export const goodPrediction = predictionRow({ id: 'good' });

export const tsvHeader = 'index\timage\tquestion\tA\tB\tanswer\n';
export const csvHeader = 'id,question,A,B,answer\n';

export const utf16 = (text: string): Uint8Array => Buffer.from(`\uFEFF${text}`, 'utf16le');

/** A parquet file of four good rows. */
export const goodParquet = readFileSync(join(datasetsFolder, 'm3cot-hub', 'data', 'train-00000-of-00001.parquet'));
