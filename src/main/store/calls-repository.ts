/**
 * Calls of answers that were reasoned out in words: where each generated token looked, and the remarks. What was asked
 * and answered lies in the trace's JSON (predictions-repository.ts).
 */
import { z } from 'zod';
import { PenumbraFailure } from '../../shared/failure.ts';
import type { ScorerName } from '../../shared/prediction.ts';
import { remarkCountSchema, type RemarkCount } from '../../shared/run.ts';
import { remarkSchema, type ModelCall, type Remark } from '../../shared/trace.ts';
import type { TalliedCall } from '../analysis/explicit-attention.ts';
import type { Outcome } from '../analysis/outcomes.ts';
import type { Connection } from './connection.ts';
import { excludedSampleRows } from './excluded-questions.ts';
import { packHalves, unpackNumbers } from './number-blobs.ts';
import { outcomes } from './outcome-numbers.ts';
import { damaged } from './sqlite-failure.ts';

/** `callIndex`: the call's place in the trace. */
export type CallMasses = Pick<ModelCall, 'callIndex' | 'visionMasses' | 'textMasses'>;

/** `domain` is '' where the dataset has none. */
export type TalliedQuestionInWords = Readonly<{ outcome: Outcome; domain: string; calls: readonly TalliedCall[] }>;

export type CallsRepository = Readonly<{
  insert: (predictionRow: number, calls: readonly ModelCall[], remarks: readonly Remark[]) => void;
  /** Masses of the calls in order, by prediction row; predictions without calls have no entry. */
  masses: (predictionRows: readonly number[]) => ReadonlyMap<number, CallMasses[]>;
  remarks: (predictionRows: readonly number[]) => ReadonlyMap<number, Remark[]>;
  /** How many of the run's answers have a remark of each kind, excluded questions left out; the most frequent first. */
  remarkCounts: (runRow: number) => RemarkCount[];
  /** Questions at these positions that were answered in words, with what a tally of attention needs of their calls. */
  tallied: (runRow: number, scorer: ScorerName, positions: readonly number[]) => TalliedQuestionInWords[];
  /** What the calls of the run are for, by their index: those of the answer that took most of them. */
  purposes: (runRow: number) => string[];
}>;

type MassColumns = [predictionRow: number, callIndex: number, vision: Uint8Array, text: Uint8Array];

export function createCallsRepository(connection: Connection): CallsRepository {
  return {
    insert: (predictionRow, calls, remarks) => {
      for (const [callIndex, { visionMasses, textMasses }] of calls.entries()) {
        connection.run(
          `INSERT INTO call_masses (prediction_row, call_index, vision_masses, text_masses)
           VALUES (:predictionRow, :callIndex, :visionMasses, :textMasses)`,
          {
            predictionRow,
            callIndex,
            visionMasses: packHalves(visionMasses),
            textMasses: packHalves(textMasses),
          },
        );
      }
      for (const [remarkIndex, { kind, callIndex, found }] of remarks.entries()) {
        connection.run(
          `INSERT INTO remarks (prediction_row, remark_index, kind, call_index, found)
           VALUES (:predictionRow, :remarkIndex, :kind, :callIndex, :found)`,
          { predictionRow, remarkIndex, kind, callIndex, found },
        );
      }
    },
    masses: (predictionRows) => readMasses(connection, predictionRows),
    remarks: (predictionRows) => {
      const byPrediction = new Map<number, Remark[]>();
      const rows = connection.rows<[number, string, number | null, string]>(
        `SELECT prediction_row, kind, call_index, found
         FROM json_each(:predictionRows) AS given CROSS JOIN remarks ON remarks.prediction_row = given.value
         ORDER BY given.key, remark_index`,
        { predictionRows: JSON.stringify(predictionRows) },
      );
      for (const [predictionRow, kind, callIndex, found] of rows) {
        const remark = checked(connection, remarkSchema, { kind, callIndex, found });
        entryOf(byPrediction, predictionRow).push(remark);
      }
      return byPrediction;
    },
    remarkCounts: (runRow) =>
      connection
        .rows<[string, number]>(
          `SELECT kind, count(DISTINCT prediction_row) AS answers FROM predictions JOIN remarks USING (prediction_row)
           WHERE run_row = :runRow AND sample_row NOT IN ${excludedSampleRows}
           GROUP BY kind ORDER BY answers DESC, kind`,
          { runRow },
        )
        .map(([kind, count]) => checked(connection, remarkCountSchema, { kind, count })),
    tallied: (runRow, scorer, positions) => {
      const answered = connection.rows<[number, number, string]>(
        `SELECT prediction_row, outcome, domain
         FROM json_each(:positions) AS given CROSS JOIN scores ON scores.run_row = :runRow AND scores.scorer = :scorer
           AND scores.position = given.value
         CROSS JOIN predictions ON predictions.run_row = :runRow AND predictions.position = given.value
           AND call_count > 0
         CROSS JOIN strata USING (stratum_row) ORDER BY given.key`,
        { runRow, scorer, positions: JSON.stringify(positions) },
      );
      const masses = readMasses(
        connection,
        answered.map(([predictionRow]) => predictionRow),
      );
      return answered.map(([predictionRow, outcome, domain]) => ({
        outcome: outcomes[outcome] ?? 'failed',
        domain,
        calls: masses.get(predictionRow) ?? [],
      }));
    },
    purposes: (runRow) =>
      connection.values<string>(
        `SELECT coalesce(value ->> '$.purpose', '') FROM outputs, json_each(trace, '$.calls')
         WHERE prediction_row = (SELECT prediction_row FROM predictions WHERE run_row = :runRow AND call_count > 0
           ORDER BY call_count DESC, position LIMIT 1)
         ORDER BY key`,
        { runRow },
      ),
  };
}

function readMasses(connection: Connection, predictionRows: readonly number[]): Map<number, CallMasses[]> {
  const byPrediction = new Map<number, CallMasses[]>();
  const rows = connection.rows<MassColumns>(
    `SELECT prediction_row, call_index, vision_masses, text_masses
     FROM json_each(:predictionRows) AS given CROSS JOIN call_masses ON call_masses.prediction_row = given.value
     ORDER BY given.key, call_index`,
    { predictionRows: JSON.stringify(predictionRows) },
  );
  for (const [predictionRow, callIndex, vision, text] of rows) {
    const masses = { callIndex, visionMasses: unpackNumbers(vision), textMasses: unpackNumbers(text) };
    entryOf(byPrediction, predictionRow).push(masses);
  }
  return byPrediction;
}

function entryOf<Value>(lists: Map<number, Value[]>, row: number): Value[] {
  const known = lists.get(row);
  if (known !== undefined) return known;
  const list: Value[] = [];
  lists.set(row, list);
  return list;
}

function checked<Output>({ path }: Connection, schema: z.ZodType<Output>, row: unknown): Output {
  const parsed = schema.safeParse(row);
  if (parsed.success) return parsed.data;
  throw new PenumbraFailure(damaged(path, z.prettifyError(parsed.error).slice(0, 200), 'a remark'));
}
