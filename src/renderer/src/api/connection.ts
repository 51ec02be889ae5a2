/**
 * Whether the core can be heard, kept up by trying again: at once, then more slowly, never more than 2 s apart while
 * the page is seen (8 s while it is hidden), and at once when the window is looked at.
 */
import { useSyncExternalStore } from 'react';
import type { LiveEvent } from '../../../shared/live-event.ts';
import { SessionEnded } from './session.ts';

/** `ended`: the server is there and does not know this browser any more. */
export type Connection = 'online' | 'offline' | 'ended';

const pausesMs = [250, 500, 1000, 2000];
const mostPauseMs = 2000;
const hiddenPauseMs = 8000;

let state: Connection = 'online';
const listeners = new Set<() => void>();

function become(next: Connection): void {
  if (next === state) return;
  state = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useConnection = (): Connection => useSyncExternalStore(subscribe, () => state);

type Read = (onEvent: (event: LiveEvent) => void, signal: AbortSignal) => Promise<void>;

/** Reads events for as long as the signal lets it, connecting again whenever the connection is lost. */
export async function keepReading(read: Read, onEvent: (event: LiveEvent) => void, signal: AbortSignal): Promise<void> {
  let failures = 0;
  const heard = (event: LiveEvent): void => {
    failures = 0;
    become('online');
    onEvent(event);
  };
  while (!signal.aborted) {
    const ended = await read(heard, signal).then(
      () => false,
      (error: unknown) => error instanceof SessionEnded,
    );
    if (signal.aborted) return;
    if (ended) become('ended');
    // One lost connection is found again before anyone needs to hear of it.
    else if (failures > 0) become('offline');
    await pause(document.hidden ? hiddenPauseMs : (pausesMs[failures] ?? mostPauseMs), signal);
    failures += 1;
  }
}

/** Waits, at most until the user comes back to the window. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      window.removeEventListener('focus', done);
      document.removeEventListener('visibilitychange', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    window.addEventListener('focus', done);
    document.addEventListener('visibilitychange', done);
    signal.addEventListener('abort', done);
  });
}
