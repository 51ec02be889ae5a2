/**
 * Plans runs: which questions, in which order, by which models with which settings. Nothing is answered here; at
 * the end the runs' rows and their plans are in the store.
 */
import { cpus, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { ZodError } from 'zod';
import type { Bundle } from '../../shared/bundle.ts';
import type { EvaluationRequest } from '../../shared/contract/runs.ts';
import { fail } from '../../shared/failure.ts';
import {
  describeMethod,
  resolveRunSettings,
  type RunSettings,
  type RunSettingsInput,
} from '../../shared/run-settings.ts';
import type { DatasetSummary } from '../../shared/sample.ts';
import type { Dataset } from '../datasets/dataset.ts';
import { openDataset } from '../datasets/open-dataset.ts';
import type { OnnxDevice } from '../engine/devices.ts';
import { readBundle } from '../files/read-bundle.ts';
import type { NewRun, RunEnvironment, RunOwner } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import { checkEngines } from './check-engines.ts';
import { checkSettings } from './check-settings.ts';
import { chooseQuestions, readChoice, refuseEmptyChoice } from './choose-questions.ts';
import { datasetName } from './dataset-name.ts';
import { configurationHash } from './configuration-hash.ts';
import type { DeviceChoice } from './device-choice.ts';
import { withoutIdleAxes, type GridPoint } from './grid.ts';
import { deskModels } from './resume-run.ts';
import type { DeskModel } from './engine-desk.ts';
import { createRunId } from './run-id.ts';

/** A run of a plan before it is written: model and settings are there and fit each other. */
export type CheckedPoint = Readonly<{
  modelPath: string;
  bundle: Bundle;
  settings: RunSettings;
  device: OnnxDevice;
  label: string;
}>;

export type PlannedRun = Readonly<{
  runId: string;
  token: string;
  settings: RunSettings;
  models: readonly DeskModel[];
}>;
export type PlannedRuns = Readonly<{ dataset: Dataset; runs: readonly PlannedRun[] }>;

/**
 * Reads the models and checks the settings of every run; what would be the same run is one. Fails as bundles do, and: `invalid-settings`,
 * and as `checkEngines` does.
 */
export async function checkPoints(
  points: readonly GridPoint[],
  label: string | undefined,
  devices: DeviceChoice,
): Promise<CheckedPoint[]> {
  const bundles = new Map<string, Bundle>();
  const checked: CheckedPoint[] = [];
  const severalModels = new Set(points.map(({ model }) => resolve(model))).size > 1;
  const seen = new Set<string>();
  for (const point of points) {
    const modelPath = resolve(point.model);
    const bundle = bundles.get(modelPath) ?? (await readBundle(modelPath));
    bundles.set(modelPath, bundle);
    const { settings: input, varied } = withoutIdleAxes(point, point.settings.method ?? bundle.trainedFor.method);
    const key = JSON.stringify([modelPath, input]);
    if (seen.has(key)) continue;
    seen.add(key);
    const settings = settingsFor(input, bundle);
    const device = await checkEngines(settings, bundle, devices);
    const { title } = describeMethod(settings.method);
    const named = label === undefined ? [modelName(bundle), title] : [label];
    const parts = [
      ...named,
      ...(label !== undefined && severalModels ? [modelName(bundle)] : []),
      ...varied.filter(({ name }) => name !== 'method' || label !== undefined).map(({ text }) => text),
    ];
    checked.push({ modelPath, bundle, settings, device, label: parts.join(', ').slice(0, 200) });
  }
  return checked;
}

export type PlanParts = Readonly<{ createOwner: () => RunOwner; version: string; devices: DeviceChoice }>;

/**
 * Writes the runs, each owned by an owner of its own; all of them or none. They ask the same questions. Fails as
 * `checkPoints`, `readChoice` and datasets do, and: `nothing-to-do` (no question passes).
 */
export async function planRuns(
  store: Store,
  points: readonly GridPoint[],
  request: EvaluationRequest,
  { createOwner, version, devices }: PlanParts,
): Promise<PlannedRuns> {
  const checked = await checkPoints(points, request.label, devices);
  const dataset = await openDataset(resolve(request.dataset));
  try {
    const summary = await dataset.summary();
    const choice = await readChoice(store, request, summary);
    const datasetRow = saveDataset(store, resolve(request.dataset), summary);
    const plan: number[] = [];
    const { withoutImage, split } = await chooseQuestions(dataset, choice, (page) =>
      store.transaction(() => {
        for (const sample of page) plan.push(store.samples.save(datasetRow, sample));
      }),
    );
    if (plan.length === 0) refuseEmptyChoice(summary, choice.split, withoutImage);
    const parts = {
      split,
      where: choice.terms,
      limit: choice.limit,
      datasetRow,
      rowsWithoutImage: withoutImage,
      planned: plan.length,
      scorer: request.scorer,
      environment: {
        ...environmentOf(version),
        datasetName: await datasetName(resolve(request.dataset)),
        rowsLeftOut: summary.rowsLeftOut,
      },
    };
    const identity = { datasetFingerprint: summary.fingerprint, split, where: choice.identity, limit: choice.limit };
    const runs = await writeRuns(store, checked, createOwner, (point) => ({
      run: {
        ...parts,
        ...newRunOf(store, point, configurationHash({ ...identity, ...hashedOf(point) })),
        environment: { ...parts.environment, weights: point.bundle.trained ? 'trained' : 'random' },
      },
      plan,
    }));
    return { dataset, runs };
  } catch (error) {
    await dataset.close();
    throw error;
  }
}

type WrittenRun = Readonly<{ run: NewRun; plan: readonly number[] }>;

/** One transaction for each run, so that other work gets its turn; what was written goes if a later one fails. */
async function writeRuns(
  store: Store,
  points: readonly CheckedPoint[],
  createOwner: () => RunOwner,
  runOf: (point: CheckedPoint) => WrittenRun,
): Promise<PlannedRun[]> {
  const written: (PlannedRun & { runRow: number })[] = [];
  try {
    for (const point of points) {
      const owner = createOwner();
      const { runId, runRow } = store.transaction(() => {
        const { run, plan } = runOf(point);
        const row = store.runs.insert(run, plan);
        store.leases.take(row, { ...owner, heartbeatAt: Date.now() }, null);
        return { runId: run.runId, runRow: row };
      });
      const { settings, modelPath: path, bundle } = point;
      const models = deskModels({ path, fingerprint: bundle.fingerprint }, settings);
      written.push({ runId, runRow, token: owner.token, settings, models });
      await new Promise((resolve) => setImmediate(resolve));
    }
    return written;
  } catch (error) {
    for (const { runRow } of written) store.hiddenRuns.removeAtOnce(runRow);
    throw error;
  }
}

const hashedOf = ({ bundle, settings }: CheckedPoint) => ({ modelFingerprint: bundle.fingerprint, settings });

type PointColumns =
  | 'runId'
  | 'kind'
  | 'label'
  | 'status'
  | 'createdAt'
  | 'finishedAt'
  | 'modelRow'
  | 'settings'
  | 'configurationHash'
  | 'device'
  | 'workMs'
  | 'failure';

function newRunOf(
  store: Store,
  { bundle, modelPath, settings, label }: CheckedPoint,
  hash: string,
): Pick<NewRun, PointColumns> {
  const { fingerprint, precision } = bundle;
  return {
    runId: createRunId(),
    kind: 'evaluation',
    label,
    status: 'running',
    createdAt: new Date().toISOString(),
    finishedAt: null,
    modelRow: store.datasets.saveModel({ fingerprint, path: modelPath, name: modelName(bundle), precision }),
    settings,
    configurationHash: hash,
    device: null,
    workMs: 0,
    failure: null,
  };
}

/** Notes (or finds) the dataset and where it lies. */
export function saveDataset(store: Store, path: string, { fingerprint, format, licence }: DatasetSummary): number {
  return store.datasets.saveDataset({ fingerprint, path, format, licence });
}

/** The machine and versions of whoever runs. */
export function environmentOf(version: string): RunEnvironment {
  return {
    penumbra: version,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    memoryBytes: totalmem(),
  };
}

function settingsFor(input: RunSettingsInput, bundle: Bundle): RunSettings {
  try {
    const settings = resolveRunSettings(input, bundle.trainedFor);
    checkSettings(settings, bundle);
    return settings;
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    const [issue] = error.issues;
    const place = issue?.path.join('.') ?? '';
    const given = Object.entries(input).find(([name]) => name === issue?.path[0])?.[1];
    return fail('invalid-settings', 'A setting of the run is out of its range.', {
      place,
      expected: issue?.message ?? '',
      ...(given === undefined ? {} : { found: JSON.stringify(given) }),
    });
  }
}

/** Says the precision too: two imports of one checkpoint answer differently. */
export const modelName = ({ name, precision }: Bundle): string => `${name} (${precision})`;
