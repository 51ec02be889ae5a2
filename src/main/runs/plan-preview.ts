/**
 * What runs would do, without writing anything: questions, memory, time, the same run done before, warnings. The
 * numbers are estimates; starting the runs reads everything again.
 */
import { resolve } from 'node:path';
import type { EvaluationRequest, GridRequest, RunPlan } from '../../shared/contract/runs.ts';
import { leftOutText } from '../../shared/left-out-text.ts';
import type { DatasetSummary } from '../../shared/sample.ts';
import { openDataset } from '../datasets/open-dataset.ts';
import { readBundle } from '../files/read-bundle.ts';
import type { BatchLimits } from './batch-limits.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import { chooseQuestions, readChoice, refuseEmptyChoice, type ChosenQuestions } from './choose-questions.ts';
import { configurationHash, type Configuration } from './configuration-hash.ts';
import { secondsPerQuestion } from './expected-speed.ts';
import type { DeviceChoice } from './device-choice.ts';
import { expandGrid } from './grid.ts';
import { machineWarnings, plannedMemory, runWarnings } from './plan-warnings.ts';
import { checkPoints, modelName, type CheckedPoint } from './planner.ts';

export type PlanPreview = Readonly<{
  /** The plans of the grid's runs, in the order in which they would run. Fails as starting them would. */
  plan: (request: GridRequest) => Promise<RunPlan[]>;
  /** What to mind about one run, its dataset apart: that is for starting it to read. Fails as `plan`, the dataset apart. */
  warningsOf: (request: EvaluationRequest) => Promise<string[]>;
  /** What to mind about the engines that a stored run goes on with. Fails as bundles and devices do. */
  engineWarningsOf: (run: RunRecord) => Promise<string[]>;
}>;

/** While settings are tried in a form the questions stay the same: they are not counted anew for this long. */
const keptForMs = 20_000;
const keptCount = 4;

type Questions = ChosenQuestions &
  Pick<Configuration, 'datasetFingerprint' | 'where' | 'limit'> & { datasetWarnings: readonly string[] };

export function createPlanPreview(store: Store, devices: DeviceChoice, limits: BatchLimits): PlanPreview {
  const machine = { devices, limits };
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
    const { bundle, settings, label } = point;
    const hash = configurationHash({ ...rest, modelFingerprint: bundle.fingerprint, settings });
    const seconds = secondsPerQuestion(store, bundle.fingerprint, settings);
    const memory = await plannedMemory(point, count, machine);
    return {
      label,
      settings,
      modelName: modelName(bundle),
      questionCount: count,
      rowsWithoutImage: withoutImage,
      memoryBytes: settings.engines * memory.engineBytes,
      secondsExpected: seconds === null ? null : seconds * count,
      sameAsRunId: store.times.finishedAs(hash),
      warnings: [...datasetWarnings, ...runWarnings(point, memory)],
    };
  };
  return {
    plan: async ({ base, axes }) => {
      const points = await checkPoints(expandGrid({ base, axes }), base.label, devices);
      const questions = await questionsOf(base);
      return await Promise.all(points.map((point) => planOf(point, questions)));
    },
    warningsOf: async (request) => {
      const points = await checkPoints(expandGrid({ base: request, axes: [] }), request.label, devices);
      const warnings = points.map(async (point) =>
        runWarnings(point, await plannedMemory(point, request.limit ?? Infinity, machine)),
      );
      return (await Promise.all(warnings)).flat();
    },
    engineWarningsOf: async ({ modelRow, settings, planned }) => {
      const model = modelRow === null ? undefined : store.datasets.getModel(modelRow);
      if (model === undefined || settings === null) return [];
      const bundle = await readBundle(model.path);
      const point = { bundle, settings, device: await devices.choose(settings.device) };
      return machineWarnings(point, await plannedMemory(point, planned, machine));
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
