/**
 * Keeps a run's lease alive while this process works on it, and hears what others ask of the owner. Runs that only
 * wait for their turn share one heartbeat: a queue may be long, and each write is flushed to the disk.
 */
import { PenumbraFailure } from '../../shared/failure.ts';
import { stopRequests } from '../store/run-leases.ts';
import type { Store } from '../store/store.ts';

const heartbeatMs = 2000;

export type LeaseEvents = Readonly<{
  onStopRequested: (atOnce: boolean) => void;
  /** Another process has taken the run over. */
  onLost: () => void;
}>;

/** Well inside the time after which a silent owner counts as gone. */
const waitingHeartbeatMs = 8000;

/** Renews the lease until the returned function is called. */
export function keepLease(store: Store, runRow: number, token: string, events: LeaseEvents): () => void {
  return every(heartbeatMs, () => hear(store.leases.renew(runRow, token, Date.now()), events));
}

/** The leases of the runs of one process that wait for their turn. */
export type WaitingLeases = Readonly<{
  /** Renews this lease too, in the same write as all others, until the returned function is called. */
  keep: (token: string, events: LeaseEvents) => () => void;
}>;

export function createWaitingLeases(store: Store, everyMs: number = waitingHeartbeatMs): WaitingLeases {
  const waiting = new Map<string, LeaseEvents>();
  let stop: (() => void) | null = null;
  const beat = (): void => {
    const requests = store.leases.renewAll([...waiting.keys()], Date.now());
    for (const [token, events] of waiting) hear(requests.get(token) ?? null, events);
  };
  return {
    keep: (token, events) => {
      waiting.set(token, events);
      stop ??= every(everyMs, beat);
      return () => {
        waiting.delete(token);
        if (waiting.size > 0) return;
        stop?.();
        stop = null;
      };
    },
  };
}

function hear(request: number | null, events: LeaseEvents): void {
  if (request === null) events.onLost();
  else if (request !== stopRequests.none) events.onStopRequested(request === stopRequests.atOnce);
}

function every(ms: number, beat: () => void): () => void {
  const timer = setInterval(() => {
    try {
      beat();
    } catch (error) {
      // A store that is locked or full for a moment is no reason to stop: the next beat may pass.
      if (!(error instanceof PenumbraFailure)) throw error;
    }
  }, ms);
  timer.unref();
  return () => clearInterval(timer);
}
