/**
 * The API's contract: what the app, the web face and the command line can ask of the core. Implemented in
 * `src/main/api`, served in-process (command line) and over HTTP (web face). Inputs and outputs are validated
 * by these schemas at the receiver.
 *
 * Every procedure may refuse with the typed error FAILURE, whose data is a `Failure`.
 */
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { bundleSchema, precisionSchema } from './bundle.ts';
import { failureSchema } from './failure.ts';
import { predictionSchema, readingSchema, scorerNameSchema } from './prediction.ts';
import { runEventSchema, runResultSchema, runSummarySchema } from './run.ts';
import { runSettingsInputSchema } from './run-settings.ts';
import { datasetProblemSchema, datasetSummarySchema, sampleSchema } from './sample.ts';
import { accuracyRowSchema, categoryNodeSchema, runComparisonSchema } from './statistics.ts';

const procedure = oc.errors({ FAILURE: { status: 422, data: failureSchema } });

/** `field=value`; fields: split, domain, topic, category, sample, outcome (right, wrong, unparsed, failed). Terms of one field are alternatives, fields combine. */
export const whereSchema = z.array(z.string());

export const importProgressSchema = z.object({
  phase: z.enum(['hashing', 'reading', 'writing', 'checking']),
  bytesDone: z.number(),
  bytesTotal: z.number(),
  secondsLeft: z.number().nullable(),
});
export type ImportProgress = z.infer<typeof importProgressSchema>;

export const exportManifestSchema = z.record(z.string(), z.unknown());

export const questionRowSchema = z.object({
  sampleId: z.string(),
  position: z.int().min(0),
  split: z.string(),
  domain: z.string(),
  topic: z.string(),
  category: z.string(),
  question: z.string(),
  gold: z.string().nullable(),
  predicted: z.string().nullable(),
  outcome: z.enum(['right', 'wrong', 'unparsed', 'failed']),
  outputText: z.string().nullable(),
  arSteps: z.int().nullable(),
  totalMs: z.number().nullable(),
  hasTrace: z.boolean(),
});
export type QuestionRow = z.infer<typeof questionRowSchema>;

export const questionDetailSchema = z.object({
  sample: sampleSchema,
  prediction: predictionSchema,
  readings: z.array(readingSchema),
  /** Relative address of the image, or null. */
  imageUrl: z.string().nullable(),
  previousSampleId: z.string().nullable(),
  nextSampleId: z.string().nullable(),
});
export type QuestionDetail = z.infer<typeof questionDetailSchema>;

export const doctorReportSchema = z.object({
  version: z.string(),
  node: z.string(),
  platform: z.string(),
  cpu: z.string(),
  memoryBytes: z.number(),
  store: z.object({ path: z.string(), schemaVersion: z.int(), integrity: z.string(), runCount: z.int() }),
  onnxruntime: z.string(),
  devices: z.array(
    z.object({
      device: z.string(),
      available: z.boolean(),
      selfTest: z.enum(['passed', 'failed', 'not run']),
      detail: z.string(),
    }),
  ),
});
export type DoctorReport = z.infer<typeof doctorReportSchema>;

export const evaluationRequestSchema = z.object({
  dataset: z.string(),
  model: z.string(),
  split: z.string().optional(),
  where: whereSchema.default([]),
  limit: z.int().min(1).optional(),
  label: z.string().optional(),
  scorer: scorerNameSchema.default('strict'),
  settings: runSettingsInputSchema.default({}),
});
export type EvaluationRequest = z.infer<typeof evaluationRequestSchema>;

const runIdInput = z.object({ runId: z.string() });

export const contract = {
  system: {
    ping: procedure.output(z.object({ version: z.string() })),
    doctor: procedure.output(doctorReportSchema),
  },
  datasets: {
    inspect: procedure.input(z.object({ path: z.string() })).output(datasetSummarySchema),
  },
  models: {
    import: procedure
      .input(
        z.object({
          source: z.string(),
          /** Released `model.pth`, or nothing. */
          adapter: z.string().optional(),
          out: z.string(),
          precision: precisionSchema,
          loraAlpha: z.number().positive().optional(),
          /** Replace an existing bundle at `out`. */
          replace: z.boolean().default(false),
        }),
      )
      .output(
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
  },
  predictions: {
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
  },
  runs: {
    /** Plans and starts; answers as soon as the run row is written. */
    start: procedure.input(evaluationRequestSchema).output(runSummarySchema),
    resume: procedure.input(runIdInput).output(runSummarySchema),
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
      }),
    ),
    compare: procedure
      .input(z.object({ runIdA: z.string(), runIdB: z.string(), scorer: scorerNameSchema.optional() }))
      .output(runComparisonSchema),
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
    unpack: procedure.input(z.object({ file: z.string() })).output(runSummarySchema),
    delete: procedure.input(runIdInput).output(z.object({ runId: z.string() })),
    export: procedure
      .input(
        runIdInput.extend({
          questions: z.string().optional(),
          categories: z.string().optional(),
          patches: z.string().optional(),
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
  },
  questions: {
    list: procedure
      .input(
        runIdInput.extend({
          where: whereSchema.default([]),
          scorer: scorerNameSchema.optional(),
          limit: z.int().min(1).max(500).default(100),
          offset: z.int().min(0).default(0),
        }),
      )
      .output(z.object({ rows: z.array(questionRowSchema), total: z.int() })),
    get: procedure
      .input(runIdInput.extend({ sampleId: z.string(), where: whereSchema.default([]) }))
      .output(questionDetailSchema),
  },
};
export type Contract = typeof contract;
