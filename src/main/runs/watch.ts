/** Follows a run: at most five events a second, the present state first and the final one last. */
import type { RunEvent } from '../../shared/run.ts';
import type { Store } from '../store/store.ts';
import type { ActiveRun } from './active-run.ts';
import { requireRun, statusOf } from './run-state.ts';

const eventIntervalMs = 200;
/** How often the store is asked about a run of another process. */
const pollMs = 500;

/** `activeOf` gives the run while this process works on it. Ends when the run does, or with `signal`. */
export async function* watchRun(
  store: Store,
  runId: string,
  activeOf: (runId: string) => ActiveRun | undefined,
  signal?: AbortSignal,
): AsyncGenerator<RunEvent, void, void> {
  let previous = '';
  let sequence = 0;
  const abort = abortOf(signal);
  for (;;) {
    if (signal?.aborted === true) return;
    const active = activeOf(runId);
    // Taken before the state is read: a change in between is not missed.
    const changed = active?.progress.changed;
    const state = active === undefined ? storedState(store, runId) : activeState(active);
    const text = JSON.stringify(state);
    if (text !== previous) yield { ...state, sequence };
    if (text !== previous) sequence += 1;
    previous = text;
    if (state.status !== 'running') return;
    await Promise.race([delay(active === undefined ? pollMs : eventIntervalMs), active?.ended ?? abort, abort]);
    if (active !== undefined) await Promise.race([changed, active.ended, abort]);
  }
}

/** What the store knows; its speed is not measured from here. */
export function storedState(store: Store, runId: string): Omit<RunEvent, 'sequence'> {
  const run = requireRun(store, runId);
  const status = statusOf(run);
  const counts = store.scores.tally(run.runRow, run.scorer);
  const countOf = (outcome: string): number =>
    counts.reduce((sum, each) => sum + (each.outcome === outcome ? each.count + each.excluded : 0), 0);
  return {
    runId,
    status,
    done: store.predictions.count(run.runRow),
    planned: run.planned,
    correct: countOf('right'),
    failed: countOf('failed'),
    questionsPerSecond: null,
    secondsLeft: null,
    phase: status === 'running' ? 'answering' : status,
  };
}

/** What this process knows of a run that it works on. */
export const activeState = (active: ActiveRun): Omit<RunEvent, 'sequence'> => ({
  ...active.progress.state(),
  status: 'running',
});

const delay = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** Resolves when the signal aborts; never without one. */
function abortOf(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) resolve();
    signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}
