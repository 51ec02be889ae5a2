/** Paired comparison of two stored runs over the questions that both answered. */
import { z } from 'zod';
import type { ScorerName } from '../../shared/prediction.ts';
import { runComparisonSchema, type RunComparison } from '../../shared/statistics.ts';
import { compareRuns } from '../analysis/compare-runs.ts';
import { areDifferentQuestions } from '../analysis/question-identity.ts';
import { scorers } from '../scoring/scorers.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import { requireRun } from './run-state.ts';

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

const keptSchema = z.object({ revisionB: z.int(), scorerVersion: z.int(), comparison: runComparisonSchema });

/** The comparison as it was computed for these revisions of both runs, or `compute`'s, which is then kept. */
export async function keptComparison(
  store: Store,
  { runIdA, runIdB, scorer }: Readonly<{ runIdA: string; runIdB: string; scorer: ScorerName }>,
  compute: () => Promise<RunComparison>,
): Promise<RunComparison> {
  const runA = requireRun(store, runIdA);
  const runB = requireRun(store, runIdB);
  const kind = `compare ${runIdB}`;
  const scorerVersion = scorers[scorer].version;
  const kept = keptSchema.safeParse(JSON.parse(store.analyses.kept(runA, kind, scorer) ?? 'null'));
  if (kept.success && kept.data.revisionB === runB.revision && kept.data.scorerVersion === scorerVersion) {
    return kept.data.comparison;
  }
  const comparison = await compute();
  const isCurrent = [runA, runB].every((run) => store.runs.find(run.runId)?.revision === run.revision);
  if (isCurrent && runA.status !== 'running' && runB.status !== 'running') {
    store.analyses.keep(runA, kind, scorer, JSON.stringify({ revisionB: runB.revision, scorerVersion, comparison }));
  }
  return comparison;
}

/** Ids that stand for another question in each of the two runs. */
export function differentQuestionsOf(store: Store, runA: RunRecord, runB: RunRecord): Set<string> {
  const shared = store.samples.sharedByOtherDatasets(runA.runRow, runB.runRow);
  return new Set(shared.filter(({ a, b }) => areDifferentQuestions(a, b)).map(({ sampleId }) => sampleId));
}
