/** Runs: plan, start (one or a grid), follow, look at, compare, rescore, pack. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { methodTableSchema, sweepPointSchema } from '../comparison.ts';
import { scorerNameSchema } from '../prediction.ts';
import { newlyExcludedSchema } from '../newly-excluded.ts';
import { runAttentionSchema } from '../run-attention.ts';
import { runEventSchema, runResultSchema, runSummarySchema } from '../run.ts';
import { runSettingsInputSchema, runSettingsSchema } from '../run-settings.ts';
import { datasetProblemSchema } from '../sample.ts';
import { accuracyRowSchema, categoryNodeSchema, runComparisonSchema } from '../statistics.ts';
import { taskSchema } from '../task.ts';
import { procedure, runIdInput, whereSchema } from './procedure.ts';

export const exportManifestSchema = z.record(z.string(), z.unknown());

/** Questions of a stored run that pass a filter: to run them again, tag or export them. */
export const questionSelectionSchema = z.object({
  runId: z.string(),
  where: whereSchema.default([]),
  scorer: scorerNameSchema.optional(),
});
export type QuestionSelection = z.infer<typeof questionSelectionSchema>;

export const evaluationRequestSchema = z.object({
  dataset: z.string(),
  model: z.string(),
  split: z.string().optional(),
  where: whereSchema.default([]),
  /** Only the questions that this selection of another run holds (of the same dataset). */
  selection: questionSelectionSchema.optional(),
  limit: z.int().min(1).optional(),
  label: z.string().max(200).optional(),
  scorer: scorerNameSchema.default('strict'),
  settings: runSettingsInputSchema.default({}),
});
export type EvaluationRequest = z.infer<typeof evaluationRequestSchema>;

/** Settings to vary: every combination is a run. `model` varies the bundle's path. */
export const gridAxisSchema = z.object({
  name: z.union([z.literal('model'), runSettingsSchema.keyof()]),
  values: z
    .array(z.union([z.string(), z.number()]))
    .min(1)
    .max(64),
});
export type GridAxis = z.infer<typeof gridAxisSchema>;

export const gridRequestSchema = z.object({
  base: evaluationRequestSchema,
  axes: z.array(gridAxisSchema).max(8).default([]),
});
export type GridRequest = z.infer<typeof gridRequestSchema>;

/** What a run would do: checked against dataset and bundle, nothing written. */
export const runPlanSchema = z.object({
  label: z.string(),
  settings: runSettingsSchema,
  modelName: z.string(),
  questionCount: z.int().min(0),
  rowsWithoutImage: z.int().min(0),
  memoryBytes: z.number().nullable(),
  /** From this machine's runs of the model, or its check; null before any. */
  secondsExpected: z.number().nullable(),
  /** A finished run with the same configuration, or null. */
  sameAsRunId: z.string().nullable(),
  warnings: z.array(z.string()),
});
export type RunPlan = z.infer<typeof runPlanSchema>;

/** A run that was started or goes on, and what to mind about it. */
export const startedRunSchema = runSummarySchema.extend({ warnings: z.array(z.string()) });
export type StartedRun = z.infer<typeof startedRunSchema>;

/** What goes for good with a run, and when it was last written to a file of its own. */
export const runDeletionSchema = z.object({
  runId: z.string(),
  answers: z.int().min(0),
  notes: z.int().min(0),
  /** Questions that were tried again. */
  probes: z.int().min(0),
  packedAt: z.string().nullable(),
  /** As CSV or JSON Lines, whole or in part; such files do not bring a run back. */
  exportedAt: z.string().nullable(),
});
export type RunDeletion = z.infer<typeof runDeletionSchema>;

/** The run that arrived; `newlyExcluded` where it changed the results of others. */
export const unpackedRunSchema = runSummarySchema.extend({ newlyExcluded: newlyExcludedSchema.optional() });
export type UnpackedSummary = z.infer<typeof unpackedRunSchema>;

