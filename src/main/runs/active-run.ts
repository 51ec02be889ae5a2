/** A run that this process works on: its engine, its lease, its progress, and the two ways to stop it. */
import type { RunSettings } from '../../shared/run-settings.ts';
import type { Dataset } from '../datasets/dataset.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import type { EngineHost } from './engine-host.ts';
import { EngineSupervisor } from './engine-supervisor.ts';
import { keepLease } from './lease-keeper.ts';
import { retireOwner } from './owner.ts';
import { LeaseLost, failureOfBug, runLoop, type RunEnd } from './run-loop.ts';
import { RunProgress } from './run-progress.ts';

export type ActiveRun = Readonly<{
  runId: string;
  progress: RunProgress;
  /** Stops after the batch in flight, or at once by ending the engine. */
  stop: (atOnce: boolean) => void;
  /** Resolves when the run's row says how it ended; rejects with a bug. */
  ended: Promise<void>;
}>;

export type ActiveRunParts = Readonly<{
  store: Store;
  engineHost: EngineHost;
  threadCount: number | null;
  run: RunRecord;
  settings: RunSettings;
  bundlePath: string;
  token: string;
  /** Closed when the run ends. */
  dataset: Dataset;
  /** The run waits for this: one device works on one run at a time. */
  turn: Promise<void>;
}>;

/** Starts working on a run whose lease this process holds. */
export function startActiveRun(parts: ActiveRunParts): ActiveRun {
  const { store, run, token, settings, bundlePath, threadCount } = parts;
  const counts = store.scores.tally(run.runRow, run.scorer);
  const countOf = (outcome: string | null): number =>
    counts.reduce((sum, each) => sum + (outcome === null || each.outcome === outcome ? each.count : 0), 0);
  const progress = new RunProgress(run.runId, run.planned, {
    done: countOf(null),
    correct: countOf('right'),
    failed: countOf('failed'),
  });
  const engine = new EngineSupervisor(parts.engineHost, { bundlePath, device: settings.device, threadCount });
  let stopping = false;
  const stop = (atOnce: boolean): void => {
    stopping = true;
    if (atOnce) engine.kill();
  };
  const releaseLease = keepLease(store, run.runRow, token, { onStopRequested: stop, onLost: () => stop(true) });

  const work = async (): Promise<void> => {
    try {
      await parts.turn;
      const end = await runLoop({ ...parts, engine, progress, isStopping: () => stopping, onStopRequested: stop });
      release(parts, end);
    } catch (error) {
      if (error instanceof LeaseLost) return;
      release(parts, { status: 'paused', failure: failureOfBug(error), suspects: [] });
      throw error;
    } finally {
      releaseLease();
      retireOwner(token);
      await engine.close();
      await parts.dataset.close();
    }
  };
  const ended = work();
  // Whoever follows the run meets a bug through `ended`; nobody has to.
  ended.catch(() => undefined);
  return { runId: run.runId, progress, stop, ended };
}

function release({ store, run, token }: ActiveRunParts, { status, failure, suspects }: RunEnd): void {
  store.transaction(() => {
    const finishedAt = status === 'finished' ? new Date().toISOString() : null;
    if (store.leases.release(run.runRow, token, { status, failure, finishedAt })) {
      store.runs.setSuspects(run.runRow, suspects);
    }
  });
}
