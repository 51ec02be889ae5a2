/**
 * A run's narrow values as typed arrays indexed by position: filters, orders and counts over 100,000 questions are
 * then loops over numbers, and a page at any offset is a slice. What was read is kept until the run's revision
 * changes, up to a number of bytes for all runs together; the least recently used goes first.
 */
import type { ScorerName } from '../../../shared/prediction.ts';
import type { rangeFields, stepRangeFields } from '../../../shared/where.ts';
import type { Connection, SqlParameters, SqlValue } from '../connection.ts';
import { createKeptValues } from './kept-values.ts';

export type RunColumns = Readonly<{
  runRow: number;
  runId: string;
  revision: number;
  /** Of tags and notes: what depends on them names it in its key. */
  annotationRevision: number;
  /** Planned questions: positions are below it. */
  size: number;
  /** What `compute` gives, computed once. */
  kept: <Value>(key: string, compute: () => Value) => Value;
}>;

export type ScoreColumns = Readonly<{
  /** Stored number of the outcome; `absent` where the run has no row (yet). */
  outcome: Uint8Array;
  /** -1: none. */
  choice: Int16Array;
  stratum: Int32Array;
}>;

/** Outcome of a position without a row. */
export const absent = 255;

export type StepMeasure = (typeof stepRangeFields)[number];
export type AnswerMeasure = (typeof rangeFields)[number];

const stepColumns: Readonly<Record<StepMeasure, string>> = {
  'vision-mass': 'vision_mass',
  'text-mass': 'text_mass',
  'latent-vision-mass': 'latent_vision_mass',
  'latent-text-mass': 'latent_text_mass',
  focus: 'vision_focus',
};
const answerColumns: Readonly<Record<AnswerMeasure, string>> = {
  time: 'total_ms',
  'ar-steps': 'ar_steps',
  tokens: 'output_token_count',
  calls: 'iif(answered, call_count, NULL)',
};

/** About 150 columns of 100,000 questions with the largest values. */
const mostKeptBytes = 128 * 2 ** 20;
/** Runs that anything is kept of. */
const keptRuns = 64;

/** Columns of runs by their rows, of the revision that the store has now; undefined for a run that is gone. */
export function createColumnCache(
  connection: Connection,
  mostBytes = mostKeptBytes,
): (runRow: number) => RunColumns | undefined {
  const runs = new Map<number, RunColumns>();
  const values = createKeptValues(mostBytes);
  const forget = (runRow: number): void => {
    const known = runs.get(runRow);
    if (known !== undefined) values.forget(ownerOf(known));
    runs.delete(runRow);
  };
  return (runRow) => {
    const sql = 'SELECT run_id, revision, annotation_revision FROM runs WHERE run_row = :runRow';
    const found = connection.rows<[string, number, number]>(sql, { runRow })[0];
    if (found === undefined) return undefined;
    const [runId, revision, annotationRevision] = found;
    const known = runs.get(runRow);
    // A row's number may come back after a deletion; the id does not.
    const isCurrent = known?.runId === runId && known.revision === revision;
    if (!isCurrent) forget(runRow);
    const owner = ownerOf({ runId, revision });
    const columns = isCurrent
      ? { ...known, annotationRevision }
      : { runRow, runId, revision, annotationRevision, size: sizeOf(connection, runRow), kept: values.of(owner) };
    runs.delete(runRow);
    runs.set(runRow, columns);
    for (const oldest of runs.keys()) {
      if (runs.size <= keptRuns) break;
      forget(oldest);
    }
    return columns;
  };
}

const ownerOf = ({ runId, revision }: Pick<RunColumns, 'runId' | 'revision'>): string => `${runId} ${revision}`;

