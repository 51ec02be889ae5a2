/** Models: bundles that an import made, their checks, and imports with progress. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { bundleSchema, bundleWithoutSourcesSchema, precisionSchema, weightErrorSchema } from '../bundle.ts';
import { failureSchema } from '../failure.ts';
import { taskSchema } from '../task.ts';
import { procedure } from './procedure.ts';

export const importProgressSchema = z.object({
  phase: z.enum(['hashing', 'reading', 'converting', 'checking']),
  /** Of the checkpoint, as it is stored: what has been read of it and converted. */
  bytesDone: z.number(),
  bytesTotal: z.number(),
  /** What the model's weights will take, in its own precision. */
  modelBytes: z.number(),
  secondsLeft: z.number().nullable(),
});
export type ImportProgress = z.infer<typeof importProgressSchema>;

export const modelImportSchema = z.object({
  source: z.string(),
  /** What the model is called; the Hub's name or the folder's where it is missing. */
  name: z.string().trim().min(1).max(100).optional(),
  /** Released `model.pth`, a PEFT adapter's folder, or nothing. */
  adapter: z.string().optional(),
  out: z.string(),
  precision: precisionSchema,
  loraAlpha: z.number().positive().optional(),
  /** Replace an existing bundle at `out`. */
  replace: z.boolean().default(false),
});

/** How the bundle's numbers compare with the checkpoint's, and whether it answers. */
export const modelReportSchema = z.object({
  checkedAt: z.string(),
  /** The engine loaded it and answered the built-in question. */
  answers: z.boolean(),
  failure: failureSchema.nullable(),
  device: z.string().nullable(),
  loadSeconds: z.number().nullable(),
  /** Of the built-in question, one at a time. */
  secondsPerQuestion: z.number().nullable(),
  memoryBytes: z.number().nullable(),
  /** Whether the engine's self-test against PyTorch's answer passes on this machine (doctor's). */
  selfTest: z.enum(['passed', 'failed', 'not run']),
  /** Of the stored against the checkpoint's weights: 0 for f32, null where an older import did not measure it. */
  weightError: weightErrorSchema.nullable(),
});
export type ModelReport = z.infer<typeof modelReportSchema>;

export const knownModelSchema = z.object({
  fingerprint: z.string(),
  /** `name (precision)` */
  name: z.string(),
  path: z.string(),
  exists: z.boolean(),
  /** Null when the folder is gone or its bundle cannot be read (`failure` says why). */
  bundle: bundleWithoutSourcesSchema.nullable(),
  failure: failureSchema.nullable(),
  sizeBytes: z.number().nullable(),
  runCount: z.int().min(0),
  /** From this machine's runs, newest first that has times; null before any. */
  secondsPerQuestion: z.number().nullable(),
  report: modelReportSchema.nullable(),
  isDemo: z.boolean(),
});
export type KnownModel = z.infer<typeof knownModelSchema>;

export const importPlanSchema = z.object({
  source: z.string(),
  adapter: z.string().nullable(),
  /** Where it will be written unless the user says otherwise: in the program's folder of models. */
  out: z.string(),
  outExists: z.boolean(),
  name: z.string(),
  architecture: z.string(),
  parameterCount: z.number(),
  sourceBytes: z.number(),
  /** For each precision: bytes on disk, and memory to run one question with the default settings. */
  precisions: z.array(z.object({ precision: precisionSchema, diskBytes: z.number(), memoryBytes: z.number() })),
  diskFreeBytes: z.number().nullable(),
  memoryTotalBytes: z.number(),
  trainedFor: z.string(),
  notes: z.array(z.string()),
});
export type ImportPlan = z.infer<typeof importPlanSchema>;

export const modelProcedures = {
  /** The command line's import: it ends when its reader goes. */
  import: procedure.input(modelImportSchema).output(
    eventIterator(
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('progress'), progress: importProgressSchema }),
        z.object({
          kind: z.literal('done'),
          bundle: bundleSchema,
          seconds: z.number(),
          peakMemoryBytes: z.number(),
        }),
      ]),
    ),
  ),
  inspect: procedure.input(z.object({ path: z.string() })).output(bundleSchema),
  /** Bundles in the program's folder, those that runs used, and those added by hand. */
  list: procedure.output(
    z.object({ modelsFolder: z.string(), models: z.array(knownModelSchema), diskBytes: z.number() }),
  ),
  /** Puts an existing bundle folder on the list. */
  add: procedure.input(z.object({ path: z.string() })).output(z.object({ fingerprint: z.string() })),
  /** What an import would make and need; reads the checkpoint's headers only. */
  plan: procedure
    .input(
      z.object({
        source: z.string(),
        name: z.string().trim().min(1).max(100).optional(),
        adapter: z.string().optional(),
        precision: precisionSchema.default('int8'),
      }),
    )
    .output(importPlanSchema),
  /** Imports in the background; a check follows it. `out` missing: as planned. */
  startImport: procedure.input(modelImportSchema.extend({ out: z.string().optional() })).output(taskSchema),
  /** The built-in demo model, imported once; done at once where it is up to date. */
  startDemoImport: procedure.output(taskSchema),
  /** Loads it, answers the built-in question, and keeps the report. */
  startCheck: procedure.input(z.object({ fingerprint: z.string() })).output(taskSchema),
  /** Deletes the bundle's folder where the program made it; otherwise only forgets it. Runs stay. */
  delete: procedure
    .input(z.object({ fingerprint: z.string() }))
    .output(z.object({ fingerprint: z.string(), deletedBytes: z.number() })),
};
