/** Scores of stored answers: every scorer's, written with each batch, and again where a rule is newer. */
import { fail } from '../../shared/failure.ts';
import { scorerNames, type Prediction, type Reading, type ScorerName } from '../../shared/prediction.ts';
import type { Sample } from '../../shared/sample.ts';
import { scorers } from '../scoring/scorers.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import { longWorkHere, refuseCancelled, type LongWork } from './long-work.ts';

/** Answers scored in one transaction: about 50 ms of inserts, and few flushes (they took half the time at 200). */
const pageSize = 1000;

/** Positions asked for in one look: a look begins at the first position again. */
const unscoredAtOnce = 100_000;

/** What the scorer reads in the prediction; null for a failed question. */
export function readPrediction(scorer: ScorerName, sample: Sample, prediction: Prediction): Reading | null {
  if (prediction.status === 'failed') return null;
  const { outputText, messages, prompt } = prediction.answer;
  const { choices, answerIndex } = sample;
  return scorers[scorer].score({ outputText, messages, prompt, choices, answerIndex });
}

/**
 * Writes what every scorer reads in the prediction, so that their disagreement can be counted at once; returns what
 * `scorer` read. Call it inside the transaction of the prediction.
 */
export function savePredictionScores(
  store: Store,
  runRow: number,
  scorer: ScorerName,
  question: ScoredQuestion,
): Reading | null {
  for (const other of scorerNames) if (other !== scorer) saveScore(store, runRow, other, question);
  return saveScore(store, runRow, scorer, question);
}

type ScoredQuestion = Readonly<{ position: number; sample: Sample; prediction: Prediction }>;

/** Writes what one scorer reads; else as `savePredictionScores`. */
export function saveScore(store: Store, runRow: number, scorer: ScorerName, question: ScoredQuestion): Reading | null {
  const reading = readPrediction(scorer, question.sample, question.prediction);
  store.scores.save(runRow, question.position, scorer, scorers[scorer].version, reading);
  return reading;
}

/** Revisions of runs that are known to be scored to the last row, by store; looking takes longer than a page. */
const scoredRevisions = new WeakMap<Store, Map<string, number>>();

/** Scores what this version of the scorer has not read yet; returns the revision of the run at which nothing was left. */
export type ScoreMissing = (run: RunRecord, scorer: ScorerName) => Promise<number>;

/** Scores whatever of the run this version of the scorer has not read yet: by `score`, by default here. */
export async function ensureScored(
  store: Store,
  run: RunRecord,
  scorer: ScorerName,
  score: ScoreMissing = (each, by) => scoreMissing(store, each.runId, by, longWorkHere()),
): Promise<void> {
  const known = scoredRevisions.get(store) ?? new Map<string, number>();
  scoredRevisions.set(store, known);
  const key = `${run.runRow} ${run.runId} ${scorer} ${scorers[scorer].version}`;
  if (known.get(key) === run.revision) return;
  known.set(key, await score(run, scorer));
}

/** A `ScoreMissing` in pages, each a transaction. Fails: `not-found` (the run is gone), `cancelled`. */
export async function scoreMissing(store: Store, runId: string, scorer: ScorerName, work: LongWork): Promise<number> {
  const { version } = scorers[scorer];
  for (let done = 0; ;) {
    // Read first: whatever another process writes after this counts the revision up.
    const { runRow, revision } = rowOf(store, runId);
    const missing = store.scores.missing(runRow, scorer, version, unscoredAtOnce);
    if (missing.length === 0) return revision;
    const total = done + missing.length;
    for (let first = 0; first < missing.length; first += pageSize) {
      refuseCancelled(work.signal);
      scorePage(store, runId, scorer, missing.slice(first, first + pageSize));
      done += Math.min(pageSize, missing.length - first);
      work.report({ phase: 'scoring', done, total });
      await work.pause();
    }
  }
}

function scorePage(store: Store, runId: string, scorer: ScorerName, positions: readonly number[]): void {
  store.transaction(() => {
    const { runRow } = rowOf(store, runId);
    for (const question of store.predictions.at(runRow, positions, { steps: 'none' })) {
      saveScore(store, runRow, scorer, question);
    }
    store.runs.touch(runRow);
  });
}

const rowOf = (store: Store, runId: string): RunRecord =>
  store.runs.find(runId) ?? fail('not-found', 'The run has been deleted meanwhile.', { place: runId });

/** The same for every scorer, so that their disagreement is known. */
export async function ensureScoredByAll(store: Store, run: RunRecord, score?: ScoreMissing): Promise<void> {
  for (const scorer of scorerNames) await ensureScored(store, run, scorer, score);
}
