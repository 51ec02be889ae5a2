/** A run that this process works on: its engines, its lease, its progress, and the two ways to stop it. */
import type { RunSettings } from '../../shared/run-settings.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import type { BatchLimits } from './batch-limits.ts';
import type { DeskModel, EngineDesk, EngineUse } from './engine-desk.ts';
import { keepLease, type WaitingLeases } from './lease-keeper.ts';
import { retireOwner } from './owner.ts';
import type { DatasetSource } from './resume-run.ts';
import { LeaseLost, failureOfBug, runLoop, type RunEnd } from './run-loop.ts';
import { RunProgress } from './run-progress.ts';

export type ActiveRun = Readonly<{
  runId: string;
  progress: RunProgress;
  /** Stops after the batch in flight, or at once by ending the engines. */
  stop: (atOnce: boolean) => void;
  /** Resolves when the run's row says how it ended; rejects with a bug. */
  ended: Promise<void>;
}>;

export type ActiveRunParts = Readonly<{
  store: Store;
  desk: EngineDesk;
  batchLimits: BatchLimits;
  run: RunRecord;
  settings: RunSettings;
  /** One for each engine that is to work on it. */
  models: readonly DeskModel[];
  token: string;
  /** Closed when the run ends. */
  dataset: DatasetSource;
  /** The run waits for this: one device works on one run at a time. */
  turn: Promise<void>;
  /** Keeps its lease until then. */
  waiting: WaitingLeases;
}>;

/** Starts working on a run whose lease this process holds. */
export function startActiveRun(parts: ActiveRunParts): ActiveRun {
  const { store, run, token } = parts;
  const [model] = parts.models;
  if (model === undefined) throw new Error('a run has at least one engine');
  const counts = store.scores.tally(run.runRow, run.scorer);
  const countOf = (outcome: string | null): number =>
    counts.reduce(
      (sum, each) => sum + (outcome === null || each.outcome === outcome ? each.count + each.excluded : 0),
      0,
    );
  const progress = new RunProgress(run.runId, run.planned, {
    done: countOf(null),
    correct: countOf('right'),
    failed: countOf('failed'),
  });
  let engines: readonly EngineUse[] = [];
  let stopping = false;
  const stopped = Promise.withResolvers<void>();
  const stop = (atOnce: boolean): void => {
    stopping = true;
    stopped.resolve();
    if (atOnce) for (const engine of engines) engine.stop();
  };
  const leaseEvents = { onStopRequested: stop, onLost: () => stop(true) };
  let releaseLease = parts.waiting.keep(token, leaseEvents);

  const work = async (): Promise<void> => {
    let isFinished = false;
    try {
      await Promise.race([parts.turn, stopped.promise]);
      releaseLease();
      releaseLease = keepLease(store, run.runRow, token, leaseEvents);
      engines = parts.models.map((each) => parts.desk.use(each, 'batch'));
      // Stopped while it waited: nothing is to be loaded for it.
      if (stopping) stop(true);
      const { open: openDataset } = parts.dataset;
      const isStopping = (): boolean => stopping;
      const end = await runLoop({ ...parts, model, openDataset, engines, progress, isStopping, onStopRequested: stop });
      isFinished = end.status === 'finished';
      release(parts, end);
    } catch (error) {
      if (error instanceof LeaseLost) return;
      release(parts, { status: 'paused', failure: failureOfBug(error), suspects: [], restarts: null });
      throw error;
    } finally {
      releaseLease();
      retireOwner(token);
      // The next run may want the same model; whoever stops a run wants the memory back.
      await Promise.all(engines.map((engine) => engine.leave(isFinished)));
      await parts.dataset.close();
    }
  };
  const ended = work();
  // Whoever follows the run meets a bug through `ended`; nobody has to.
  ended.catch(() => undefined);
  return { runId: run.runId, progress, stop, ended };
}

function release({ store, run, token }: ActiveRunParts, { status, failure, suspects, restarts }: RunEnd): void {
  store.transaction(() => {
    const finishedAt = status === 'finished' ? new Date().toISOString() : null;
    if (store.leases.release(run.runRow, token, { status, failure, finishedAt })) {
      store.runs.setSuspects(run.runRow, suspects);
      if (restarts !== null) store.runs.setRestarts(run.runRow, restarts);
    }
  });
}
