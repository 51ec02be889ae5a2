/** Questions: text and categories. Images stay where the dataset has them (or travel with a packed run). */
import { z } from 'zod';
import { recordByName } from '../../shared/record-by-name.ts';
import { imageReferenceSchema, type Sample } from '../../shared/sample.ts';
import type { Connection } from './connection.ts';
import { parseJsonColumn } from './json-column.ts';

export type SampleColumns = Readonly<{
  sampleId: string;
  split: string;
  domain: string;
  topic: string;
  category: string;
  answerIndex: number | null;
  question: string;
  choices: string;
  context: string;
  rationale: string;
  attributes: string;
  image: string | null;
}>;

/** Select list that gives `SampleColumns` from `samples` and `strata`. */
export const sampleColumns = `samples.sample_id AS sampleId, strata.split AS split, strata.domain AS domain,
  strata.topic AS topic, strata.category AS category, samples.answer_index AS answerIndex,
  samples.question AS question, samples.choices AS choices, samples.context AS context,
  samples.rationale AS rationale, samples.attributes AS attributes, samples.image AS image`;

const choicesSchema = z.array(z.string());
const attributesSchema = recordByName(z.string());

/** The sample that a row holds. */
export function sampleOf(row: SampleColumns, file: string): Sample {
  const place = `sample ${row.sampleId}`;
  return {
    sampleId: row.sampleId,
    split: row.split,
    question: row.question,
    choices: parseJsonColumn(choicesSchema, row.choices, file, place),
    answerIndex: row.answerIndex,
    context: row.context,
    rationale: row.rationale,
    domain: row.domain,
    topic: row.topic,
    category: row.category,
    attributes: row.attributes === '{}' ? {} : parseJsonColumn(attributesSchema, row.attributes, file, place),
    image: row.image === null ? null : parseJsonColumn(imageReferenceSchema, row.image, file, place),
  };
}

/** What a question says; `isOfDataset` is false where it is only what a prediction file holds. */
export type QuestionText = Readonly<{ question: string; choices: readonly string[]; isOfDataset: boolean }>;
export type SharedQuestion = Readonly<{ sampleId: string; a: QuestionText; b: QuestionText }>;

export type SamplesRepository = Readonly<{
  /** Adds the sample to its dataset, or finds the one that is there; returns its row. */
  add: (datasetRow: number, sample: Sample) => number;
  /**
   * As `add`, and what is there becomes what is given: for samples that come from the dataset itself, where
   * earlier ones may have come with a packed run, or from a copy that keeps its images elsewhere.
   */
  save: (datasetRow: number, sample: Sample) => number;
  /** The question of a run. */
  ofRun: (runRow: number, sampleId: string) => Readonly<{ sampleRow: number; sample: Sample }> | undefined;
  /** Questions that two runs share by id but have from different datasets. */
  sharedByOtherDatasets: (runRowA: number, runRowB: number) => SharedQuestion[];
  /** Rows of the samples that an FTS5 query matches in question, choices or context. */
  search: (query: string) => number[];
  savePackedImage: (sampleRow: number, bytes: Uint8Array) => void;
  packedImage: (sampleRow: number) => Uint8Array | undefined;
}>;

type SharedColumns = {
  sampleId: string;
  questionA: string;
  choicesA: string;
  ofDatasetA: number;
  questionB: string;
  choicesB: string;
  ofDatasetB: number;
};

const sharedQuestions = `SELECT a.sample_id AS sampleId,
    a.question AS questionA, a.choices AS choicesA, dataset_a.format IS NOT NULL AS ofDatasetA,
    b.question AS questionB, b.choices AS choicesB, dataset_b.format IS NOT NULL AS ofDatasetB
  FROM planned_questions AS planned_a
  JOIN samples AS a ON a.sample_row = planned_a.sample_row
  JOIN samples AS b ON b.sample_id = a.sample_id AND b.sample_row <> a.sample_row
  JOIN planned_questions AS planned_b ON planned_b.sample_row = b.sample_row AND planned_b.run_row = :runRowB
  JOIN datasets AS dataset_a ON dataset_a.dataset_row = a.dataset_row
  JOIN datasets AS dataset_b ON dataset_b.dataset_row = b.dataset_row
  WHERE planned_a.run_row = :runRowA ORDER BY planned_a.position`;

function columnsOf(sample: Sample) {
  return {
    answerIndex: sample.answerIndex,
    question: sample.question,
    choices: JSON.stringify(sample.choices),
    context: sample.context,
    rationale: sample.rationale,
    attributes: JSON.stringify(sample.attributes),
    image: sample.image === null ? null : JSON.stringify(sample.image),
  };
}

