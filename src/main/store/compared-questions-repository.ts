/** What comparisons of runs read of each question: outcome, category, steps and time, in columns of numbers; no text. */
import type { ScorerName } from '../../shared/prediction.ts';
import type { AnswerColumns } from '../analysis/answer-columns.ts';
import type { Categorised } from '../analysis/category-tree.ts';
import type { Outcome } from '../analysis/outcomes.ts';
import type { Connection } from './connection.ts';
import { excludedSampleRows } from './excluded-questions.ts';
import { outcomes as outcomesByNumber } from './outcome-numbers.ts';

export type ComparedQuestionsRepository = Readonly<{
  /** The scored questions of a run in order; keys are rows of samples, strata those of `categories`. */
  answers: (runRow: number, scorer: ScorerName) => AnswerColumns;
  categories: () => ReadonlyMap<number, Categorised>;
  /** Sample rows that their tag leaves out of every count. */
  excluded: () => ReadonlySet<number>;
  /** Ids by the sample rows of a run, in order. */
  sampleIds: (runRow: number) => ReadonlyMap<number, string>;
  /** Ids of the samples in these rows. */
  idsOf: (sampleRows: readonly number[]) => string[];
  /** Everything that `work` reads is of one moment. */
  snapshot: <Result>(work: () => Result) => Result;
}>;

type PredictionColumns = [position: number, sampleRow: number, arSteps: number | null, totalMs: number | null];

export function createComparedQuestionsRepository(connection: Connection): ComparedQuestionsRepository {
  return {
    answers: (runRow, scorer) => readAnswers(connection, runRow, scorer),
    categories: () =>
      new Map(
        connection
          .rows<[number, string, string, string]>('SELECT stratum_row, domain, topic, category FROM strata')
          .map(([stratumRow, domain, topic, category]) => [stratumRow, { domain, topic, category }]),
      ),
    excluded: () =>
      new Set(
        connection.values<number>(`SELECT sample_row FROM sample_tags WHERE sample_row IN ${excludedSampleRows}`),
      ),
    sampleIds: (runRow) =>
      new Map(
        connection.rows<[number, string]>(
          `SELECT sample_row, sample_id FROM planned_questions JOIN samples USING (sample_row)
           WHERE run_row = :runRow ORDER BY position`,
          { runRow },
        ),
      ),
    idsOf: (sampleRows) =>
      connection.values<string>(
        `SELECT sample_id FROM json_each(:sampleRows) AS given CROSS JOIN samples ON sample_row = given.value
         ORDER BY given.key`,
        { sampleRows: JSON.stringify(sampleRows) },
      ),
    snapshot: connection.snapshot,
  };
}

/** Two walks in order and their merge: a join would look up each of the rows. */
function readAnswers(connection: Connection, runRow: number, scorer: ScorerName): AnswerColumns {
  const scored = connection.rows<[number, number, number]>(
    `SELECT position, outcome, stratum_row FROM scores WHERE run_row = :runRow AND scorer = :scorer ORDER BY position`,
    { runRow, scorer },
  );
  const predictions = connection.rows<PredictionColumns>(
    'SELECT position, sample_row, ar_steps, total_ms FROM predictions WHERE run_row = :runRow ORDER BY position',
    { runRow },
  );
  const keys: number[] = [];
  const outcomes: Outcome[] = [];
  const strata: number[] = [];
  const arSteps: (number | null)[] = [];
  const totalMs: (number | null)[] = [];
  let next = 0;
  for (const [position, outcome, stratumRow] of scored) {
    while ((predictions[next]?.[0] ?? position) < position) next += 1;
    const prediction = predictions[next];
    if (prediction?.[0] !== position) continue;
    keys.push(prediction[1]);
    outcomes.push(outcomesByNumber[outcome] ?? 'failed');
    strata.push(stratumRow);
    arSteps.push(prediction[2]);
    totalMs.push(prediction[3]);
  }
  return { keys, outcomes, strata, arSteps, totalMs };
}
