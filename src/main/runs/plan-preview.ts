/**
 * What runs would do, without writing anything: questions, memory, time, the same run done before, warnings. The
 * numbers are estimates; starting the runs reads everything again.
 */
import { resolve } from 'node:path';
import { latentSlotCount } from '../../shared/bundle.ts';
import { sharingCount } from '../../shared/engine-places.ts';
import type { EvaluationRequest, GridRequest, RunPlan } from '../../shared/contract/runs.ts';
import { bundleMemoryBytes } from '../../shared/model-memory.ts';
import { modelWarnings } from '../../shared/model-warnings.ts';
import { isLatent } from '../../shared/run-settings.ts';
import { leftOutText } from '../../shared/left-out-text.ts';
import type { DatasetSummary } from '../../shared/sample.ts';
import { openDataset } from '../datasets/open-dataset.ts';
import { suggestBatchSize } from '../engine/batch-size.ts';
import type { BatchLimits } from './batch-limits.ts';
import { memoryThere } from './memory-shortage.ts';
import type { Store } from '../store/store.ts';
import { chooseQuestions, readChoice, refuseEmptyChoice, type ChosenQuestions } from './choose-questions.ts';
import { configurationHash, type Configuration } from './configuration-hash.ts';
import { coreCount } from './engine-threads.ts';
import { secondsPerQuestion } from './expected-speed.ts';
import type { DeviceChoice } from './device-choice.ts';
import { expandGrid } from './grid.ts';
import { checkPoints, modelName, type CheckedPoint } from './planner.ts';

export type PlanPreview = Readonly<{
  /** The plans of the grid's runs, in the order in which they would run. Fails as starting them would. */
  plan: (request: GridRequest) => Promise<RunPlan[]>;
}>;

/** While settings are tried in a form the questions stay the same: they are not counted anew for this long. */
const keptForMs = 20_000;
const keptCount = 4;

type Questions = ChosenQuestions &
  Pick<Configuration, 'datasetFingerprint' | 'where' | 'limit'> & { datasetWarnings: readonly string[] };

export function createPlanPreview(store: Store, devices: DeviceChoice, limits: BatchLimits): PlanPreview {
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
  const planOf = async (
    point: CheckedPoint,
    { count, withoutImage, datasetWarnings, ...rest }: Questions,
  ): Promise<RunPlan> => {
    const { bundle, settings, device, label } = point;
    const hash = configurationHash({ ...rest, modelFingerprint: bundle.fingerprint, settings });
    const seconds = secondsPerQuestion(store, bundle.fingerprint, settings);
    const sharing = sharingCount(settings, device);
    const deviceMemoryBytes = await devices.memoryBytes(device);
    const known = await limits.read(bundle.fingerprint, device);
    const suggested = Math.min(
      suggestBatchSize(bundle, { device, deviceMemoryBytes, sharingCount: sharing }),
      known ?? Infinity,
    );
    const batchSize = Math.min(count, settings.batchSize === 'auto' ? suggested : settings.batchSize);
    const engineBytes = bundleMemoryBytes(bundle, batchSize);
    const memory: PlannedMemory = {
      neededBytes: sharing * engineBytes,
      totalBytes: memoryThere(device, deviceMemoryBytes).totalBytes,
      suggestedBatchSize: suggested,
    };
    return {
      label,
      settings,
      modelName: modelName(bundle),
      questionCount: count,
      rowsWithoutImage: withoutImage,
      memoryBytes: settings.engines * engineBytes,
      secondsExpected: seconds === null ? null : seconds * count,
      sameAsRunId: store.times.finishedAs(hash),
      warnings: [...datasetWarnings, ...warningsOf(point, memory)],
    };
  };
  return {
    plan: async ({ base, axes }) => {
      const points = await checkPoints(expandGrid({ base, axes }), base.label, devices);
      const questions = await questionsOf(base);
      return await Promise.all(points.map((point) => planOf(point, questions)));
    },
  };
}

type PlannedMemory = Readonly<{
  /** By all engines that share the memory. */
  neededBytes: number;
  /** Of the device, or of the machine where it computes in main memory; null: not known. */
  totalBytes: number | null;
  suggestedBatchSize: number;
}>;

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

function warningsOf(
  { bundle, settings, device }: CheckedPoint,
  { neededBytes, totalBytes, suggestedBatchSize }: PlannedMemory,
): string[] {
  const { trainedFor } = bundle;
  const warnings = modelWarnings(bundle, settings).map(sentence);
  const slots = latentSlotCount(bundle);
  if (isLatent(settings.method) && isLatent(trainedFor.method)) {
    if (settings.latentSteps > trainedFor.latentSteps)
      warnings.push(`More latent steps than it was trained with (${String(trainedFor.latentSteps)}).`);
    if (settings.latentSteps * settings.patchesPerStep > slots)
      warnings.push(`The pool of ${String(slots)} patches runs out before the last step.`);
  }
  if (totalBytes !== null && neededBytes > totalBytes)
    warnings.push('It needs more memory than this machine has for it.');
  if (device === 'cpu' && settings.engines > coreCount())
    warnings.push(`More engines than this machine has cores (${String(coreCount())}): each would only be slower.`);
  if (settings.batchSize !== 'auto' && settings.batchSize > 4 * suggestedBatchSize)
    warnings.push(`The batch is large for this machine; ${String(suggestedBatchSize)} is what auto would take.`);
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