export const runProcedures = {
  /** The plans of a grid's runs (one without axes), in the order in which they would run. At most 200. */
  plan: procedure.input(gridRequestSchema).output(z.object({ runs: z.array(runPlanSchema) })),
  /** Plans and starts; answers as soon as the run row is written. */
  start: procedure.input(evaluationRequestSchema).output(startedRunSchema),
  /** Queues every run of a grid; they run one after the other. */
  startGrid: procedure.input(gridRequestSchema).output(z.object({ runs: z.array(runSummarySchema) })),
  /** The built-in demo dataset by the built-in demo model, which has to be imported. */
  startDemo: procedure.output(runSummarySchema),
  /** `engines` and `gpus` take the place of those it had: they are no part of what was asked. */
  resume: procedure
    .input(runIdInput.extend(runSettingsInputSchema.pick({ engines: true, gpus: true }).shape))
    .output(startedRunSchema),
  /** Finishes the batch in flight, then stops; the run can be resumed. `force` kills the engine at once. */
  pause: procedure.input(runIdInput.extend({ force: z.boolean().default(false) })).output(runSummarySchema),
  /** Events until the run is no longer running; the current state comes first. */
  watch: procedure.input(runIdInput).output(eventIterator(runEventSchema)),
  list: procedure
    .input(z.object({ limit: z.int().min(1).max(1000).default(100), offset: z.int().min(0).default(0) }))
    .output(z.object({ runs: z.array(runSummarySchema), total: z.int() })),
  show: procedure.input(runIdInput.extend({ scorer: scorerNameSchema.optional() })).output(
    z.object({
      run: runSummarySchema,
      categories: z.array(categoryNodeSchema),
      /** ScienceQA's own tables (subject, modality, grade); empty for other datasets. */
      tables: z.array(accuracyRowSchema),
      manifest: exportManifestSchema,
      /** `penumbra eval …` that repeats it, started as this program is (npm's way in a checkout); null for imported predictions. */
      repeatCommand: z.string().nullable(),
    }),
  ),
  rename: procedure.input(runIdInput.extend({ label: z.string().trim().min(1).max(200) })).output(runSummarySchema),
  /**
   * Times and AR steps of the answered questions: quantiles and 30 equal bins up to the 99th percentile (of AR steps
   * at least, so that a bin holds whole steps).
   */
  times: procedure.input(runIdInput).output(
    z.object({
      phases: z.array(z.object({ phase: z.string(), meanMs: z.number() })),
      totalMs: distributionSchema(),
      arSteps: distributionSchema(),
    }),
  ),
  /** Masses, focus, border share and selection maps by step, right and wrong apart. */
  attention: procedure
    .input(runIdInput.extend({ where: whereSchema.default([]), scorer: scorerNameSchema.optional() }))
    .output(runAttentionSchema),
  compare: procedure
    .input(z.object({ runIdA: z.string(), runIdB: z.string(), scorer: scorerNameSchema.optional() }))
    .output(runComparisonSchema),
  /** The main table over the questions that all runs hold; the first run is the baseline unless another is named. */
  methodTable: procedure
    .input(
      z.object({
        runIds: z.array(z.string()).min(1).max(50),
        baselineRunId: z.string().optional(),
        scorer: scorerNameSchema.optional(),
        /** How many differences by category are told. */
        differences: z.int().min(0).max(1_000_000).default(20),
      }),
    )
    .output(methodTableSchema),
  /** Accuracy by domain of each run with its N and K; runs without such settings are left out. */
  sweep: procedure
    .input(z.object({ runIds: z.array(z.string()).min(1).max(200), scorer: scorerNameSchema.optional() }))
    .output(z.object({ points: z.array(sweepPointSchema) })),
  rescore: procedure.input(runIdInput.extend({ scorer: scorerNameSchema })).output(runResultSchema),
  /** Answers a sample of the run again at batch size 1 and reports differences. */
  verify: procedure
    .input(runIdInput.extend({ count: z.int().min(1).default(20), seed: z.int().min(0).default(0) }))
    .output(
      z.object({
        runId: z.string(),
        checked: z.int(),
        sameAnswer: z.int(),
        samePatches: z.int(),
        differing: z.array(z.string()),
      }),
    ),
  pack: procedure
    .input(runIdInput.extend({ file: z.string() }))
    /** `imagesLeftOut`: images of questions that could not be read where the run was packed. */
    .output(z.object({ file: z.string(), sizeBytes: z.int(), imagesLeftOut: z.int().min(0) })),
  /** Packs in the background; the result is a download. */
  startPack: procedure.input(runIdInput).output(taskSchema),
  unpack: procedure.input(z.object({ file: z.string() })).output(unpackedRunSchema),
  /** What deleting these runs would take along. */
  deletionPlan: procedure
    .input(z.object({ runIds: z.array(z.string()).min(1).max(1000) }))
    .output(z.object({ runs: z.array(runDeletionSchema) })),
  delete: procedure.input(runIdInput).output(z.object({ runId: z.string() })),
  export: procedure
    .input(
      runIdInput.extend({
        questions: z.string().optional(),
        categories: z.string().optional(),
        patches: z.string().optional(),
        regions: z.string().optional(),
        jsonl: z.string().optional(),
        where: whereSchema.default([]),
        scorer: scorerNameSchema.optional(),
      }),
    )
    .output(
      z.object({
        files: z.array(z.object({ kind: z.string(), path: z.string(), rowCount: z.int() })),
        manifest: exportManifestSchema,
      }),
    ),
};

function distributionSchema() {
  return z
    .object({
      count: z.int(),
      mean: z.number(),
      median: z.number(),
      p90: z.number(),
      max: z.number(),
      /** Upper edge of the last bin; larger values are counted in it. */
      binEnd: z.number(),
      bins: z.array(z.int()),
    })
    .nullable();
}

export const predictionProcedures = {
  /** Which of the known datasets hold the file's questions, by the first 200 ids; the best first. */
  fit: procedure.input(z.object({ file: z.string() })).output(
    z.object({
      looked: z.int().min(0),
      datasets: z.array(z.object({ path: z.string(), name: z.string(), matched: z.int().min(1) })),
    }),
  ),
  import: procedure
    .input(
      z.object({
        file: z.string(),
        dataset: z.string().optional(),
        scorer: scorerNameSchema,
        label: z.string().optional(),
      }),
    )
    /** `problems`: rows that were mended or left out; none of them stops an import. */
    .output(runResultSchema.extend({ problems: z.array(datasetProblemSchema) })),
};
