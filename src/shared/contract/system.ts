/** The program itself, its live events, tasks, preferences and downloads. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { liveEventSchema } from '../live-event.ts';
import { scorerNameSchema } from '../prediction.ts';
import { taskSchema } from '../task.ts';
import { procedure, runIdInput, taskIdInput, whereSchema } from './procedure.ts';

export const doctorReportSchema = z.object({
  version: z.string(),
  node: z.string(),
  platform: z.string(),
  store: z.object({ path: z.string(), schemaVersion: z.int(), integrity: z.string(), runCount: z.int() }),
  onnxruntime: z.string(),
  devices: z.array(
    z.object({
      device: z.string(),
      /** What it computes on, or, of several adapters, could compute on; memory in bytes, null where unknown. */
      hardware: z.array(z.object({ name: z.string(), memoryBytes: z.number().nullable() })),
      available: z.boolean(),
      selfTest: z.enum(['passed', 'failed', 'not run']),
      /** Billions of float32 operations a second in matrix products; null where the self-test did not pass. */
      gigaflops: z.number().nullable(),
      detail: z.string(),
    }),
  ),
  /** What `auto` means here. */
  automatic: z.string(),
});
export type DoctorReport = z.infer<typeof doctorReportSchema>;

export const systemInfoSchema = z.object({
  version: z.string(),
  host: z.string(),
  platform: z.string(),
  storePath: z.string(),
  modelsFolder: z.string(),
  homeFolder: z.string(),
  demoDataset: z.string(),
  /** Where `penumbra demo` and *Try the demo* put their model; null until it is imported. */
  demoModel: z.string().nullable(),
});
export type SystemInfo = z.infer<typeof systemInfoSchema>;

export const systemProcedures = {
  ping: procedure.output(z.object({ version: z.string() })),
  info: procedure.output(systemInfoSchema),
  doctor: procedure.output(doctorReportSchema),
  /** Everything that changes, to its reader's end; one stream serves a whole window. */
  watch: procedure.output(eventIterator(liveEventSchema)),
};

export const taskProcedures = {
  list: procedure.output(z.object({ tasks: z.array(taskSchema) })),
  /** Stops it; what it had begun is removed. */
  cancel: procedure.input(taskIdInput).output(taskSchema),
  /** Takes an ended task off the list. */
  dismiss: procedure.input(taskIdInput).output(taskIdInput),
};

/** What faces remember (sizes, last settings): small JSON values by name, in the store. */
export const preferenceProcedures = {
  get: procedure.output(z.record(z.string(), z.unknown())),
  set: procedure
    .input(z.object({ name: z.string().regex(/^[a-z][a-z0-9-.]{0,63}$/), value: z.unknown() }))
    .output(z.object({ name: z.string() })),
};

export const exportKinds = [
  'questions',
  'categories',
  'patches',
  'regions',
  'jsonl',
  'comparison',
  'methods',
  'differences',
  'attention',
] as const;

export const exportProcedures = {
  /**
   * Writes an export to a temporary file of the core; `GET download/{downloadId}` gives it to the face that asked.
   * With `manifest` the download is a zip of the file and its manifest.
   */
  prepare: procedure
    .input(
      z.object({
        kind: z.enum(exportKinds),
        /** One run, or those compared (`comparison`: exactly two). */
        runIds: z.array(z.string()).min(1).max(50),
        where: whereSchema.default([]),
        scorer: scorerNameSchema.optional(),
        withManifest: z.boolean().default(false),
      }),
    )
    .output(
      z.object({
        downloadId: z.string(),
        fileName: z.string(),
        sizeBytes: z.number(),
        rowCount: z.int(),
        url: z.string(),
      }),
    ),
  /** The picture with its overlay as PNG, at the image's own size. `stepIndex` null: all steps. */
  picture: procedure
    .input(
      runIdInput.extend({
        sampleId: z.string(),
        stepIndex: z.int().min(0).nullable(),
        layer: z.enum(['patches', 'attention']).default('patches'),
      }),
    )
    .output(z.object({ downloadId: z.string(), fileName: z.string(), sizeBytes: z.number(), url: z.string() })),
};
