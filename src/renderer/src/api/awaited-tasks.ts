/**
 * Tasks that this page has started and whose file it wants, until they have ended: the list of tasks is the same in
 * every tab, and only one of them should download. A short task may have ended before the page ever saw it running.
 */
import { useSyncExternalStore } from 'react';

let awaited: ReadonlySet<string> = new Set();
const listeners = new Set<() => void>();

function change(next: ReadonlySet<string>): void {
  awaited = next;
  for (const listener of listeners) listener();
}

export function awaitTask(taskId: string): void {
  change(new Set([...awaited, taskId]));
}

/** Whether the task was awaited here; it no longer is. */
export function answerAwaited(taskId: string): boolean {
  if (!awaited.has(taskId)) return false;
  change(new Set([...awaited].filter((id) => id !== taskId)));
  return true;
}

export function useAwaitedTasks(): ReadonlySet<string> {
  return useSyncExternalStore(subscribe, () => awaited);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
