/** A run's result from its score rows: totals, and right answers by domain and topic. */
import { z } from 'zod';
import type { ScorerName } from '../../shared/prediction.ts';
import { runResultSchema, type RunResult, type RunStatus } from '../../shared/run.ts';
import { summariseOutcomes } from '../analysis/outcomes.ts';
import { scorers } from '../scoring/scorers.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import { ensureScored, type ScoreMissing } from './scoring-rows.ts';

/** What is kept of a run between questions about it; an older rule's numbers are not ours any more. */
const keptSchema = z.object({ scorerVersion: z.int(), result: runResultSchema });

/** Who reads a run's rows for its result: by default the asker itself. */
export type ResultReads = Readonly<{
  score?: ScoreMissing;
  compute?: (run: RunRecord, status: RunStatus, scorer: ScorerName) => Promise<RunResult>;
}>;

/** The run's result by a scorer, scoring first what it has not read yet. */
export async function runResult(
  store: Store,
  run: RunRecord,
  status: RunStatus,
  scorer: ScorerName,
  { score, compute }: ResultReads = {},
): Promise<RunResult> {
  const kept = store.runs.keptResult(run, scorer);
  if (kept !== undefined) {
    const parsed = keptSchema.safeParse(JSON.parse(kept));
    if (parsed.success && parsed.data.scorerVersion === scorers[scorer].version)
      return { ...parsed.data.result, status };
  }
  await ensureScored(store, run, scorer, score);
  const fresh = store.runs.find(run.runId) ?? run;
  const result = await (compute?.(fresh, status, scorer) ?? computeResult(store, fresh, status, scorer));
  if (fresh.status !== 'running') {
    store.runs.keepResult(fresh, scorer, JSON.stringify({ scorerVersion: scorers[scorer].version, result }));
  }
  return result;
}

/** From the rows as they are; only reads. */
export function computeResult(store: Store, run: RunRecord, status: RunStatus, scorer: ScorerName): RunResult {
  const { arSteps, totalMs } = store.predictions.means(run.runRow);
  const counts = summariseOutcomes(store.scores.tally(run.runRow, scorer));
  const answered = counts.total + counts.excluded;
  const remarks = store.calls.remarkCounts(run.runRow);
  return {
    runId: run.runId,
    status,
    ...counts,
    arStepsMean: arSteps,
    secondsPerQuestionMean: totalMs === null ? null : totalMs / 1000,
    // Of the work that was done, whatever was excluded later.
    questionsPerSecond: run.workMs > 0 && answered > 0 ? answered / (run.workMs / 1000) : null,
    device: run.device,
    scorer,
    ...(remarks.length === 0 ? {} : { remarks }),
  };
}
