/** Paired comparison of two stored runs over the questions that both answered. */
import { z } from 'zod';
import type { ScorerName } from '../../shared/prediction.ts';
import { runComparisonSchema, type RunComparison } from '../../shared/statistics.ts';
import { compareAnswers, comparisonVersion, type ComparedAnswers } from '../analysis/compare-runs.ts';
import { scorers } from '../scoring/scorers.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import { commonKeys } from './common-keys.ts';
import { requireRun } from './run-state.ts';

/**
 * Questions are the same when their ids are, unless they come from different datasets and their texts say otherwise.
 * Excluded questions take no part. Both runs have been scored.
 */
export function compareScoredRuns(store: Store, runA: RunRecord, runB: RunRecord, scorer: ScorerName): RunComparison {
  return store.comparedQuestions.snapshot(() => {
    const excluded = store.comparedQuestions.excluded();
    const categories = store.comparedQuestions.categories();
    const keys = commonKeys(store, [runA, runB]);
    const answersOf = ({ runRow }: RunRecord): ComparedAnswers =>
      keys.of(withoutRows(store.comparedQuestions.answers(runRow, scorer), excluded));
    const { flips, ...comparison } = compareAnswers(answersOf(runA), answersOf(runB), {
      categoryOf: (stratum) => categories.get(stratum) ?? { domain: '', topic: '', category: '' },
      differentQuestions: keys.differentQuestions,
    });
    const { idsOf } = store.comparedQuestions;
    return {
      runIdA: runA.runId,
      runIdB: runB.runId,
      scorer,
      ...comparison,
      flips: { rightToWrong: idsOf(flips.rightToWrong), wrongToRight: idsOf(flips.wrongToRight) },
    };
  });
}

function withoutRows({ keys, outcomes, strata }: ComparedAnswers, excluded: ReadonlySet<number>): ComparedAnswers {
  if (excluded.size === 0) return { keys, outcomes, strata };
  const stays = (_: unknown, index: number): boolean => !excluded.has(keys[index] ?? 0);
  return { keys: keys.filter(stays), outcomes: outcomes.filter(stays), strata: strata.filter(stays) };
}

const keptSchema = z.object({
  version: z.literal(comparisonVersion),
  revisionB: z.int(),
  scorerVersion: z.int(),
  comparison: runComparisonSchema,
});

/** The comparison as this version computed it for these revisions of both runs, or `compute`'s, which is then kept. */
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
    const keep = { version: comparisonVersion, revisionB: runB.revision, scorerVersion, comparison };
    store.analyses.keep(runA, kind, scorer, JSON.stringify(keep));
  }
  return comparison;
}
