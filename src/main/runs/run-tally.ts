/** A run's result from its score rows: totals, and right answers by domain and topic. */
import { z } from 'zod';
import type { ScorerName } from '../../shared/prediction.ts';
import { runResultSchema, type RunResult, type RunStatus, type Tally } from '../../shared/run.ts';
import { scorers } from '../scoring/scorers.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { StratumCount } from '../store/scores-repository.ts';
import type { Store } from '../store/store.ts';
import { ensureScored } from './scoring-rows.ts';

/** What is kept of a run between questions about it; an older rule's numbers are not ours any more. */
const keptSchema = z.object({ scorerVersion: z.int(), result: runResultSchema });

/** The run's result by a scorer, scoring first what it has not read yet. */
export async function runResult(
  store: Store,
  run: RunRecord,
  status: RunStatus,
  scorer: ScorerName,
): Promise<RunResult> {
  const kept = store.runs.keptResult(run, scorer);
  if (kept !== undefined) {
    const parsed = keptSchema.safeParse(JSON.parse(kept));
    if (parsed.success && parsed.data.scorerVersion === scorers[scorer].version)
      return { ...parsed.data.result, status };
  }
  await ensureScored(store, run, scorer);
  const fresh = store.runs.find(run.runId) ?? run;
  const result = computeResult(store, fresh, status, scorer);
  if (fresh.status !== 'running') {
    store.runs.keepResult(fresh, scorer, JSON.stringify({ scorerVersion: scorers[scorer].version, result }));
  }
  return result;
}

function computeResult(store: Store, run: RunRecord, status: RunStatus, scorer: ScorerName): RunResult {
  const counts = store.scores.tally(run.runRow, scorer);
  const countOf = (...wanted: readonly string[]): number =>
    counts.reduce((sum, { outcome, count }) => sum + (wanted.includes(outcome) ? count : 0), 0);
  const total = countOf('right', 'wrong', 'unparsed', 'failed');
  const correct = countOf('right');
  const { arSteps, totalMs } = store.predictions.means(run.runRow);
  return {
    runId: run.runId,
    status,
    total,
    correct,
    unparsed: countOf('unparsed'),
    failed: countOf('failed'),
    accuracy: total === 0 ? null : correct / total,
    byDomain: tallyBy(counts, ({ domain }) => domain),
    byTopic: tallyBy(counts, topicKey(counts)),
    arStepsMean: arSteps,
    secondsPerQuestionMean: totalMs === null ? null : totalMs / 1000,
    questionsPerSecond: run.workMs > 0 && total > 0 ? total / (run.workMs / 1000) : null,
    device: run.device,
    scorer,
  };
}

/** `topic`, or `domain/topic` for a topic whose name occurs in two domains. */
function topicKey(counts: readonly StratumCount[]): (count: StratumCount) => string {
  const domains = new Map<string, Set<string>>();
  for (const { domain, topic } of counts) domains.set(topic, (domains.get(topic) ?? new Set()).add(domain));
  return ({ domain, topic }) => ((domains.get(topic)?.size ?? 0) > 1 ? `${domain}/${topic}` : topic);
}

function tallyBy(counts: readonly StratumCount[], keyOf: (count: StratumCount) => string): Record<string, Tally> {
  const tallies = new Map<string, Tally>();
  for (const count of counts) {
    const key = keyOf(count);
    const { total, correct } = tallies.get(key) ?? { total: 0, correct: 0 };
    const right = count.outcome === 'right' ? count.count : 0;
    tallies.set(key, { total: total + count.count, correct: correct + right });
  }
  return Object.fromEntries([...tallies].sort(([a], [b]) => (a < b ? -1 : 1)));
}
