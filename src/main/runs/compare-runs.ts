/** Paired comparison of two stored runs over the questions that both answered. */
import type { ScorerName } from '../../shared/prediction.ts';
import type { RunComparison } from '../../shared/statistics.ts';
import { compareRuns } from '../analysis/compare-runs.ts';
import { areDifferentQuestions } from '../analysis/question-identity.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';

/**
 * Questions are the same when their ids are, unless they come from different datasets and their texts say otherwise.
 * Excluded questions take no part. Both runs have been scored.
 */
export function compareScoredRuns(store: Store, runA: RunRecord, runB: RunRecord, scorer: ScorerName): RunComparison {
  return compareRuns(store.scores.outcomesOf(runA.runRow, scorer), store.scores.outcomesOf(runB.runRow, scorer), {
    runIdA: runA.runId,
    runIdB: runB.runId,
    scorer,
    differentQuestions: differentQuestionsOf(store, runA, runB),
  });
}

/** Ids that stand for another question in each of the two runs. */
export function differentQuestionsOf(store: Store, runA: RunRecord, runB: RunRecord): Set<string> {
  const shared = store.samples.sharedByOtherDatasets(runA.runRow, runB.runRow);
  return new Set(shared.filter(({ a, b }) => areDifferentQuestions(a, b)).map(({ sampleId }) => sampleId));
}
