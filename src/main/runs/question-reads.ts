/**
 * Questions about a run's questions that only read the store: they run on any connection, in this thread or in a
 * worker's. Whoever asks has scored the rows before (`ensureScopeScored`).
 */
import type { QuestionDetail, QuestionRow } from '../../shared/contract/questions.ts';
import type { ScorerName } from '../../shared/prediction.ts';
import type { QuestionSort } from '../../shared/question-order.ts';
import { parseWhere } from '../../shared/where.ts';
import type { QuestionScope } from '../store/questions-repository.ts';
import type { QuestionFacets } from '../store/questions/question-facets.ts';
import type { Store } from '../store/store.ts';
import { findQuestion, imageUrl } from './question-detail.ts';
import { requireRun } from './run-state.ts';
import { ensureScored, ensureScoredByAll, type ScoreMissing } from './scoring-rows.ts';

export type ScopeInput = Readonly<{
  runId: string;
  where: readonly string[];
  scorer?: ScorerName | undefined;
}>;

export type ListQuestionsInput = ScopeInput &
  Readonly<{ sort?: QuestionSort | undefined; limit: number; offset: number }>;

export type GetQuestionInput = ScopeInput & Readonly<{ sampleId: string; sort?: QuestionSort | undefined }>;

export function listQuestions(
  store: Store,
  { limit, offset, sort, ...input }: ListQuestionsInput,
): { rows: QuestionRow[]; total: number } {
  const { rows, total } = store.questions.list(scopeOf(store, input), { sort, limit, offset });
  return {
    rows: rows.map(({ hasImage, ...row }) => ({
      ...row,
      imageUrl: hasImage ? imageUrl(input.runId, row.sampleId) : null,
    })),
    total,
  };
}

export const countQuestions = (store: Store, input: ScopeInput): QuestionFacets =>
  store.questions.facets(scopeOf(store, input));

export function getQuestion(store: Store, { sampleId, sort, ...input }: GetQuestionInput): QuestionDetail {
  return findQuestion(store, requireRun(store, input.runId), sampleId, scopeOf(store, input), sort);
}

/** Fails: `not-found` (no such run), `wrong-usage` (filter). */
export function scopeOf(store: Store, { runId, scorer, where }: ScopeInput): QuestionScope {
  const run = requireRun(store, runId);
  return { runRow: run.runRow, scorer: scorer ?? run.scorer, where: parseWhere(where) };
}

/**
 * Scores what the scope's run, and the runs that its filter names, have unscored: by the scope's scorer, and the run
 * by all of them where the filter compares them. Fails as `scopeOf` does.
 */
export async function ensureScopeScored(store: Store, input: ScopeInput, score?: ScoreMissing): Promise<void> {
  const { scorer, where } = scopeOf(store, input);
  const others = (where.other ?? []).map((value) => value.slice(0, value.indexOf(':')));
  for (const runId of new Set([input.runId, ...others]))
    await ensureScored(store, requireRun(store, runId), scorer, score);
  if (where.scorers !== undefined) await ensureScoredByAll(store, requireRun(store, input.runId), score);
}
