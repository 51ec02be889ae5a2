/**
 * Answers a seeded sample of a stored run again, one question at a time, and compares: output and selected
 * patches must not depend on the batch they were answered in.
 */
import { createHash } from 'node:crypto';
import { fail } from '../../shared/failure.ts';
import type { Prediction } from '../../shared/prediction.ts';
import type { RunSettings } from '../../shared/run-settings.ts';
import type { Dataset } from '../datasets/dataset.ts';
import type { StoredQuestion } from '../store/predictions-repository.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import type { EngineUse } from './engine-desk.ts';
import { refuseCancelled, type LongWorkFollower } from './long-work.ts';
import { readQuestion } from './question-feed.ts';

export type VerifyReport = {
  runId: string;
  checked: number;
  sameAnswer: number;
  samePatches: number;
  /** Sample ids whose answer or patches differ. */
  differing: string[];
};

export type VerifyParts = Readonly<{
  store: Store;
  run: RunRecord;
  settings: RunSettings;
  dataset: Dataset;
  engine: EngineUse;
}>;

/** Fails as the engine does, and: `nothing-to-do` (nothing answered yet), `cancelled`. */
export async function verifyRun(
  { store, run, settings, dataset, engine }: VerifyParts,
  choice: Readonly<{ count: number; seed: number }>,
  { signal, report: tell = () => undefined }: LongWorkFollower = {},
): Promise<VerifyReport> {
  const report: VerifyReport = { runId: run.runId, checked: 0, sameAnswer: 0, samePatches: 0, differing: [] };
  const answered = store.predictions.answeredPositions(run.runRow);
  if (answered.length === 0) fail('nothing-to-do', 'The run has no answer to verify yet.', { place: run.runId });
  const chosen = chooseSeeded(answered, choice.count, choice.seed);
  for (const stored of store.predictions.at(run.runRow, chosen, { steps: 'all' })) {
    refuseCancelled(signal);
    tell({ phase: 'answering', done: report.checked, total: chosen.length });
    const again = await answerAgain(stored, dataset, engine, settings);
    const isSameAnswer = textOf(again) === textOf(stored.prediction);
    const isSamePatches = patchesOf(again) === patchesOf(stored.prediction);
    report.checked += 1;
    if (isSameAnswer) report.sameAnswer += 1;
    if (isSamePatches) report.samePatches += 1;
    if (!isSameAnswer || !isSamePatches) report.differing.push(stored.sample.sampleId);
  }
  return report;
}

async function answerAgain(
  stored: StoredQuestion,
  dataset: Dataset,
  engine: EngineUse,
  settings: RunSettings,
): Promise<Prediction> {
  const { sampleId } = stored.sample;
  const read = await readQuestion(dataset, stored);
  if ('failure' in read) return { status: 'failed', sampleId, failure: read.failure };
  const [prediction] = await engine.answer({ ...settings, batchSize: 1 }, [read.question]);
  if (prediction === undefined) throw new Error('the engine gave no answer');
  return prediction;
}

const textOf = (prediction: Prediction): string =>
  prediction.status === 'failed'
    ? JSON.stringify([prediction.failure.kind])
    : JSON.stringify([prediction.answer.outputText, prediction.answer.outputTokenCount, prediction.answer.arSteps]);

const patchesOf = (prediction: Prediction): string =>
  prediction.status === 'failed'
    ? ''
    : JSON.stringify(prediction.answer.trace?.steps.map(({ selectedSlots }) => selectedSlots) ?? null);

/**
 * `count` of the positions without repetition, ascending. Each position's place in the draw is a hash of the seed
 * and itself, so that a larger sample of the same seed contains the smaller one.
 */
export function chooseSeeded(positions: readonly number[], count: number, seed: number): number[] {
  const drawn = positions.map((position) => ({ position, ticket: ticketOf(seed, position) }));
  drawn.sort((a, b) => (a.ticket < b.ticket ? -1 : 1));
  const chosen = drawn.slice(0, count).map(({ position }) => position);
  return chosen.sort((a, b) => a - b);
}

const ticketOf = (seed: number, position: number): string =>
  createHash('sha256').update(`${seed}:${position}`).digest('hex');
