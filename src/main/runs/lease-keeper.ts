/** Keeps a run's lease alive while this process works on it, and hears what others ask of the owner. */
import { PenumbraFailure } from '../../shared/failure.ts';
import { stopRequests } from '../store/run-leases.ts';
import type { Store } from '../store/store.ts';

const heartbeatMs = 2000;

export type LeaseEvents = Readonly<{
  onStopRequested: (atOnce: boolean) => void;
  /** Another process has taken the run over. */
  onLost: () => void;
}>;

/** Renews the lease until the returned function is called. */
export function keepLease(
  store: Store,
  runRow: number,
  token: string,
  events: LeaseEvents,
  everyMs: number = heartbeatMs,
): () => void {
  const beat = (): void => {
    try {
      const request = store.leases.renew(runRow, token, Date.now());
      if (request === null) events.onLost();
      else if (request !== stopRequests.none) events.onStopRequested(request === stopRequests.atOnce);
    } catch (error) {
      // A store that is locked or full for a moment is no reason to stop: the next beat may pass.
      if (!(error instanceof PenumbraFailure)) throw error;
    }
  };
  const timer = setInterval(beat, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
