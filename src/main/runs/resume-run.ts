/** What has to hold before a run goes on: nobody else owns it, and dataset and model are still the same. */
import type { Bundle } from '../../shared/bundle.ts';
import { fail } from '../../shared/failure.ts';
import type { RunSettings } from '../../shared/run-settings.ts';
import type { Dataset } from '../datasets/dataset.ts';
import { readBundle } from '../files/read-bundle.ts';
import type { ModelRecord } from '../store/datasets-repository.ts';
import type { RunOwner, RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import { openChecked } from './dataset-shelf.ts';
import type { DeskModel } from './engine-desk.ts';
import { isOwnerAlive } from './owner.ts';

/** What answering a stored run needs. */
export type RunInputs = Readonly<{ dataset: Dataset; settings: RunSettings; model: ModelRecord; bundle: Bundle }>;

/** A dataset that is opened when its run's turn comes, and closed when the run ends, opened or not. */
export type DatasetSource = Readonly<{ open: () => Promise<Dataset>; close: () => Promise<void> }>;

export const openedDataset = (dataset: Dataset): DatasetSource => ({
  open: () => Promise.resolve(dataset),
  close: () => dataset.close(),
});

/** Opens the run's dataset at its turn, and makes sure then that dataset and model are still the same. */
export function datasetAtTurn(store: Store, run: RunRecord): DatasetSource {
  let opened: Dataset | null = null;
  return {
    open: async () => (opened = (await openRunInputs(store, run)).dataset),
    close: async () => opened?.close(),
  };
}

/**
 * Opens what the run was made with; the caller closes the dataset. Fails as dataset and bundle do, and
 * `run-changed`.
 */
export async function openRunInputs(store: Store, run: RunRecord): Promise<RunInputs> {
  const dataset = run.datasetRow === null ? undefined : store.datasets.getDataset(run.datasetRow);
  const model = run.modelRow === null ? undefined : store.datasets.getModel(run.modelRow);
  if (dataset === undefined || model === undefined || run.settings === null) {
    fail('wrong-usage', 'An imported run has no model that could answer its questions.', {
      place: run.runId,
      expected: 'a run that a model answered',
    });
  }
  const bundle = await readBundle(model.path);
  checkFingerprint(model, bundle);
  return { dataset: await openChecked(dataset), settings: run.settings, model, bundle };
}

type ModelPlace = Pick<ModelRecord, 'path' | 'fingerprint'>;

/** The model as the engine desk knows it, for each engine of a run. */
export const deskModels = (
  { path: bundlePath, fingerprint }: ModelPlace,
  { device, engines, gpus }: RunSettings,
): DeskModel[] =>
  Array.from({ length: engines }, (_, index) => ({
    bundlePath,
    fingerprint,
    device,
    crew: { engines, gpus },
    index,
    any: false,
  }));

/** The same for single questions of the run. */
export function deskModel({ path: bundlePath, fingerprint }: ModelPlace, { device, gpus }: RunSettings): DeskModel {
  return { bundlePath, fingerprint, device, crew: { engines: 1, gpus: gpus.slice(0, 1) }, index: 0, any: true };
}

/** Fails (`run-changed`) where another model lies at the record's path by now. */
export function checkFingerprint({ path, fingerprint }: ModelRecord, bundle: Bundle): void {
  if (bundle.fingerprint === fingerprint) return;
  fail('run-changed', 'The model has changed since the run was started.', {
    file: path,
    place: 'model fingerprint',
    expected: fingerprint,
    found: bundle.fingerprint,
    action: 'import the same checkpoint again, or start a new run',
  });
}

/** Takes the run for `owner`. Fails (`run-owned`) while somebody else works on it. */
export function takeRun(store: Store, run: RunRecord, owner: RunOwner): void {
  const previous = run.owner;
  if (previous !== null && isOwnerAlive(previous)) refuseOwned(run.runId, previous);
  if (store.leases.take(run.runRow, { ...owner, heartbeatAt: Date.now() }, previous)) return;
  const successor = store.runs.find(run.runId)?.owner ?? null;
  refuseOwned(run.runId, successor);
}

/** Fails (`run-owned`) if a living owner holds the run. */
export function refuseIfOwned(run: RunRecord): void {
  if (run.owner !== null && isOwnerAlive(run.owner)) refuseOwned(run.runId, run.owner);
}

function refuseOwned(runId: string, owner: RunOwner | null): never {
  fail('run-owned', `Another process works on the run ${runId}.`, {
    place: runId,
    found: owner === null ? 'another owner' : `process ${owner.pid} on ${owner.host}`,
    action: 'pause it there, or wait until it has finished',
  });
}
