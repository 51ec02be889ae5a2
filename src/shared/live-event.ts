/**
 * What a face hears while it is open: hints that something changed. Whoever missed some (a reconnect) reads the
 * state again; nothing is only in an event. At most five a second for each run and task.
 */
import { z } from 'zod';
import { runEventSchema } from './run.ts';
import { taskSchema } from './task.ts';

export const liveEventSchema = z.discriminatedUnion('kind', [
  /** First after each connect: read everything again. */
  z.object({ kind: z.literal('connected') }),
  /** Progress of a run, whichever process works on it. */
  z.object({ kind: z.literal('run'), event: runEventSchema }),
  /** Runs were added, removed, renamed, rescored or ended. */
  z.object({ kind: z.literal('runs') }),
  z.object({ kind: z.literal('task'), task: taskSchema }),
  /** Tags, notes, exclusions or probes changed. */
  z.object({ kind: z.literal('annotations') }),
  z.object({ kind: z.literal('datasets') }),
  z.object({ kind: z.literal('models') }),
  z.object({ kind: z.literal('views') }),
]);
export type LiveEvent = z.infer<typeof liveEventSchema>;
