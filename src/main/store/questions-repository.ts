/**
 * Filtered, sorted lists of a run's questions and their counts. What a filter and an order come to is kept as the
 * positions in order, so that a page, a rank or a neighbour at any place is a look-up.
 */
import type { ScorerName } from '../../shared/prediction.ts';
import type { QuestionSort } from '../../shared/question-order.ts';
import type { Where } from '../../shared/where.ts';
import type { Connection } from './connection.ts';
import { countFacets, type QuestionFacets } from './questions/question-facets.ts';
import { filterKey, passing, type QuestionSource } from './questions/question-filter.ts';
import { byPosition, orderedPositions } from './questions/question-order.ts';
import { readPage, type StoredQuestionRow } from './questions/question-page.ts';
import { createColumnCache } from './questions/run-columns.ts';
import type { SamplesRepository } from './samples-repository.ts';

/** Questions of one run, as one scorer sees them, that pass a filter. */
export type QuestionScope = Readonly<{ runRow: number; scorer: ScorerName; where: Where }>;

/** Where a question stands among those of a scope. */
export type QuestionPlace = Readonly<{
  /** 0-based; null for a question that does not pass. */
  rank: number | null;
  total: number;
  previousSampleId: string | null;
  nextSampleId: string | null;
}>;

export type QuestionsRepository = Readonly<{
  /** A page and the length of the whole list; both of one moment. */
  list: (
    scope: QuestionScope,
    page: Readonly<{ sort?: QuestionSort | undefined; limit: number; offset: number }>,
  ) => Readonly<{ rows: StoredQuestionRow[]; total: number }>;
  /** Positions of all questions that pass, in order. */
  positions: (scope: QuestionScope, sort?: QuestionSort) => Int32Array;
  facets: (scope: QuestionScope) => QuestionFacets;
  place: (scope: QuestionScope, sort: QuestionSort | undefined, position: number) => QuestionPlace;
  /** Rows of the samples of all questions that pass. */
  sampleRows: (scope: QuestionScope) => number[];
}>;

const nothing = new Int32Array(0);

export function createQuestionsRepository(connection: Connection, samples: SamplesRepository): QuestionsRepository {
  const columnsOf = createColumnCache(connection);
  const source: QuestionSource = { connection, columnsOf, sharedByOtherDatasets: samples.sharedByOtherDatasets };

  const positions = ({ runRow, scorer, where }: QuestionScope, sort: QuestionSort = byPosition): Int32Array => {
    const run = columnsOf(runRow);
    if (run === undefined) return nothing;
    const compute = (): Int32Array => {
      const mask = passing(source, run, scorer, where);
      return orderedPositions(connection, run, scorer, sort).filter((position) => mask[position] === 1);
    };
    return run.kept(`list ${JSON.stringify(sort)} ${filterKey(source, run, scorer, where)}`, compute);
  };
  const sampleIdAt = (runRow: number, position: number | undefined): string | null =>
    position === undefined
      ? null
      : (connection.rows<[string]>(
          `SELECT sample_id FROM planned_questions JOIN samples USING (sample_row)
           WHERE run_row = :runRow AND position = :position`,
          { runRow, position },
        )[0]?.[0] ?? null);

  return {
    list: (scope, { sort, limit, offset }) =>
      connection.snapshot(() => {
        const all = positions(scope, sort);
        const page = Array.from(all.subarray(offset, offset + limit));
        return { rows: readPage(connection, scope, page, sort?.stepIndex ?? null), total: all.length };
      }),
    positions: (scope, sort) => connection.snapshot(() => positions(scope, sort)),
    facets: ({ runRow, scorer, where }) =>
      connection.snapshot(() => {
        const run = columnsOf(runRow);
        if (run === undefined) throw new Error(`there is no run in row ${runRow}`);
        return countFacets(source, run, scorer, where);
      }),
    place: (scope, sort, position) =>
      connection.snapshot(() => {
        const all = positions(scope, sort);
        const rank = all.indexOf(position);
        return {
          rank: rank < 0 ? null : rank,
          total: all.length,
          previousSampleId: rank > 0 ? sampleIdAt(scope.runRow, all[rank - 1]) : null,
          nextSampleId: rank < 0 ? null : sampleIdAt(scope.runRow, all[rank + 1]),
        };
      }),
    sampleRows: (scope) =>
      connection.snapshot(() =>
        connection
          .rows<[number]>(
            `SELECT sample_row FROM json_each(:positions) CROSS JOIN planned_questions
             ON planned_questions.run_row = :runRow AND planned_questions.position = json_each.value`,
            { runRow: scope.runRow, positions: JSON.stringify(Array.from(positions(scope))) },
          )
          .map(([sampleRow]) => sampleRow),
      ),
  };
}
