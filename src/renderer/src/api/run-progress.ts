/** The latest event of each run that is worked on, for progress bars. */
import { useSyncExternalStore } from 'react';
import type { RunEvent } from '../../../shared/run.ts';

const latest = new Map<string, RunEvent>();
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function keepRunProgress(event: RunEvent): void {
  latest.set(event.runId, event);
  for (const listener of listeners) listener();
}

/** After a lost connection: what was heard may be old. */
export function forgetRunProgress(): void {
  latest.clear();
  for (const listener of listeners) listener();
}

/** How the run is doing; null before anything was heard of it. It goes on to say how the run ended. */
export const useRunProgress = (runId: string): RunEvent | null =>
  useSyncExternalStore(subscribe, () => latest.get(runId) ?? null);
