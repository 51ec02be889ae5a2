/**
 * Engines of a run that ended without being asked to and were followed by another process: how often, and of the last
 * ones when and why. A run that was answered in spite of them says so.
 */
import { z } from 'zod';
import { failureKindSchema } from './failure.ts';

export const engineRestartSchema = z.object({
  /** When the process before it ended, ISO 8601. */
  at: z.string(),
  /** Counted from 1, as failures name it. */
  engine: z.int().min(1),
  /** Why that process ended: `engine-crashed`, `out-of-memory`, `device-lost`. */
  kind: failureKindSchema,
  /** `exit code 4`, `signal SIGKILL`, and its last words. */
  found: z.string().optional(),
});
export type EngineRestart = z.infer<typeof engineRestartSchema>;

export const engineRestartsSchema = z.object({
  count: z.int().min(1),
  /** In the order in which they happened; of many only the latest. */
  last: z.array(engineRestartSchema).min(1),
});
export type EngineRestarts = z.infer<typeof engineRestartsSchema>;

/** Most restarts of a run that are kept with when and why. */
const keptRestarts = 20;

export function withRestart(earlier: EngineRestarts | null, restart: EngineRestart): EngineRestarts {
  return {
    count: (earlier?.count ?? 0) + 1,
    last: [...(earlier?.last ?? []), restart].slice(-keptRestarts),
  };
}

/** `engine 2: out-of-memory (signal SIGKILL)`; when, is for each face to write. */
export function restartText({ engine, kind, found }: EngineRestart): string {
  return `engine ${String(engine)}: ${kind}${found === undefined ? '' : ` (${found})`}`;
}
