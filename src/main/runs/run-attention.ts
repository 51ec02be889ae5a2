/**
 * The attention analyses over the questions of a stored run. Pages of questions are tallied one after the other, so
 * that nothing else waits for a long run; the result without a filter is kept until the run changes.
 */
import { z } from 'zod';
import type { ScorerName } from '../../shared/prediction.ts';
import { runAttentionSchema, type RunAttention } from '../../shared/run-attention.ts';
import { parseWhere } from '../../shared/where.ts';
import { attentionVersion, createAttentionTally } from '../analysis/attention.ts';
import { createExplicitTally } from '../analysis/explicit-attention.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';

/** Questions tallied without a pause; a few ms with three steps of 32 patches. */
const pageSize = 100;

const keptSchema = z.object({ version: z.literal(attentionVersion), attention: runAttentionSchema });

export type AttentionRequest = Readonly<{ where: readonly string[]; scorer: ScorerName }>;

/**
 * Tagged as excluded is left out unless the filter asks for it. `tally` does the work, by default here. The run has
 * been scored. Fails: `wrong-usage` (filter).
 */
export async function attentionOf(
  store: Store,
  run: RunRecord,
  request: AttentionRequest,
  tally: () => Promise<RunAttention> = () => tallyAttention(store, run, request),
): Promise<RunAttention> {
  const { where, scorer } = request;
  const current = store.runs.find(run.runId) ?? run;
  const isWhole = where.length === 0;
  const kept = isWhole ? store.analyses.kept(current, 'attention', scorer) : undefined;
  if (kept !== undefined) {
    const parsed = keptSchema.safeParse(JSON.parse(kept));
    if (parsed.success) return parsed.data.attention;
  }
  const result = await tally();
  const unchanged = store.runs.find(run.runId)?.revision === current.revision;
  if (isWhole && unchanged && current.status !== 'running') {
    store.analyses.keep(current, 'attention', scorer, JSON.stringify({ version: attentionVersion, attention: result }));
  }
  return result;
}

/** The walk over the questions; only reads. */
export async function tallyAttention(
  store: Store,
  run: RunRecord,
  { where, scorer }: AttentionRequest,
  signal?: AbortSignal,
): Promise<RunAttention> {
  const scope = { runRow: run.runRow, scorer, where: { excluded: ['no'], ...parseWhere(where) } };
  const tally = createAttentionTally();
  const explicit = createExplicitTally();
  const all = store.questions.positions(scope);
  for (let first = 0; first < all.length; first += pageSize) {
    signal?.throwIfAborted();
    const positions = Array.from(all.subarray(first, first + pageSize));
    for (const { outcome, grid, steps } of store.latentSteps.tallied(run.runRow, scorer, positions)) {
      tally.add(outcome, grid, steps);
    }
    for (const { outcome, domain, calls } of store.calls.tallied(run.runRow, scorer, positions)) {
      explicit.add(outcome, domain, calls);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  const inWords = explicit.result(store.calls.purposes(run.runRow));
  return { runId: run.runId, scorer, ...tally.result(), explicit: inWords };
}
