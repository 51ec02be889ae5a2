/** Paired comparison of two stored runs over the questions that both answered. */
import type { ScorerName } from '../../shared/prediction.ts';
import type { RunComparison } from '../../shared/statistics.ts';
import { compareRuns } from '../analysis/compare-runs.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { QuestionText, SharedQuestion } from '../store/samples-repository.ts';
import type { Store } from '../store/store.ts';
import { ensureScored } from './scoring-rows.ts';

/**
 * By `scorer`, or by run A's own. Questions are the same when their ids are, unless they come from different datasets
 * and their texts say otherwise. Another gold answer alone makes no other question: labels get corrected.
 */
export async function compareStoredRuns(
  store: Store,
  runA: RunRecord,
  runB: RunRecord,
  scorer: ScorerName = runA.scorer,
): Promise<RunComparison> {
  await ensureScored(store, runA, scorer);
  await ensureScored(store, runB, scorer);
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
  return new Set(shared.filter(isDifferent).map(({ sampleId }) => sampleId));
}

/** What one side does not know (a prediction file has no question of its own, and not always choices) differs in nothing. */
function isDifferent({ a, b }: SharedQuestion): boolean {
  return differ(questionOf(a), questionOf(b)) || differ(choicesOf(a), choicesOf(b));
}

/** A prediction file's question is its prompt, which may hold the same question in other words around it. */
const questionOf = ({ question, isOfDataset }: QuestionText): string => (isOfDataset ? normalised(question) : '');
const choicesOf = ({ choices }: QuestionText): string =>
  choices.length === 0 ? '' : JSON.stringify(choices.map(normalised));

const differ = (a: string, b: string): boolean => a !== '' && b !== '' && a !== b;
const normalised = (text: string): string => text.replace(/\s+/gu, ' ').trim();
