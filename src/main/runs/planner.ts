/**
 * Plans a run: which questions, in which order, by which model with which settings. Nothing is answered here; at
 * the end the run row and its plan are in the store.
 */
import { cpus, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { ZodError } from 'zod';
import type { Bundle } from '../../shared/bundle.ts';
import type { EvaluationRequest } from '../../shared/contract/runs.ts';
import { fail } from '../../shared/failure.ts';
import { resolveRunSettings, type RunSettings, type RunSettingsInput } from '../../shared/run-settings.ts';
import type { DatasetSummary, Sample } from '../../shared/sample.ts';
import type { Dataset } from '../datasets/dataset.ts';
import { openDataset } from '../datasets/open-dataset.ts';
import { readBundle } from '../files/read-bundle.ts';
import type { RunEnvironment, RunOwner } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import { parseWhere, sampleMatches, type Where } from '../../shared/where.ts';
import { checkSettings } from './check-settings.ts';
import { configurationHash } from './configuration-hash.ts';
import { deskModel, type RunInputs } from './resume-run.ts';
import { createRunId } from './run-id.ts';

/** Rows saved in one transaction: other writers get their turn in between. */
const pageSize = 2000;

export type PlannedRun = RunInputs & Readonly<{ runId: string }>;

/**
 * Writes the run, owned by `owner`. Fails as the dataset and the bundle do, and: `wrong-usage` (filter),
 * `invalid-settings`, `device-unavailable`, `nothing-to-do` (no question passes).
 */
export async function planRun(
  store: Store,
  request: EvaluationRequest,
  owner: RunOwner,
  version: string,
): Promise<PlannedRun> {
  const where = parseWhere(request.where);
  if (where.outcome !== undefined) {
    fail('wrong-usage', 'A new run has no outcomes to choose by.', { found: `outcome=${where.outcome.join(', ')}` });
  }
  const modelPath = resolve(request.model);
  const bundle = await readBundle(modelPath);
  const settings = settingsFor(request.settings, bundle);
  const dataset = await openDataset(resolve(request.dataset));
  try {
    const summary = await dataset.summary();
    const split = request.split ?? defaultSplit(summary, where);
    const datasetRow = saveDataset(store, resolve(request.dataset), summary);
    const chosen = await saveSamples(store, dataset, datasetRow, { where, split, limit: request.limit ?? null });
    if (chosen.plan.length === 0) refuseEmptyPlan(summary, split, chosen.withoutImage);
    const runId = store.transaction(() => {
      const modelRow = store.datasets.saveModel({
        fingerprint: bundle.fingerprint,
        path: modelPath,
        name: modelName(bundle),
        precision: bundle.precision,
      });
      const identity = { split: chosen.split, where: request.where, limit: request.limit ?? null, settings };
      const id = createRunId();
      const runRow = store.runs.insert(
        {
          ...identity,
          runId: id,
          kind: 'evaluation',
          label: request.label ?? defaultLabel(bundle, settings),
          status: 'running',
          createdAt: new Date().toISOString(),
          finishedAt: null,
          datasetRow,
          modelRow,
          rowsWithoutImage: chosen.withoutImage,
          planned: chosen.plan.length,
          configurationHash: configurationHash({
            ...identity,
            datasetFingerprint: summary.fingerprint,
            modelFingerprint: bundle.fingerprint,
          }),
          scorer: request.scorer,
          device: null,
          environment: environmentOf(version),
          workMs: 0,
          failure: null,
        },
        chosen.plan,
      );
      store.leases.take(runRow, { ...owner, heartbeatAt: Date.now() }, null);
      return id;
    });
    const model = deskModel({ path: modelPath, fingerprint: bundle.fingerprint }, settings);
    return { runId, dataset, settings, model };
  } catch (error) {
    await dataset.close();
    throw error;
  }
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
    return fail('invalid-settings', 'A setting of the run is out of its range.', {
      place: issue?.path.join('.') ?? '',
      expected: issue?.message ?? '',
    });
  }
}

/** `test` where there is one, otherwise the last split; none where the filter names its own. */
function defaultSplit({ splits }: DatasetSummary, where: Where): string | null {
  if (where.split !== undefined) return null;
  const names = Object.keys(splits);
  return names.includes('test') ? 'test' : (names.at(-1) ?? null);
}

/** Says the precision too: two imports of one checkpoint answer differently. */
const modelName = ({ name, precision }: Bundle): string => `${name} (${precision})`;

const defaultLabel = (bundle: Bundle, { method }: RunSettings): string => `${modelName(bundle)}, ${method}`;

type Choice = Readonly<{ where: Where; split: string | null; limit: number | null }>;
type Chosen = Readonly<{
  plan: readonly number[];
  withoutImage: number;
  /** The one split that all chosen questions are of, as the dataset calls it. */
  split: string | null;
}>;

/** Saves the chosen questions in the dataset's order; rows without an image are counted and left out. */
async function saveSamples(store: Store, dataset: Dataset, datasetRow: number, choice: Choice): Promise<Chosen> {
  const plan: number[] = [];
  const splits = new Set<string>();
  let withoutImage = 0;
  let page: Sample[] = [];
  const savePage = (): void => {
    store.transaction(() => {
      for (const sample of page) plan.push(store.samples.save(datasetRow, sample));
    });
    page = [];
  };
  for await (const sample of dataset.samples(choice.split === null ? {} : { split: choice.split })) {
    if (choice.limit !== null && plan.length + page.length >= choice.limit) break;
    if (!sampleMatches(choice.where, sample)) continue;
    if (sample.image === null) {
      withoutImage += 1;
      continue;
    }
    page.push(sample);
    splits.add(sample.split);
    if (page.length === pageSize) savePage();
  }
  savePage();
  const [split = null] = splits;
  return { plan, withoutImage, split: splits.size === 1 ? split : null };
}

function refuseEmptyPlan({ path, splits }: DatasetSummary, split: string | null, withoutImage: number): never {
  const known = Object.keys(splits).join(', ');
  fail('nothing-to-do', 'No question of the dataset passes the choice.', {
    file: path,
    ...(split === null ? {} : { place: `split ${split}` }),
    expected: `at least one question with an image (splits: ${known})`,
    found: withoutImage === 0 ? 'none' : `only ${withoutImage} without an image`,
    action: 'choose another split or filter',
  });
}
