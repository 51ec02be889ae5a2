/**
 * Long work beside the answering of runs: imports and checks of models, packs, large imports and unpackings, scoring of
 * large runs, verifications. A task lives in the core, so that it goes on when a page is left
 * or reloaded; every face sees it, may cancel it and may wait for its end.
 */
import { z } from 'zod';
import { failureSchema } from './failure.ts';

export const taskKinds = [
  'model-import',
  'model-check',
  'pack',
  'unpack',
  'predictions-import',
  'scoring',
  'verify',
] as const;
export type TaskKind = (typeof taskKinds)[number];

export const taskSchema = z.object({
  taskId: z.string(),
  kind: z.enum(taskKinds),
  /** For people: `Import Qwen2-VL-2B as int4`. */
  title: z.string(),
  status: z.enum(['running', 'done', 'failed', 'cancelled']),
  /** What it is busy with: `hashing`, `writing`, … */
  phase: z.string(),
  done: z.number().min(0),
  /** 0 while unknown. */
  total: z.number().min(0),
  unit: z.enum(['bytes', 'questions', 'rows']),
  secondsLeft: z.number().nullable(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  failure: failureSchema.nullable(),
  /** What came of it: where the face can go from here. */
  result: z
    .object({
      runId: z.string().optional(),
      modelFingerprint: z.string().optional(),
      /** Of a prepared download (`exports`). */
      downloadId: z.string().optional(),
      /** A file or folder on the machine of the core. */
      path: z.string().optional(),
      /** One line for people. */
      summary: z.string().optional(),
    })
    .nullable(),
});
export type Task = z.infer<typeof taskSchema>;
