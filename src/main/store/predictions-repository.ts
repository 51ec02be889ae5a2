/**
 * Predictions: one row for each answered or failed question of a run, with its wide text and trace in tables of
 * their own. What was stored comes back the same (attention over the image and of generated tokens at half precision).
 */
import { z } from 'zod';
import { failureSchema } from '../../shared/failure.ts';
import { predictionSchema, type Answer, type Prediction } from '../../shared/prediction.ts';
import type { Sample } from '../../shared/sample.ts';
import {
  modelCallSchema,
  traceSchema,
  type LatentStep,
  type Remark,
  type Timings,
  type Trace,
} from '../../shared/trace.ts';
import type { CallMasses, CallsRepository } from './calls-repository.ts';
import type { Connection } from './connection.ts';
import { excludedSampleRows } from './excluded-questions.ts';
import { parseJsonColumn } from './json-column.ts';
import type { LatentStepsRepository, StepDetail } from './latent-steps-repository.ts';
import { sampleColumns, sampleOf, type SampleColumns } from './samples-repository.ts';

/** A question that the plan of a run holds. */
export type PlannedQuestion = Readonly<{ position: number; sampleRow: number; sample: Sample }>;

export type StoredQuestion = PlannedQuestion & Readonly<{ prediction: Prediction }>;

export type ReadOptions = Readonly<{
  /** How much of the latent steps to read; with `none` a trace comes back without steps. */
  steps: 'none' | StepDetail;
  /** Whether calls have the masses of their tokens; without, these lists are empty. By default with all of the steps. */
  callMasses?: boolean;
}>;

export type PredictionsRepository = Readonly<{
  insert: (runRow: number, question: Readonly<{ position: number; sampleRow: number }>, prediction: Prediction) => void;
  count: (runRow: number) => number;
  /** Planned questions without a row at positions from `from` to before `to`, in order. */
  pending: (runRow: number, from: number, to: number) => PlannedQuestion[];
  /** Position of the first planned question without a row from `from` on; null: there is none. */
  nextPending: (runRow: number, from: number) => number | null;
  pendingCount: (runRow: number) => number;
  /** Planned questions after a position, answered or not, in order. */
  planned: (
    runRow: number,
    afterPosition: number,
    limit: number,
  ) => readonly (PlannedQuestion & Readonly<{ datasetRow: number }>)[];
  /** Where the run has a row for this question. */
  positionOf: (runRow: number, sampleId: string) => number | null;
  /** Ids of the questions at these positions. */
  sampleIdsAt: (runRow: number, positions: readonly number[]) => string[];
  /** Positions of the answered questions, in order. */
  answeredPositions: (runRow: number) => number[];
  /** Stored questions at these positions, in order. */
  at: (runRow: number, positions: readonly number[], options: ReadOptions) => StoredQuestion[];
  /** The next stored questions after a position, in order: for walks over a whole run. */
  after: (runRow: number, position: number, limit: number, options: ReadOptions) => StoredQuestion[];
  /** Means over the answered questions that are not excluded. */
  means: (runRow: number) => Readonly<{ arSteps: number | null; totalMs: number | null }>;
}>;

/** Of a planned question under the name `planned`. */
const isPending = `NOT EXISTS (SELECT 1 FROM predictions
  WHERE predictions.run_row = :runRow AND predictions.position = planned.position)`;

type PredictionColumns = {
  predictionRow: number;
  position: number;
  sampleRow: number;
  answered: number;
  hasTrace: number;
  outputTokenCount: number | null;
  arSteps: number | null;
  finishReason: Answer['finishReason'];
  outputText: string | null;
  messages: string | null;
  prompt: string | null;
  trace: string | null;
  failure: string | null;
} & { [Phase in keyof Timings]: number | null };

const predictionColumns = `predictions.prediction_row AS predictionRow, predictions.position AS position,
  predictions.sample_row AS sampleRow, answered, has_trace AS hasTrace, output_token_count AS outputTokenCount,
  ar_steps AS arSteps, finish_reason AS finishReason, preprocess_ms AS preprocessMs, vision_ms AS visionMs,
  prefill_ms AS prefillMs, latent_ms AS latentMs, decode_ms AS decodeMs, total_ms AS totalMs,
  output_text AS outputText, messages, prompt, trace, failure`;

const storedTables = `predictions JOIN outputs USING (prediction_row) JOIN samples USING (sample_row)
  JOIN strata USING (stratum_row)`;

/** What of a trace lies in its JSON. */
const traceHeadSchema = traceSchema.omit({ steps: true, remarks: true }).extend({
  calls: z.array(modelCallSchema.omit({ visionMasses: true, textMasses: true })).default([]),
});

const notRead: Pick<CallMasses, 'visionMasses' | 'textMasses'> = { visionMasses: [], textMasses: [] };

/** The rest of a trace. */
type TraceRows = Readonly<{ steps: LatentStep[]; masses: readonly CallMasses[]; remarks: Remark[] }>;

