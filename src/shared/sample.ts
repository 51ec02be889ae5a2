/**
 * One multiple-choice question of a dataset, whatever format it came from, and the summary of a dataset.
 * Images stay where they are: a sample holds a reference that the dataset's reader turns into bytes on demand.
 */
import { z } from 'zod';
import { failureSchema } from './failure.ts';
import { recordByName } from './record-by-name.ts';

export const datasetFormats = [
  'm3cot-parquet',
  'm3cot-jsonl',
  'scienceqa-json',
  'scienceqa-parquet',
  'vlmevalkit-tsv',
  'generic-jsonl',
  'generic-csv',
] as const;
export const datasetFormatSchema = z.enum(datasetFormats);
export type DatasetFormat = z.infer<typeof datasetFormatSchema>;

/** Where an image's encoded bytes are; file names are relative to the dataset's folder, with forward slashes. */
export const imageReferenceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('file'), path: z.string() }),
  /** `rowIndex` counts from 0 inside the parquet file; the column is a struct of bytes and path. */
  z.object({ kind: z.literal('parquet'), path: z.string(), rowIndex: z.int().min(0), column: z.string() }),
  /** Base64 text between two byte offsets of a TSV file. */
  z.object({ kind: z.literal('base64'), path: z.string(), startByte: z.int().min(0), endByte: z.int().min(0) }),
]);
export type ImageReference = z.infer<typeof imageReferenceSchema>;

export const sampleSchema = z.object({
  /** Unique inside one dataset. */
  sampleId: z.string().min(1),
  split: z.string(),
  question: z.string(),
  choices: z.array(z.string()),
  /** 0-based index of the gold choice; null where the dataset gives none. */
  answerIndex: z.int().min(0).nullable(),
  context: z.string(),
  rationale: z.string(),
  /** First level of the category tree: science, commonsense, mathematics; for ScienceQA the subject. */
  domain: z.string(),
  topic: z.string(),
  category: z.string(),
  /** Further fields worth keeping, by name (ScienceQA: grade, skill, task, lecture). */
  attributes: recordByName(z.string()),
  image: imageReferenceSchema.nullable(),
});
export type Sample = z.infer<typeof sampleSchema>;

/** A problem with one row or file of a dataset; it never stops the rest. */
export const datasetProblemSchema = z.object({
  failure: failureSchema,
  /** File relative to the dataset's folder. */
  file: z.string(),
  /** 1-based row (or line) in that file; null when it concerns the whole file. */
  row: z.int().min(1).nullable(),
});
export type DatasetProblem = z.infer<typeof datasetProblemSchema>;

const countsSchema = recordByName(z.int().min(0));

export const splitSummarySchema = z.object({
  rowCount: z.int().min(0),
  rowsWithoutImage: z.int().min(0),
  /** Rows that name an image which is not there; a run's question without its picture fails. */
  imagesMissing: z.int().min(0).default(0),
  byDomain: countsSchema,
  /** Keyed `domain/topic`. */
  byTopic: countsSchema,
});
export type SplitSummary = z.infer<typeof splitSummarySchema>;

export const datasetSummarySchema = z.object({
  path: z.string(),
  format: datasetFormatSchema,
  /** Licence of the data as its card or format states it, or null when unknown. */
  licence: z.string().nullable(),
  /** SHA-256 over the rows in order (hex); the folder's name has no part in it. */
  fingerprint: z.string(),
  rowCount: z.int().min(0),
  rowsWithoutImage: z.int().min(0),
  imagesMissing: z.int().min(0).default(0),
  /** Rows that are in none of the counts, as they cannot be read or repeat an id; each is among the problems. */
  rowsLeftOut: z.int().min(0).default(0),
  splits: recordByName(splitSummarySchema),
  byDomain: countsSchema,
  byTopic: countsSchema,
  problemCount: z.int().min(0),
  /** At most the first 1,000. */
  problems: z.array(datasetProblemSchema),
});
export type DatasetSummary = z.infer<typeof datasetSummarySchema>;

/** The letter of a choice: 0 -> A. */
export function choiceLetter(choiceIndex: number): string {
  return String.fromCharCode(65 + choiceIndex);
}