export function scoresOf(connection: Connection, { runRow, size, kept }: RunColumns, scorer: ScorerName): ScoreColumns {
  return kept(`scores ${scorer}`, () => {
    const outcome = new Uint8Array(size).fill(absent);
    const choice = new Int16Array(size).fill(-1);
    const stratum = new Int32Array(size);
    const rows = connection.rows<[number, number, number | null, number]>(
      'SELECT position, outcome, choice_index, stratum_row FROM scores WHERE run_row = :runRow AND scorer = :scorer',
      { runRow, scorer },
    );
    for (const [position, outcomeNumber, choiceIndex, stratumRow] of rows) {
      outcome[position] = outcomeNumber;
      if (choiceIndex !== null) choice[position] = choiceIndex;
      stratum[position] = stratumRow;
    }
    return { outcome, choice, stratum };
  });
}

/** Gold choices; -1 where the dataset gives none. */
export function goldOf(connection: Connection, { runRow, size, kept }: RunColumns): Int16Array {
  return kept('gold', () => {
    const gold = new Int16Array(size).fill(-1);
    const rows = connection.rows<[number, number | null]>(
      // The index holds both columns: the wide rows of samples stay unread.
      `SELECT position, answer_index FROM planned_questions
       CROSS JOIN samples INDEXED BY samples_by_gold USING (sample_row) WHERE run_row = :runRow`,
      { runRow },
    );
    for (const [position, answerIndex] of rows) if (answerIndex !== null) gold[position] = answerIndex;
    return gold;
  });
}

export function sampleRowsOf(connection: Connection, { runRow, size, kept }: RunColumns): Float64Array {
  return kept('samples', () =>
    filled(size, connection, 'SELECT position, sample_row FROM planned_questions WHERE run_row = :runRow', { runRow }),
  );
}

/** NaN where the run has no row (yet). */
export function predictionRowsOf(connection: Connection, { runRow, size, kept }: RunColumns): Float64Array {
  return kept('predictions', () =>
    filled(size, connection, 'SELECT position, prediction_row FROM predictions WHERE run_row = :runRow', { runRow }),
  );
}

/** A number of each answer; NaN where there is none. */
export function answerNumbersOf(
  connection: Connection,
  { runRow, size, kept }: RunColumns,
  measure: AnswerMeasure,
): Float64Array {
  const sql = `SELECT position, ${answerColumns[measure]} FROM predictions WHERE run_row = :runRow`;
  return kept(`answer ${measure}`, () => filled(size, connection, sql, { runRow }));
}

/** A measure of each question's latent step (null: its last one); NaN where it did not reach the step. */
export function stepNumbersOf(
  connection: Connection,
  { runRow, size, kept }: RunColumns,
  measure: StepMeasure,
  stepIndex: number | null,
): Float64Array {
  // The last step is where a walk back over the question's steps begins: one look-up.
  const sql =
    stepIndex === null
      ? `SELECT position, (SELECT ${stepColumns[measure]} FROM latent_steps
           WHERE latent_steps.prediction_row = predictions.prediction_row ORDER BY step_index DESC LIMIT 1)
         FROM predictions WHERE run_row = :runRow`
      : `SELECT position, ${stepColumns[measure]} FROM predictions CROSS JOIN latent_steps
           ON latent_steps.prediction_row = predictions.prediction_row AND step_index = :stepIndex
         WHERE run_row = :runRow`;
  return kept(`step ${measure} ${String(stepIndex)}`, () =>
    filled(size, connection, sql, stepIndex === null ? { runRow } : { runRow, stepIndex }),
  );
}

/** 1 at the positions that a statement gives. */
export function maskOf(size: number, connection: Connection, sql: string, parameters: SqlParameters): Uint8Array {
  const mask = new Uint8Array(size);
  for (const position of connection.values<number>(sql, parameters)) mask[position] = 1;
  return mask;
}

function filled(size: number, connection: Connection, sql: string, parameters: SqlParameters): Float64Array {
  const values = new Float64Array(size).fill(Number.NaN);
  for (const [position, value] of connection.rows<[number, SqlValue]>(sql, parameters)) {
    if (typeof value === 'number') values[position] = value;
  }
  return values;
}

function sizeOf(connection: Connection, runRow: number): number {
  const sql = 'SELECT coalesce(max(position) + 1, 0) FROM planned_questions WHERE run_row = :runRow';
  return connection.rows<[number]>(sql, { runRow })[0]?.[0] ?? 0;
}