export function createSamplesRepository(connection: Connection): SamplesRepository {
  const strata = new Map<string, number>();
  const stratumRowOf = ({ split, domain, topic, category }: Sample): number => {
    const key = JSON.stringify([split, domain, topic, category]);
    const known = strata.get(key);
    // A stratum remembered here may have been rolled back, or deleted by another process.
    if (known !== undefined && connection.all(`SELECT 1 FROM strata WHERE stratum_row = :known`, { known })[0])
      return known;
    const row = connection.all<{ stratumRow: number }>(
      `INSERT INTO strata (split, domain, topic, category) VALUES (:split, :domain, :topic, :category)
       ON CONFLICT (domain, topic, category, split) DO UPDATE SET split = excluded.split
       RETURNING stratum_row AS stratumRow`,
      { split, domain, topic, category },
    )[0];
    strata.set(key, row?.stratumRow ?? 0);
    return row?.stratumRow ?? 0;
  };
  const add = (datasetRow: number, sample: Sample): number => {
    const known = connection.all<{ sampleRow: number }>(
      `SELECT sample_row AS sampleRow FROM samples WHERE dataset_row = :datasetRow AND sample_id = :sampleId`,
      { datasetRow, sampleId: sample.sampleId },
    )[0];
    if (known !== undefined) return known.sampleRow;
    return connection.run(
      `INSERT INTO samples (dataset_row, sample_id, stratum_row, answer_index, question, choices, context,
         rationale, attributes, image)
       VALUES (:datasetRow, :sampleId, :stratumRow, :answerIndex, :question, :choices, :context, :rationale,
         :attributes, :image)`,
      { datasetRow, sampleId: sample.sampleId, stratumRow: stratumRowOf(sample), ...columnsOf(sample) },
    ).lastRowId;
  };
  return {
    add,
    save: (datasetRow, sample) => {
      const sampleRow = add(datasetRow, sample);
      connection.run(
        `UPDATE samples SET stratum_row = :stratumRow, answer_index = :answerIndex, question = :question,
           choices = :choices, context = :context, rationale = :rationale, attributes = :attributes, image = :image
         WHERE sample_row = :sampleRow AND (stratum_row, answer_index, question, choices, context, rationale,
           attributes, image) IS NOT
           (:stratumRow, :answerIndex, :question, :choices, :context, :rationale, :attributes, :image)`,
        { sampleRow, stratumRow: stratumRowOf(sample), ...columnsOf(sample) },
      );
      return sampleRow;
    },
    ofRun: (runRow, sampleId) => {
      const row = connection.all<SampleColumns & { sampleRow: number }>(
        `SELECT samples.sample_row AS sampleRow, ${sampleColumns}
         FROM samples JOIN strata USING (stratum_row) JOIN planned_questions USING (sample_row)
         WHERE samples.sample_id = :sampleId AND planned_questions.run_row = :runRow`,
        { runRow, sampleId },
      )[0];
      return row && { sampleRow: row.sampleRow, sample: sampleOf(row, connection.path) };
    },
    sharedByOtherDatasets: (runRowA, runRowB) =>
      connection
        .all<SharedColumns>(sharedQuestions, { runRowA, runRowB })
        .map(({ sampleId, questionA, choicesA, ofDatasetA, questionB, choicesB, ofDatasetB }) => {
          const parse = (choices: string) =>
            parseJsonColumn(choicesSchema, choices, connection.path, `sample ${sampleId}`);
          return {
            sampleId,
            a: { question: questionA, choices: parse(choicesA), isOfDataset: ofDatasetA === 1 },
            b: { question: questionB, choices: parse(choicesB), isOfDataset: ofDatasetB === 1 },
          };
        }),
    search: (query) =>
      connection
        .all<{ rowid: number }>('SELECT rowid FROM samples_text WHERE samples_text MATCH :query ORDER BY rowid', {
          query,
        })
        .map(({ rowid }) => rowid),
    savePackedImage: (sampleRow, bytes) =>
      void connection.run(
        `INSERT INTO packed_images (sample_row, bytes) VALUES (:sampleRow, :bytes) ON CONFLICT DO NOTHING`,
        { sampleRow, bytes },
      ),
    packedImage: (sampleRow) =>
      connection.all<{ bytes: Uint8Array }>(`SELECT bytes FROM packed_images WHERE sample_row = :sampleRow`, {
        sampleRow,
      })[0]?.bytes,
  };
}
