/**
 * Engines behind pages work below normal priority: a run takes what the machine has left, and never the moment in
 * which a key or a query is answered. On an idle machine it costs nothing. On Linux threads inherit it from the
 * thread that starts them, so it has to be set right after the start, before a model is loaded.
 */
import { constants, setPriority } from 'node:os';

/** Does nothing where the process is gone or the system refuses. */
export function yieldToPages(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch (error) {
    // A system that does not allow it runs the engine as any other process.
    if (!(error instanceof Error) || !('code' in error)) throw error;
  }
}
