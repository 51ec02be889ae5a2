/** Starting, resuming, pausing and following runs: one queue for this process, one loop for each run. */
import type { EvaluationRequest, GridRequest } from '../../shared/contract/runs.ts';
import type { RunEvent } from '../../shared/run.ts';
import type { RunSettings } from '../../shared/run-settings.ts';
import type { Dataset } from '../datasets/dataset.ts';
import { stopRequests } from '../store/run-leases.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import { startActiveRun, type ActiveRun } from './active-run.ts';
import type { BatchLimits } from './batch-limits.ts';
import { checkEngines } from './check-engines.ts';
import type { DeviceChoice } from './device-choice.ts';
import type { DeskModel, EngineDesk } from './engine-desk.ts';
import { createWaitingLeases } from './lease-keeper.ts';
import { createOwner, retireOwner } from './owner.ts';
import { expandGrid, type GridPoint } from './grid.ts';
import { planRuns, type PlannedRuns } from './planner.ts';
import {
  datasetAtTurn,
  deskModels,
  openedDataset,
  openRunInputs,
  refuseIfOwned,
  takeRun,
  type DatasetSource,
} from './resume-run.ts';
import { requireRun, statusOf } from './run-state.ts';
import { followStore, type StoreChange } from './follow-store.ts';
import { watchRun } from './watch.ts';

/** How often the store is asked whether another process has stopped a run. */
const pollMs = 200;

export type RunControlOptions = Readonly<{
  store: Store;
  desk: EngineDesk;
  devices: DeviceChoice;
  batchLimits: BatchLimits;
  version: string;
}>;

/** Another number of engines, or other GPUs. */
export type EngineChange = Readonly<{ engines?: number | undefined; gpus?: readonly number[] | undefined }>;

export type RunControl = Readonly<{
  /** Each returns the run as it stands; `pause` once it has stopped. */
  start: (request: EvaluationRequest) => Promise<RunRecord>;
  /** Every run of the grid is written, then they run one after the other. */
  startGrid: (request: GridRequest) => Promise<RunRecord[]>;
  /** With the engines it had, or others: they are no part of what was asked. */
  resume: (runId: string, change?: EngineChange) => Promise<RunRecord>;
  pause: (runId: string, force: boolean) => Promise<RunRecord>;
  watch: (runId: string, signal?: AbortSignal) => AsyncGenerator<RunEvent, void, void>;
  /** Reports what changes in the store, this process's runs included, until the returned function is called. */
  follow: (report: (change: StoreChange) => void) => () => void;
  /** The runs that this process works on, or holds in its queue. */
  atWork: () => readonly string[];
  /** Pauses everything that this process works on. */
  close: () => Promise<void>;
}>;

/** What answering a run takes, its dataset perhaps not open yet. */
type ActiveInputs = Readonly<{ dataset: DatasetSource; settings: RunSettings; models: readonly DeskModel[] }>;

export function createRunControl({ store, desk, devices, batchLimits, version }: RunControlOptions): RunControl {
  const active = new Map<string, ActiveRun>();
  const followers = new Set<() => void>();
  const waiting = createWaitingLeases(store);
  let lastTurn: Promise<void> = Promise.resolve();

  const begin = (runId: string, token: string, inputs: ActiveInputs): RunRecord => {
    const run = requireRun(store, runId);
    const before = lastTurn;
    const started = startActiveRun({ store, desk, batchLimits, run, token, turn: before, waiting, ...inputs });
    const ended = started.ended.finally(() => active.delete(runId));
    active.set(runId, { ...started, ended });
    // A run that is paused while it waits ends before its turn: the next one still waits for those before it.
    lastTurn = Promise.allSettled([before, ended]).then(() => undefined);
    return run;
  };

  /** Hours may lie before a run's turn: whoever waits opens the dataset anew then, and both it and the model are looked at. */
  const sourceOf = async (runId: string, dataset: Dataset): Promise<DatasetSource> => {
    if (active.size === 0) return openedDataset(dataset);
    await dataset.close();
    return datasetAtTurn(store, requireRun(store, runId));
  };

  /** Plans under owners that are retired again where the plan fails. */
  const plan = async (points: readonly GridPoint[], request: EvaluationRequest): Promise<PlannedRuns> => {
    const tokens: string[] = [];
    const owner = () => {
      const created = createOwner();
      tokens.push(created.token);
      return created;
    };
    try {
      return await planRuns(store, points, request, { createOwner: owner, version, devices });
    } catch (error) {
      for (const token of tokens) retireOwner(token);
      throw error;
    }
  };

  return {
    start: async (request) => {
      const { dataset, runs } = await plan(expandGrid({ base: request, axes: [] }), request);
      const [only] = runs;
      if (only === undefined) throw new Error('a request without axes is one run');
      return begin(only.runId, only.token, { ...only, dataset: await sourceOf(only.runId, dataset) });
    },
    startGrid: async ({ base, axes }) => {
      const { dataset, runs } = await plan(expandGrid({ base, axes }), base);
      // Each opens the dataset at its turn.
      await dataset.close();
      return runs.map((planned) =>
        begin(planned.runId, planned.token, {
          ...planned,
          dataset: datasetAtTurn(store, requireRun(store, planned.runId)),
        }),
      );
    },
    resume: async (runId, change = {}) => {
      const run = requireRun(store, runId);
      if (run.status === 'finished' || active.has(runId)) return run;
      refuseIfOwned(run);
      const { model, bundle, ...opened } = await openRunInputs(store, run);
      const dataset = await sourceOf(runId, opened.dataset);
      const owner = createOwner();
      try {
        const settings = withEngines(opened.settings, change);
        await checkEngines(settings, bundle, devices);
        takeRun(store, requireRun(store, runId), owner);
        store.runs.setSettings(run.runRow, settings);
        return begin(runId, owner.token, { settings, models: deskModels(model, settings), dataset });
      } catch (error) {
        retireOwner(owner.token);
        await dataset.close();
        throw error;
      }
    },
    pause: async (runId, force) => {
      const run = requireRun(store, runId);
      const here = active.get(runId);
      if (here !== undefined) {
        here.stop(force);
        await here.ended;
        return requireRun(store, runId);
      }
      store.leases.requestStop(run.runRow, force ? stopRequests.atOnce : stopRequests.afterBatch);
      while (statusOf(requireRun(store, runId)) === 'running')
        await new Promise((resolve) => setTimeout(resolve, pollMs));
      return requireRun(store, runId);
    },
    watch: (runId, signal) => watchRun(store, runId, (id) => active.get(id), signal),
    atWork: () => [...active.keys()],
    follow: (report) => {
      const stop = followStore(store, (id) => active.get(id), report);
      followers.add(stop);
      return () => {
        followers.delete(stop);
        stop();
      };
    },
    close: async () => {
      const runs = [...active.values()];
      for (const run of runs) run.stop(false);
      await Promise.allSettled(runs.map(({ ended }) => ended));
      for (const stop of followers) stop();
    },
  };
}

/** GPUs alone mean an engine for each; another number of engines takes the first ones again. */
function withEngines(settings: RunSettings, { engines, gpus }: EngineChange): RunSettings {
  if (engines === undefined && gpus === undefined) return settings;
  return { ...settings, engines: engines ?? gpus?.length ?? 1, gpus: [...(gpus ?? [])] };
}
