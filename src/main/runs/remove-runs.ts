/**
 * Deleting: a run is gone from the moment it is marked; its rows follow piece by piece. What a process leaves over,
 * also of a run that it was taking in when it was killed, the next one removes.
 */
import type { Store } from '../store/store.ts';
import { refuseCancelled, type LongWork } from './long-work.ts';
import { isOwnerAlive } from './owner.ts';
import { refuseIfOwned } from './resume-run.ts';
import { requireRun } from './run-state.ts';

/** From now on nobody sees the run. Fails: `not-found`, `run-owned`. */
export function markRemoved(store: Store, runId: string): void {
  store.transaction(() => {
    const run = requireRun(store, runId);
    refuseIfOwned(run);
    store.hiddenRuns.hide(run.runRow);
  });
}

/** Runs to remove: marked ones, and those that nobody takes in any more. Ask in the thread that makes the owners. */
export const removableRuns = (store: Store): { runRow: number; planned: number }[] =>
  store.hiddenRuns.list().filter(({ owner }) => owner === null || !isOwnerAlive(owner));

/** Fails: `cancelled`; what is left then is removed another time. */
export async function removeRows(store: Store, runRows: readonly number[], { pause, signal }: LongWork): Promise<void> {
  for (const runRow of runRows) {
    store.hiddenRuns.hide(runRow);
    while (store.hiddenRuns.removeSome(runRow) !== null) {
      await pause();
      refuseCancelled(signal);
    }
  }
}
