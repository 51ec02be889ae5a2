/** Filtered, paged lists of a run's questions. Filters work on score rows and strata; text is read for one page. */
import type { QuestionRow } from '../../shared/contract/questions.ts';
import type { ScorerName } from '../../shared/prediction.ts';
import { choiceLetter } from '../../shared/sample.ts';
import type { Connection, SqlParameters } from './connection.ts';
import { sampleFields, type Where } from '../../shared/where.ts';
import { outcomes } from './outcome-numbers.ts';

/** Questions of one run, as one scorer sees them, that pass a filter. */
export type QuestionScope = Readonly<{ runRow: number; scorer: ScorerName; where: Where }>;

export type QuestionsRepository = Readonly<{
  count: (scope: QuestionScope) => number;
  list: (scope: QuestionScope, limit: number, offset: number) => QuestionRow[];
  /** Positions after `position` that pass, in order: a page of a walk. */
  positionsAfter: (scope: QuestionScope, position: number, limit: number) => number[];
  /** Neighbours of a position inside the filter. */
  neighbours: (
    scope: QuestionScope,
    position: number,
  ) => Readonly<{ previousSampleId: string | null; nextSampleId: string | null }>;
}>;

type ListColumns = Omit<QuestionRow, 'gold' | 'predicted' | 'outcome' | 'hasTrace'> & {
  answerIndex: number | null;
  choiceIndex: number | null;
  outcome: number;
  hasTrace: number;
};

const letterOf = (index: number | null): string | null => (index === null ? null : choiceLetter(index));

export function createQuestionsRepository(connection: Connection): QuestionsRepository {
  const neighbour = (scope: QuestionScope, position: number, direction: 'previous' | 'next'): string | null => {
    const { condition, parameters } = conditionOf(connection, scope);
    const [compare, order] = direction === 'next' ? ['>', 'ASC'] : ['<', 'DESC'];
    const row = connection.all<{ sampleId: string }>(
      `SELECT sample_id AS sampleId FROM (SELECT position FROM scores
         WHERE ${condition} AND position ${compare} :position ORDER BY position ${order} LIMIT 1) AS page
       JOIN predictions ON predictions.run_row = :runRow AND predictions.position = page.position
       JOIN samples USING (sample_row)`,
      { ...parameters, position },
    )[0];
    return row?.sampleId ?? null;
  };
  return {
    count: (scope) => {
      const { condition, parameters } = conditionOf(connection, scope, 'counted');
      return (
        connection.all<{ count: number }>(`SELECT count(*) AS count FROM scores WHERE ${condition}`, parameters)[0]
          ?.count ?? 0
      );
    },
    list: (scope, limit, offset) => {
      const { condition, parameters } = conditionOf(connection, scope);
      const rows = connection.all<ListColumns>(
        `SELECT sample_id AS sampleId, page.position AS position, split, domain, topic, category, question,
           answer_index AS answerIndex, choice_index AS choiceIndex, outcome, output_text AS outputText,
           ar_steps AS arSteps, total_ms AS totalMs, has_trace AS hasTrace
         FROM (SELECT position, outcome, choice_index FROM scores WHERE ${condition}
           ORDER BY position LIMIT :limit OFFSET :offset) AS page
         JOIN predictions ON predictions.run_row = :runRow AND predictions.position = page.position
         JOIN outputs USING (prediction_row) JOIN samples USING (sample_row) JOIN strata USING (stratum_row)
         ORDER BY page.position`,
        { ...parameters, limit, offset },
      );
      return rows.map(({ answerIndex, choiceIndex, ...row }) => ({
        ...row,
        gold: letterOf(answerIndex),
        predicted: letterOf(choiceIndex),
        outcome: outcomes[row.outcome] ?? 'failed',
        hasTrace: row.hasTrace === 1,
      }));
    },
    positionsAfter: (scope, position, limit) => {
      const { condition, parameters } = conditionOf(connection, scope);
      return connection
        .all<{ position: number }>(
          `SELECT position FROM scores WHERE ${condition} AND position > :position ORDER BY position LIMIT :limit`,
          { ...parameters, position, limit },
        )
        .map((row) => row.position);
    },
    neighbours: (scope, position) => ({
      previousSampleId: neighbour(scope, position, 'previous'),
      nextSampleId: neighbour(scope, position, 'next'),
    }),
  };
}

/** The filter as a condition on `scores`, with its parameters. */
function conditionOf(
  connection: Connection,
  { runRow, scorer, where }: QuestionScope,
  use: 'ordered' | 'counted' = 'ordered',
): { condition: string; parameters: SqlParameters } {
  const conditions = ['run_row = :runRow', 'scorer = :scorer'];
  const parameters: Record<string, string | number> = { runRow, scorer };
  if (sampleFields.some((field) => field !== 'sample' && where[field] !== undefined)) {
    // The unary plus keeps SQLite on the key that is ordered by position; counting is faster by stratum.
    conditions.push(`${use === 'ordered' ? '+' : ''}stratum_row IN (SELECT value FROM json_each(:strata))`);
    parameters['strata'] = JSON.stringify(strataOf(connection, where));
  }
  if (where.outcome !== undefined) {
    conditions.push('outcome IN (SELECT value FROM json_each(:outcomes))');
    parameters['outcomes'] = JSON.stringify(where.outcome.map((name) => outcomes.findIndex((known) => known === name)));
  }
  if (where.sample !== undefined) {
    conditions.push(`position IN (SELECT position FROM planned_questions JOIN samples USING (sample_row)
      WHERE run_row = :runRow AND sample_id IN (SELECT value FROM json_each(:samples)))`);
    parameters['samples'] = JSON.stringify(where.sample);
  }
  return { condition: conditions.join(' AND '), parameters };
}

function strataOf(connection: Connection, where: Where): number[] {
  const fields = sampleFields.filter((field) => field !== 'sample' && where[field] !== undefined);
  const conditions = fields.map((field) => `${field} IN (SELECT value FROM json_each(:${field}))`);
  const parameters = Object.fromEntries(fields.map((field) => [field, JSON.stringify(where[field])]));
  return connection
    .all<{ stratumRow: number }>(
      `SELECT stratum_row AS stratumRow FROM strata WHERE ${conditions.join(' AND ')}`,
      parameters,
    )
    .map((row) => row.stratumRow);
}
