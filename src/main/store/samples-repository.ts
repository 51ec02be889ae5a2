/** Questions: text and categories. Images stay where the dataset has them (or travel with a packed run). */
import { z } from 'zod';
import { recordByName } from '../../shared/record-by-name.ts';
import { imageReferenceSchema, type Sample } from '../../shared/sample.ts';
import type { QuestionText } from '../analysis/question-identity.ts';
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

export type SharedQuestion = Readonly<{
  sampleId: string;
  positionA: number;
  positionB: number;
  a: QuestionText;
  b: QuestionText;
}>;

/** The question of another run that has the same id. */
export type QuestionElsewhere = Readonly<{ runRow: number; position: number; text: QuestionText }>;

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
  /** The same without those that are stored in the same words. */
  sharedInOtherWords: (runRowA: number, runRowB: number) => SharedQuestion[];
  /** Rows of the run's questions with these ids; an unknown id has no entry. */
  rowsOfRun: (runRow: number, sampleIds: readonly string[]) => ReadonlyMap<string, number>;
  /** What the question of a row says. */
  textOf: (sampleRow: number) => QuestionText | undefined;
  /** Questions with this id that other runs have answered and whose text passes, the newest run first; at most `limit`. */
  elsewhere: (
    runRow: number,
    sampleId: string,
    passes: (text: QuestionText) => boolean,
    limit: number,
  ) => QuestionElsewhere[];
  /** Rows of the samples that an FTS5 query matches in question, choices or context. */
  search: (query: string) => number[];
  savePackedImage: (sampleRow: number, bytes: Uint8Array) => void;
  packedImage: (sampleRow: number) => Uint8Array | undefined;
}>;

type TextColumns = { question: string; choices: string; isOfDataset: number };

const textOf = ({ question, choices, isOfDataset }: TextColumns, file: string, place: string): QuestionText => ({
  question,
  choices: parseJsonColumn(choicesSchema, choices, file, place),
  isOfDataset: isOfDataset === 1,
});

type SharedColumns = {
  sampleId: string;
  positionA: number;
  positionB: number;
  questionA: string;
  choicesA: string;
  ofDatasetA: number;
  questionB: string;
  choicesB: string;
  ofDatasetB: number;
};

