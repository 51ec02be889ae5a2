/** A run's questions: filtered lists, one question with everything about it, tags, notes, probes, saved views. */
import { z } from 'zod';
import { predictionSchema, readingSchema, scorerNameSchema } from '../prediction.ts';
import { questionSortSchema } from '../question-order.ts';
import { runSettingsInputSchema, runSettingsSchema } from '../run-settings.ts';
import { sampleSchema } from '../sample.ts';
import { categoryNodeSchema } from '../statistics.ts';
import { procedure, runIdInput, whereSchema } from './procedure.ts';
import { questionSelectionSchema } from './runs.ts';

export const outcomeSchema = z.enum(['right', 'wrong', 'unparsed', 'failed']);

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
  outcome: outcomeSchema,
  outputText: z.string().nullable(),
  arSteps: z.int().nullable(),
  totalMs: z.number().nullable(),
  hasTrace: z.boolean(),
  tags: z.array(z.string()),
  hasNote: z.boolean(),
  /** Tagged `bad gold`: shown, and left out of every count. */
  excluded: z.boolean(),
  /** Vision focus and mass at the step sorted by (or the last); null without a trace. */
  visionFocus: z.number().nullable(),
  visionMass: z.number().nullable(),
  /** Relative address of the image, or null; `?size=256` for a thumbnail. */
  imageUrl: z.string().nullable(),
});
export type QuestionRow = z.infer<typeof questionRowSchema>;

/** A question run again with other settings (*Try it*): attached to the question, never a row of a run. */
export const probeSchema = z.object({
  probeId: z.string(),
  createdAt: z.string(),
  settings: runSettingsSchema,
  prediction: predictionSchema,
  /** By the run's scorer; null for a failed probe. */
  reading: readingSchema.nullable(),
});
export type Probe = z.infer<typeof probeSchema>;

export const questionDetailSchema = z.object({
  sample: sampleSchema,
  prediction: predictionSchema,
  readings: z.array(readingSchema),
  /** Relative address of the image, or null. */
  imageUrl: z.string().nullable(),
  position: z.int().min(0),
  /** Place in the filtered, sorted list (0-based) and its length; null when the question itself does not pass. */
  rank: z.int().min(0).nullable(),
  total: z.int().min(0),
  previousSampleId: z.string().nullable(),
  nextSampleId: z.string().nullable(),
  tags: z.array(z.string()),
  excluded: z.boolean(),
  note: z.string(),
  /** The same question (text and options equal) in other runs, newest first; at most 50. */
  otherRuns: z.array(
    z.object({
      runId: z.string(),
      label: z.string(),
      modelName: z.string().nullable(),
      outcome: outcomeSchema,
      predicted: z.string().nullable(),
      hasTrace: z.boolean(),
    }),
  ),
  probes: z.array(probeSchema),
});
export type QuestionDetail = z.infer<typeof questionDetailSchema>;

const questionInput = runIdInput.extend({ sampleId: z.string() });

export const questionProcedures = {
  list: procedure
    .input(
      runIdInput.extend({
        where: whereSchema.default([]),
        scorer: scorerNameSchema.optional(),
        sort: questionSortSchema.optional(),
        limit: z.int().min(1).max(500).default(100),
        offset: z.int().min(0).default(0),
      }),
    )
    .output(z.object({ rows: z.array(questionRowSchema), total: z.int() })),
  /**
   * Counts under a filter. The tree ignores the filter's own domain, topic and category, each list its own field,
   * so that what could be chosen instead stays visible. Excluded questions are counted only in `excluded`, in each
   * node's own, and under their tags.
   */
  facets: procedure
    .input(runIdInput.extend({ where: whereSchema.default([]), scorer: scorerNameSchema.optional() }))
    .output(
      z.object({
        total: z.int(),
        excluded: z.int(),
        categories: z.array(categoryNodeSchema),
        outcomes: z.array(z.object({ outcome: outcomeSchema, count: z.int() })),
        predicted: z.array(z.object({ letter: z.string().nullable(), count: z.int() })),
        gold: z.array(z.object({ letter: z.string().nullable(), count: z.int() })),
        tags: z.array(z.object({ tag: z.string(), count: z.int() })),
        splits: z.array(z.object({ split: z.string(), count: z.int() })),
        /** Questions whose scorers do not all agree; null until every scorer has read every answer (`scorers=` does it). */
        scorersDisagree: z.int().nullable(),
      }),
    ),
  get: procedure
    .input(
      questionInput.extend({
        where: whereSchema.default([]),
        sort: questionSortSchema.optional(),
        scorer: scorerNameSchema.optional(),
      }),
    )
    .output(questionDetailSchema),
  /** Adds and removes tags on every question of the selection, or on those named. `bad gold` excludes. */
  tag: procedure
    .input(
      z.object({
        selection: questionSelectionSchema.optional(),
        runId: z.string().optional(),
        sampleIds: z.array(z.string()).max(10_000).default([]),
        add: z.array(z.string().trim().min(1).max(60)).max(20).default([]),
        remove: z.array(z.string().trim().min(1).max(60)).max(20).default([]),
      }),
    )
    .output(z.object({ changed: z.int() })),
  tags: procedure.output(z.object({ tags: z.array(z.object({ tag: z.string(), count: z.int() })) })),
  /** An empty note deletes it. */
  note: procedure.input(questionInput.extend({ note: z.string().max(20_000) })).output(z.object({ note: z.string() })),
  /** Answers this one question again with other settings, ahead of a run's next batch. */
  try: procedure.input(questionInput.extend({ settings: runSettingsInputSchema })).output(probeSchema),
  deleteProbe: procedure.input(z.object({ probeId: z.string() })).output(z.object({ probeId: z.string() })),
  /** Head-mean attention of the query row over the J slots, for each latent step and layer; computed on demand. */
  layerAttention: procedure.input(questionInput).output(
    z.object({
      layerCount: z.int(),
      /** `[step][layer][slot]` */
      steps: z.array(z.array(z.array(z.number()))),
    }),
  ),
};

export const savedViewSchema = z.object({
  name: z.string().trim().min(1).max(100),
  /** The page's address behind `?`: filter, order and shape, without the run. */
  query: z.string().max(8000),
  savedAt: z.string(),
});
export type SavedView = z.infer<typeof savedViewSchema>;

export const viewProcedures = {
  list: procedure.output(z.object({ views: z.array(savedViewSchema) })),
  save: procedure.input(savedViewSchema.omit({ savedAt: true })).output(savedViewSchema),
  delete: procedure.input(z.object({ name: z.string() })).output(z.object({ name: z.string() })),
};
