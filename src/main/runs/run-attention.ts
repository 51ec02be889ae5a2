/**
 * The attention analyses over the questions of a stored run. Pages of questions are tallied one after the other, so
 * that nothing else waits for a long run; the result without a filter is kept until the run changes.
 */
import type { ScorerName } from '../../shared/prediction.ts';
import { runAttentionSchema, type RunAttention } from '../../shared/run-attention.ts';
import { parseWhere } from '../../shared/where.ts';
import { createAttentionTally } from '../analysis/attention.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import { ensureScopeScored } from './question-reads.ts';

/** Questions tallied without a pause; a few ms with three steps of 32 patches. */
const pageSize = 100;

export type AttentionRequest = Readonly<{ where: readonly string[]; scorer: ScorerName }>;

/** Tagged as excluded is left out unless the filter asks for it. Fails: `wrong-usage` (filter). */
export async function attentionOf(
  store: Store,
  run: RunRecord,
  { where, scorer }: AttentionRequest,
  signal?: AbortSignal,
): Promise<RunAttention> {
  const filter = parseWhere(where);
  await ensureScopeScored(store, { runId: run.runId, where, scorer });
  const current = store.runs.find(run.runId) ?? run;
  const isWhole = where.length === 0;
  const kept = isWhole ? store.analyses.kept(current, 'attention', scorer) : undefined;
  if (kept !== undefined) {
    const parsed = runAttentionSchema.safeParse(JSON.parse(kept));
    if (parsed.success) return parsed.data;
  }
  const scope = { runRow: run.runRow, scorer, where: { excluded: ['no'], ...filter } };
  const tally = createAttentionTally();
  const all = store.questions.positions(scope);
  for (let first = 0; first < all.length; first += pageSize) {
    signal?.throwIfAborted();
    const positions = Array.from(all.subarray(first, first + pageSize));
    for (const { outcome, grid, steps } of store.latentSteps.tallied(run.runRow, scorer, positions)) {
      tally.add(outcome, grid, steps);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  const result: RunAttention = { runId: run.runId, scorer, ...tally.result() };
  const unchanged = store.runs.find(run.runId)?.revision === current.revision;
  if (isWhole && unchanged && current.status !== 'running') {
    store.analyses.keep(current, 'attention', scorer, JSON.stringify(result));
  }
  return result;
}