const failedPredictionSchema = predictionSchema.options[1];

export function createPredictionsRepository(
  connection: Connection,
  steps: LatentStepsRepository,
  calls: CallsRepository,
): PredictionsRepository {
  const stored = (rows: readonly (PredictionColumns & SampleColumns)[], options: ReadOptions): StoredQuestion[] => {
    const traced = rows.filter(({ hasTrace }) => hasTrace === 1).map(({ predictionRow }) => predictionRow);
    const stepsOf = options.steps === 'none' ? null : steps.read(traced, options.steps);
    const massesOf = (options.callMasses ?? options.steps === 'all') ? calls.masses(traced) : null;
    const remarksOf = calls.remarks(traced);
    const rowsOf = (predictionRow: number): TraceRows => ({
      steps: stepsOf?.get(predictionRow) ?? [],
      masses: massesOf?.get(predictionRow) ?? [],
      remarks: remarksOf.get(predictionRow) ?? [],
    });
    return rows.map((row) => ({
      position: row.position,
      sampleRow: row.sampleRow,
      sample: sampleOf(row, connection.path),
      prediction: predictionOf(row, rowsOf(row.predictionRow), connection.path),
    }));
  };
  return {
    insert: (runRow, { position, sampleRow }, prediction) => {
      const answer = prediction.status === 'answered' ? prediction.answer : null;
      const predictionRow = insertRow(connection, runRow, position, sampleRow, answer);
      const failure = prediction.status === 'failed' ? JSON.stringify(prediction.failure) : null;
      insertOutput(connection, predictionRow, answer, failure);
      if (!answer?.trace) return;
      steps.insert(predictionRow, answer.trace.steps);
      calls.insert(predictionRow, answer.trace.calls, answer.trace.remarks);
    },
    count: (runRow) =>
      connection.all<{ count: number }>('SELECT count(*) AS count FROM predictions WHERE run_row = :runRow', {
        runRow,
      })[0]?.count ?? 0,
    pending: (runRow, from, to) =>
      connection
        .all<SampleColumns & { position: number; sampleRow: number }>(
          `SELECT position, sample_row AS sampleRow, ${sampleColumns}
           FROM planned_questions AS planned JOIN samples USING (sample_row) JOIN strata USING (stratum_row)
           WHERE run_row = :runRow AND position >= :from AND position < :to AND ${isPending}
           ORDER BY position`,
          { runRow, from, to },
        )
        .map((row) => ({ position: row.position, sampleRow: row.sampleRow, sample: sampleOf(row, connection.path) })),
    nextPending: (runRow, from) =>
      connection.all<{ position: number }>(
        `SELECT position FROM planned_questions AS planned
         WHERE run_row = :runRow AND position >= :from AND ${isPending}
         ORDER BY position LIMIT 1`,
        { runRow, from },
      )[0]?.position ?? null,
    pendingCount: (runRow) =>
      connection.all<{ count: number }>(
        `SELECT (SELECT count(*) FROM planned_questions WHERE run_row = :runRow)
           - (SELECT count(*) FROM predictions WHERE run_row = :runRow) AS count`,
        { runRow },
      )[0]?.count ?? 0,
    planned: (runRow, afterPosition, limit) =>
      connection
        .all<SampleColumns & { position: number; sampleRow: number; datasetRow: number }>(
          `SELECT position, sample_row AS sampleRow, dataset_row AS datasetRow, ${sampleColumns}
           FROM planned_questions JOIN samples USING (sample_row) JOIN strata USING (stratum_row)
           WHERE run_row = :runRow AND position > :afterPosition ORDER BY position LIMIT :limit`,
          { runRow, afterPosition, limit },
        )
        .map((row) => ({
          position: row.position,
          sampleRow: row.sampleRow,
          datasetRow: row.datasetRow,
          sample: sampleOf(row, connection.path),
        })),
    positionOf: (runRow, sampleId) =>
      connection.all<{ position: number }>(
        `SELECT position FROM samples CROSS JOIN predictions USING (sample_row)
         WHERE sample_id = :sampleId AND run_row = :runRow`,
        { runRow, sampleId },
      )[0]?.position ?? null,
    sampleIdsAt: (runRow, positions) =>
      connection
        .all<{ sampleId: string }>(
          `SELECT sample_id AS sampleId FROM predictions JOIN samples USING (sample_row)
           WHERE run_row = :runRow AND position IN (SELECT value FROM json_each(:positions))`,
          { runRow, positions: JSON.stringify(positions) },
        )
        .map(({ sampleId }) => sampleId),
    answeredPositions: (runRow) =>
      connection
        .all<{ position: number }>(
          'SELECT position FROM predictions WHERE run_row = :runRow AND answered = 1 ORDER BY position',
          { runRow },
        )
        .map(({ position }) => position),
    at: (runRow, positions, options) =>
      stored(
        connection.all(
          `SELECT ${predictionColumns}, ${sampleColumns} FROM ${storedTables}
           WHERE run_row = :runRow AND position IN (SELECT value FROM json_each(:positions)) ORDER BY position`,
          { runRow, positions: JSON.stringify(positions) },
        ),
        options,
      ),
    after: (runRow, position, limit, options) =>
      stored(
        connection.all(
          `SELECT ${predictionColumns}, ${sampleColumns} FROM ${storedTables}
           WHERE run_row = :runRow AND position > :position ORDER BY position LIMIT :limit`,
          { runRow, position, limit },
        ),
        options,
      ),
    means: (runRow) =>
      connection.all<{ arSteps: number | null; totalMs: number | null }>(
        `SELECT avg(ar_steps) AS arSteps, avg(total_ms) AS totalMs FROM predictions
         WHERE run_row = :runRow AND sample_row NOT IN ${excludedSampleRows}`,
        { runRow },
      )[0] ?? { arSteps: null, totalMs: null },
  };
}

