/** Paired comparison of two stored runs over the questions that both hold. */
import type { ScorerName } from '../../shared/prediction.ts';
import type { RunComparison } from '../../shared/statistics.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import { ensureScored } from './scoring-rows.ts';

/** By `scorer`, or by run A's own. */
export async function compareStoredRuns(
  store: Store,
  runA: RunRecord,
  runB: RunRecord,
  scorer: ScorerName = runA.scorer,
): Promise<RunComparison> {
  await ensureScored(store, runA, scorer);
  await ensureScored(store, runB, scorer);
  throw new Error('compareStoredRuns: waits for analysis');
}
