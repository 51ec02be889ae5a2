/** A run that arrives step by step, each step in a transaction of its own, unseen until the last one reveals it. */
import { fail } from '../../shared/failure.ts';
import type { ArrivalStep } from '../store/copy-run.ts';
import type { RunOwner } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import { refuseCancelled, type LongWork } from './long-work.ts';
import { removeRows } from './remove-runs.ts';

/** What fails or is cancelled half-way is removed again. Fails as the steps do, and: `cancelled`. */
export async function takeIn(
  store: Store,
  owner: RunOwner,
  work: LongWork,
  steps: Iterator<ArrivalStep, void>,
): Promise<void> {
  let runRow: number | null = null;
  try {
    for (;;) {
      const step = nextStep(store, owner, runRow, steps);
      ({ runRow } = step);
      work.report({ phase: 'writing', done: step.done, total: step.planned });
      if (step.isLast) return;
      await work.pause();
      refuseCancelled(work.signal);
    }
  } catch (error) {
    // Whatever cannot be removed now stays hidden, and the next process that opens the store removes it.
    if (runRow !== null) await removeRows(store, [runRow], { ...work, signal: undefined }).catch(() => undefined);
    throw error;
  }
}

function nextStep(
  store: Store,
  owner: RunOwner,
  runRow: number | null,
  steps: Iterator<ArrivalStep, void>,
): ArrivalStep {
  return store.transaction(() => {
    if (runRow !== null && store.leases.renew(runRow, owner.token, Date.now()) === null) {
      fail('cancelled', 'Another process took this one for dead and removed what had been written.');
    }
    const { value } = steps.next();
    return value ?? fail('cancelled', 'The run ended before its last step.');
  });
}