function insertRow(
  connection: Connection,
  runRow: number,
  position: number,
  sampleRow: number,
  answer: Answer | null,
): number {
  const timings = answer?.timings ?? null;
  return connection.run(
    `INSERT INTO predictions (run_row, position, sample_row, answered, has_trace, output_token_count, ar_steps,
       finish_reason, preprocess_ms, vision_ms, prefill_ms, latent_ms, decode_ms, total_ms, call_count)
     VALUES (:runRow, :position, :sampleRow, :answered, :hasTrace, :outputTokenCount, :arSteps, :finishReason,
       :preprocessMs, :visionMs, :prefillMs, :latentMs, :decodeMs, :totalMs, :callCount)`,
    {
      runRow,
      position,
      sampleRow,
      answered: answer === null ? 0 : 1,
      hasTrace: answer?.trace ? 1 : 0,
      outputTokenCount: answer?.outputTokenCount ?? null,
      arSteps: answer?.arSteps ?? null,
      finishReason: answer?.finishReason ?? null,
      preprocessMs: timings?.preprocessMs ?? null,
      visionMs: timings?.visionMs ?? null,
      prefillMs: timings?.prefillMs ?? null,
      latentMs: timings?.latentMs ?? null,
      decodeMs: timings?.decodeMs ?? null,
      totalMs: timings?.totalMs ?? null,
      callCount: answer?.trace?.calls.length ?? 0,
    },
  ).lastRowId;
}

function insertOutput(
  connection: Connection,
  predictionRow: number,
  answer: Answer | null,
  failure: string | null,
): void {
  const head = answer?.trace ? traceHeadSchema.parse(answer.trace) : null;
  connection.run(
    `INSERT INTO outputs (prediction_row, output_text, messages, prompt, trace, failure)
     VALUES (:predictionRow, :outputText, :messages, :prompt, :trace, :failure)`,
    {
      predictionRow,
      outputText: answer?.outputText ?? null,
      messages: answer?.messages ? JSON.stringify(answer.messages) : null,
      prompt: answer?.prompt ?? null,
      trace: head === null ? null : JSON.stringify(head),
      failure,
    },
  );
}

function predictionOf(row: PredictionColumns & { sampleId: string }, rows: TraceRows, file: string): Prediction {
  const { sampleId } = row;
  const place = `answer to ${sampleId}`;
  if (row.answered === 0) {
    const failure = parseJsonColumn(failureSchema, row.failure ?? 'null', file, place);
    return failedPredictionSchema.parse({ status: 'failed', sampleId, failure });
  }
  return {
    status: 'answered',
    sampleId,
    answer: {
      outputText: row.outputText ?? '',
      outputTokenCount: row.outputTokenCount,
      arSteps: row.arSteps,
      finishReason: row.finishReason,
      timings: timingsOf(row),
      trace: traceOf(row.trace, rows, file, place),
      messages: row.messages === null ? null : parseJsonColumn(z.array(z.string()), row.messages, file, place),
      prompt: row.prompt,
    },
  };
}

function timingsOf(row: PredictionColumns): Timings | null {
  const { preprocessMs, visionMs, prefillMs, latentMs, decodeMs, totalMs } = row;
  if (totalMs === null) return null;
  return {
    preprocessMs: preprocessMs ?? 0,
    visionMs: visionMs ?? 0,
    prefillMs: prefillMs ?? 0,
    latentMs: latentMs ?? 0,
    decodeMs: decodeMs ?? 0,
    totalMs,
  };
}

function traceOf(head: string | null, rows: TraceRows, file: string, place: string): Trace | null {
  if (head === null) return null;
  const { steps, masses, remarks } = rows;
  const { calls, ...rest } = parseJsonColumn(traceHeadSchema, head, file, place);
  return {
    ...rest,
    steps,
    calls: calls.map((call, index) => {
      const { visionMasses, textMasses } = masses.find(({ callIndex }) => callIndex === index) ?? notRead;
      return { ...call, visionMasses, textMasses };
    }),
    remarks,
  };
}
