/** The latest event of each run that is worked on, for progress bars. */
import { useSyncExternalStore } from 'react';
import { questionsDone, type RunEvent, type RunSummary } from '../../../shared/run.ts';

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

/** After a lost connection: speed and time left may be old. What was answered stays answered. */
export function forgetRunSpeeds(): void {
  for (const [runId, event] of latest) latest.set(runId, { ...event, questionsPerSecond: null, secondsLeft: null });
  for (const listener of listeners) listener();
}

/** How the run is doing; null before anything was heard of it. It goes on to say how the run ended. */
export const useRunProgress = (runId: string): RunEvent | null =>
  useSyncExternalStore(subscribe, () => latest.get(runId) ?? null);

/**
 * How many of the run's questions are answered, excluded ones too. Events are ahead of the summary while the run goes
 * on, the summary is ahead of them after a lost connection; answers are never taken back, so the larger is right.
 */
export function answeredCount(run: Pick<RunSummary, 'total' | 'excluded'>, progress: RunEvent | null): number {
  return Math.max(questionsDone(run), progress?.done ?? 0);
}
