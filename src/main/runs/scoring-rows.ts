/** Scores of stored answers: every scorer's, written with each batch, and again where a rule is newer. */
import { scorerNames, type Prediction, type Reading, type ScorerName } from '../../shared/prediction.ts';
import type { Sample } from '../../shared/sample.ts';
import { scorers } from '../scoring/scorers.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';

/** Answers scored in one transaction. */
const pageSize = 200;

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

/** Finds up to `limit` positions that a version of a scorer has not read. */
export type FindUnscored = (
  run: RunRecord,
  scorer: ScorerName,
  version: number,
  limit: number,
) => Promise<readonly number[]>;

/**
 * Scores whatever of the run this version of the scorer has not read yet. Lets other work in between pages.
 * `findUnscored` looks for it, by default here.
 */
export async function ensureScored(
  store: Store,
  run: RunRecord,
  scorer: ScorerName,
  findUnscored: FindUnscored = async ({ runRow }, by, version, limit) =>
    store.scores.missing(runRow, by, version, limit),
): Promise<void> {
  const { runRow } = run;
  const { version } = scorers[scorer];
  const known = scoredRevisions.get(store) ?? new Map<string, number>();
  scoredRevisions.set(store, known);
  const key = `${runRow} ${run.runId} ${scorer} ${version}`;
  if (known.get(key) === run.revision) return;
  for (;;) {
    // Read first: whatever another process writes after this counts the revision up.
    const revision = store.runs.find(run.runId)?.revision ?? run.revision;
    const missing = await findUnscored(run, scorer, version, unscoredAtOnce);
    if (missing.length === 0) {
      known.set(key, revision);
      return;
    }
    for (let first = 0; first < missing.length; first += pageSize) {
      const page = missing.slice(first, first + pageSize);
      store.transaction(() => {
        for (const question of store.predictions.at(runRow, page, { steps: 'none' })) {
          saveScore(store, runRow, scorer, question);
        }
        store.runs.touch(runRow);
      });
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** The same for every scorer, so that their disagreement is known. */
export async function ensureScoredByAll(store: Store, run: RunRecord, findUnscored?: FindUnscored): Promise<void> {
  for (const scorer of scorerNames) await ensureScored(store, run, scorer, findUnscored);
}