const sharedQuestions = (condition: string): string => `SELECT a.sample_id AS sampleId,
    planned_a.position AS positionA, planned_b.position AS positionB,
    a.question AS questionA, a.choices AS choicesA, dataset_a.format IS NOT NULL AS ofDatasetA,
    b.question AS questionB, b.choices AS choicesB, dataset_b.format IS NOT NULL AS ofDatasetB
  FROM planned_questions AS planned_a
  JOIN samples AS a ON a.sample_row = planned_a.sample_row
  JOIN samples AS b ON b.sample_id = a.sample_id AND b.sample_row <> a.sample_row
  JOIN planned_questions AS planned_b ON planned_b.sample_row = b.sample_row AND planned_b.run_row = :runRowB
  JOIN datasets AS dataset_a ON dataset_a.dataset_row = a.dataset_row
  JOIN datasets AS dataset_b ON dataset_b.dataset_row = b.dataset_row
  WHERE planned_a.run_row = :runRowA AND (${condition}) ORDER BY planned_a.position`;

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
      const { changes } = connection.run(
        `UPDATE samples SET stratum_row = :stratumRow, answer_index = :answerIndex, question = :question,
           choices = :choices, context = :context, rationale = :rationale, attributes = :attributes, image = :image
         WHERE sample_row = :sampleRow AND (stratum_row, answer_index, question, choices, context, rationale,
           attributes, image) IS NOT
           (:stratumRow, :answerIndex, :question, :choices, :context, :rationale, :attributes, :image)`,
        { sampleRow, stratumRow: stratumRowOf(sample), ...columnsOf(sample) },
      );
      // What was computed from the sample before is not to be kept.
      if (changes > 0) touchRunsOf(connection, [sampleRow]);
      return sampleRow;
    },
    ofRun: (runRow, sampleId) => {
      const row = connection.all<SampleColumns & { sampleRow: number }>(
        `SELECT samples.sample_row AS sampleRow, ${sampleColumns}
         FROM samples CROSS JOIN planned_questions USING (sample_row) CROSS JOIN strata USING (stratum_row)
         WHERE samples.sample_id = :sampleId AND planned_questions.run_row = :runRow`,
        { runRow, sampleId },
      )[0];
      return row && { sampleRow: row.sampleRow, sample: sampleOf(row, connection.path) };
    },
    sharedByOtherDatasets: (runRowA, runRowB) => readShared(connection, runRowA, runRowB, 'true'),
    sharedInOtherWords: (runRowA, runRowB) =>
      readShared(connection, runRowA, runRowB, '(a.question, a.choices) <> (b.question, b.choices)'),
    rowsOfRun: (runRow, sampleIds) =>
      new Map(
        connection.rows<[string, number]>(
          `SELECT sample_id, samples.sample_row FROM json_each(:sampleIds) AS given
           CROSS JOIN samples ON samples.sample_id = given.value
           CROSS JOIN planned_questions ON planned_questions.sample_row = samples.sample_row AND run_row = :runRow`,
          { runRow, sampleIds: JSON.stringify(sampleIds) },
        ),
      ),
    textOf: (sampleRow) => {
      const row = connection.all<TextColumns>(
        `SELECT question, choices, datasets.format IS NOT NULL AS isOfDataset
         FROM samples JOIN datasets USING (dataset_row) WHERE sample_row = :sampleRow`,
        { sampleRow },
      )[0];
      return row && textOf(row, connection.path, `sample row ${sampleRow}`);
    },
    elsewhere: (runRow, sampleId, passes, limit) =>
      connection
        .all<TextColumns & { runRow: number; position: number }>(
          `SELECT predictions.run_row AS runRow, predictions.position AS position, question, choices,
             datasets.format IS NOT NULL AS isOfDataset
           FROM samples CROSS JOIN predictions USING (sample_row) CROSS JOIN runs USING (run_row)
           CROSS JOIN datasets ON datasets.dataset_row = samples.dataset_row
           WHERE sample_id = :sampleId AND predictions.run_row <> :runRow AND hidden IS NULL
           ORDER BY created_at DESC, run_row DESC`,
          { runRow, sampleId },
        )
        .map((row) => ({
          runRow: row.runRow,
          position: row.position,
          text: textOf(row, connection.path, `sample ${sampleId}`),
        }))
        .filter(({ text }) => passes(text))
        .slice(0, limit),
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

function readShared(connection: Connection, runRowA: number, runRowB: number, condition: string): SharedQuestion[] {
  if (haveOneDataset(connection, runRowA, runRowB)) return [];
  return connection
    .all<SharedColumns>(sharedQuestions(condition), { runRowA, runRowB })
    .map(({ sampleId, positionA, positionB, questionA, choicesA, ofDatasetA, questionB, choicesB, ofDatasetB }) => {
      const place = `sample ${sampleId}`;
      return {
        sampleId,
        positionA,
        positionB,
        a: textOf({ question: questionA, choices: choicesA, isOfDataset: ofDatasetA }, connection.path, place),
        b: textOf({ question: questionB, choices: choicesB, isOfDataset: ofDatasetB }, connection.path, place),
      };
    });
}

/** A run's questions are all of its dataset. */
function haveOneDataset(connection: Connection, runRowA: number, runRowB: number): boolean {
  const sql = 'SELECT dataset_row FROM runs WHERE run_row IN (:runRowA, :runRowB) AND dataset_row IS NOT NULL';
  const rows = connection.rows<[number]>(sql, { runRowA, runRowB }).map(([datasetRow]) => datasetRow);
  return rows.length === (runRowA === runRowB ? 1 : 2) && new Set(rows).size === 1;
}

/** Counts up the revision (or another count) of every run that holds one of the samples. */
export function touchRunsOf(
  connection: Connection,
  sampleRows: readonly number[],
  column: 'revision' | 'annotation_revision' = 'revision',
): void {
  connection.run(
    `UPDATE runs SET ${column} = ${column} + 1 WHERE run_row IN (SELECT run_row FROM planned_questions
       WHERE sample_row IN (SELECT value FROM json_each(:sampleRows)))`,
    { sampleRows: JSON.stringify(sampleRows) },
  );
}
