/**
 * What runs would do, without writing anything: questions, memory, time, the same run done before, warnings. The
 * numbers are estimates; starting the runs reads everything again.
 */
import { totalmem } from 'node:os';
import { resolve } from 'node:path';
import { latentSlotCount, type Bundle } from '../../shared/bundle.ts';
import type { EvaluationRequest, GridRequest, RunPlan } from '../../shared/contract/runs.ts';
import { bundleMemoryBytes } from '../../shared/model-memory.ts';
import { modelWarnings } from '../../shared/model-warnings.ts';
import { leftOutText } from '../../shared/left-out-text.ts';
import type { RunSettings } from '../../shared/run-settings.ts';
import type { DatasetSummary } from '../../shared/sample.ts';
import { openDataset } from '../datasets/open-dataset.ts';
import { suggestBatchSize } from '../engine/batch-size.ts';
import type { Store } from '../store/store.ts';
import { chooseQuestions, readChoice, refuseEmptyChoice, type ChosenQuestions } from './choose-questions.ts';
import { configurationHash, type Configuration } from './configuration-hash.ts';
import { secondsPerQuestion } from './expected-speed.ts';
import type { DeviceChoice } from './device-choice.ts';
import { expandGrid } from './grid.ts';
import { checkPoints, modelName } from './planner.ts';

export type PlanPreview = Readonly<{
  /** The plans of the grid's runs, in the order in which they would run. Fails as starting them would. */
  plan: (request: GridRequest) => Promise<RunPlan[]>;
}>;

/** While settings are tried in a form the questions stay the same: they are not counted anew for this long. */
const keptForMs = 20_000;
const keptCount = 4;

type Questions = ChosenQuestions &
  Pick<Configuration, 'datasetFingerprint' | 'where' | 'limit'> & { datasetWarnings: readonly string[] };

export function createPlanPreview(store: Store, devices: DeviceChoice): PlanPreview {
  const kept = new Map<string, Readonly<{ at: number; questions: Promise<Questions> }>>();
  const questionsOf = (request: EvaluationRequest): Promise<Questions> => {
    const { dataset, split, where, selection, limit } = request;
    const key = JSON.stringify([resolve(dataset), split, where, selection, limit]);
    const known = kept.get(key);
    if (known !== undefined && performance.now() - known.at < keptForMs) return known.questions;
    kept.delete(key);
    const questions = countQuestions(store, request);
    kept.set(key, { at: performance.now(), questions });
    // A refusal is told once; the next plan looks again.
    questions.catch(() => kept.delete(key));
    for (const oldest of kept.keys()) if (kept.size > keptCount) kept.delete(oldest);
    return questions;
  };
  return {
    plan: async ({ base, axes }) => {
      const points = await checkPoints(expandGrid({ base, axes }), base.label, devices);
      const questions = await questionsOf(base);
      return points.map(({ bundle, settings, label }) => {
        const { count, withoutImage, datasetWarnings, ...rest } = questions;
        const hash = configurationHash({ ...rest, modelFingerprint: bundle.fingerprint, settings });
        const seconds = secondsPerQuestion(store, bundle.fingerprint, settings);
        const memoryBytes = memoryOf(bundle, settings, count);
        return {
          label,
          settings,
          modelName: modelName(bundle),
          questionCount: count,
          rowsWithoutImage: withoutImage,
          memoryBytes,
          secondsExpected: seconds === null ? null : seconds * count,
          sameAsRunId: store.times.finishedAs(hash),
          warnings: [...datasetWarnings, ...warningsOf(bundle, settings, memoryBytes)],
        };
      });
    },
  };
}

async function countQuestions(store: Store, request: EvaluationRequest): Promise<Questions> {
  const dataset = await openDataset(resolve(request.dataset));
  try {
    const summary = await dataset.summary();
    const choice = await readChoice(store, request, summary);
    const chosen = await chooseQuestions(dataset, choice, () => undefined);
    if (chosen.count === 0) refuseEmptyChoice(summary, choice.split, chosen.withoutImage);
    return {
      ...chosen,
      datasetFingerprint: summary.fingerprint,
      where: choice.identity,
      limit: choice.limit,
      datasetWarnings: datasetWarnings(summary, choice.split),
    };
  } finally {
    await dataset.close();
  }
}

function memoryOf(bundle: Bundle, { batchSize }: RunSettings, questionCount: number): number {
  return bundleMemoryBytes(
    bundle,
    Math.min(questionCount, batchSize === 'auto' ? suggestBatchSize(bundle) : batchSize),
  );
}

function warningsOf(bundle: Bundle, settings: RunSettings, memoryBytes: number): string[] {
  const { trainedFor } = bundle;
  const warnings = modelWarnings(bundle, settings).map(sentence);
  const slots = latentSlotCount(bundle);
  if (settings.method === 'ivt-lr' && trainedFor.method === 'ivt-lr') {
    if (settings.latentSteps > trainedFor.latentSteps)
      warnings.push(`More latent steps than it was trained with (${String(trainedFor.latentSteps)}).`);
    if (settings.latentSteps * settings.patchesPerStep > slots)
      warnings.push(`The pool of ${String(slots)} patches runs out before the last step.`);
  }
  if (memoryBytes > totalmem()) warnings.push('It needs more memory than this machine has.');
  if (settings.batchSize !== 'auto' && settings.batchSize > 4 * suggestBatchSize(bundle))
    warnings.push(`The batch is large for this machine; ${String(suggestBatchSize(bundle))} is what auto would take.`);
  return warnings;
}

/** What a run of the dataset, or of one of its splits, silently would not ask or could not answer. */
function datasetWarnings({ rowsLeftOut, imagesMissing, splits }: DatasetSummary, split: string | null): string[] {
  const missing = split === null ? imagesMissing : (splits[split]?.imagesMissing ?? 0);
  return [
    ...(rowsLeftOut === 0 ? [] : [leftOutText(rowsLeftOut)]),
    ...(missing === 0
      ? []
      : [
          `${missing === 1 ? '1 picture is' : `${String(missing)} pictures are`} not there (see the dataset’s problems): such a question fails.`,
        ]),
  ];
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
