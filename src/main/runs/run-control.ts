/** Starting, resuming, pausing and following runs: one queue for this process, one loop for each run. */
import type { EvaluationRequest } from '../../shared/contract/runs.ts';
import type { RunEvent } from '../../shared/run.ts';
import { stopRequests } from '../store/run-leases.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import { startActiveRun, type ActiveRun } from './active-run.ts';
import type { EngineDesk } from './engine-desk.ts';
import { createOwner, retireOwner } from './owner.ts';
import { planRun } from './planner.ts';
import { openRunInputs, refuseIfOwned, takeRun, type RunInputs } from './resume-run.ts';
import { requireRun, statusOf } from './run-state.ts';
import { followStore, type StoreChange } from './follow-store.ts';
import { watchRun } from './watch.ts';

/** How often the store is asked whether another process has stopped a run. */
const pollMs = 200;

export type RunControlOptions = Readonly<{
  store: Store;
  desk: EngineDesk;
  version: string;
}>;

export type RunControl = Readonly<{
  /** Each returns the run as it stands; `pause` once it has stopped. */
  start: (request: EvaluationRequest) => Promise<RunRecord>;
  resume: (runId: string) => Promise<RunRecord>;
  pause: (runId: string, force: boolean) => Promise<RunRecord>;
  watch: (runId: string, signal?: AbortSignal) => AsyncGenerator<RunEvent, void, void>;
  /** Reports what changes in the store, this process's runs included, until the returned function is called. */
  follow: (report: (change: StoreChange) => void) => () => void;
  /** The runs that this process works on, or holds in its queue. */
  atWork: () => readonly string[];
  /** Pauses everything that this process works on. */
  close: () => Promise<void>;
}>;

export function createRunControl({ store, desk, version }: RunControlOptions): RunControl {
  const active = new Map<string, ActiveRun>();
  const followers = new Set<() => void>();
  let lastTurn: Promise<void> = Promise.resolve();

  const begin = (runId: string, token: string, inputs: RunInputs): RunRecord => {
    const run = requireRun(store, runId);
    const started = startActiveRun({ store, desk, run, token, turn: lastTurn, ...inputs });
    const ended = started.ended.finally(() => active.delete(runId));
    active.set(runId, { ...started, ended });
    lastTurn = ended.catch(() => undefined);
    return run;
  };

  return {
    start: async (request) => {
      const owner = createOwner();
      try {
        const { runId, ...inputs } = await planRun(store, request, owner, version);
        return begin(runId, owner.token, inputs);
      } catch (error) {
        retireOwner(owner.token);
        throw error;
      }
    },
    resume: async (runId) => {
      const run = requireRun(store, runId);
      if (run.status === 'finished' || active.has(runId)) return run;
      refuseIfOwned(run);
      const inputs = await openRunInputs(store, run);
      const owner = createOwner();
      try {
        takeRun(store, requireRun(store, runId), owner);
        return begin(runId, owner.token, inputs);
      } catch (error) {
        retireOwner(owner.token);
        await inputs.dataset.close();
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
