/** Any number of runs side by side: the paper's main table from one's own runs, and accuracy against N and K. */
import { z } from 'zod';
import { publishedChoiceSchema } from './published-choice.ts';
import { runConditionsSchema } from './run-conditions.ts';
import { intervalSchema } from './statistics.ts';

/** A row of the main table. */
export const methodRowSchema = z.object({
  runId: z.string(),
  label: z.string(),
  method: z.string().nullable(),
  modelName: z.string().nullable(),
  /** N and K of the run; null for imported predictions. */
  latentSteps: z.int().nullable(),
  patchesPerStep: z.int().nullable(),
  intervention: z.string().nullable(),
  conditions: runConditionsSchema,
  /** What its seconds come from besides: where it ran, and the model's precision. */
  timing: runConditionsSchema,
  /** Over the questions that all compared runs hold (excluded ones left out). */
  questionCount: z.int().min(0),
  correct: z.int().min(0),
  accuracy: intervalSchema.nullable(),
  unparsed: z.int().min(0),
  failed: z.int().min(0),
  arStepsMean: z.number().nullable(),
  secondsMean: z.number().nullable(),
  secondsMedian: z.number().nullable(),
  secondsP90: z.number().nullable(),
  /** Seconds of the baseline over seconds of this run (means); null where either is unknown. */
  speedUp: z.number().nullable(),
  /** Paired with the baseline; null for the baseline itself. McNemar's exact p and Holm's over the rows. */
  againstBaseline: z
    .object({
      difference: intervalSchema.nullable(),
      rightToWrong: z.int().min(0),
      wrongToRight: z.int().min(0),
      pValue: z.number(),
      pValueHolm: z.number(),
    })
    .nullable(),
  /** Accuracy by domain, over the same questions. */
  byDomain: z.array(
    z.object({ domain: z.string(), total: z.int(), correct: z.int(), accuracy: intervalSchema.nullable() }),
  ),
});
export type MethodRow = z.infer<typeof methodRowSchema>;

/** A run against the baseline in one domain ([domain]), topic or category, over the questions that all runs answered. */
export const categoryDifferenceSchema = z.object({
  path: z.array(z.string()),
  runId: z.string(),
  questionCount: z.int().min(1),
  baselineAccuracy: z.number(),
  accuracy: z.number(),
  rightToWrong: z.int().min(0),
  wrongToRight: z.int().min(0),
  /** Exact McNemar, and Holm's over all runs and nodes of the level. */
  pValue: z.number(),
  pValueHolm: z.number(),
});
export type CategoryDifference = z.infer<typeof categoryDifferenceSchema>;

export const methodTableSchema = z.object({
  scorer: z.string(),
  baselineRunId: z.string(),
  rows: z.array(methodRowSchema),
  /** Questions that all runs hold. */
  commonQuestions: z.int().min(0),
  /** Questions left out because not every run holds them, or because they differ in text. */
  leftOut: z.int().min(0),
  differentQuestions: z.int().min(0),
  excluded: z.int().min(0),
  /** Where the runs differ from the baseline, the smallest p first; as many as were asked for. */
  differences: z.array(categoryDifferenceSchema),
  /** The paper's experiment that is nearest by the names of models and datasets; null: none. */
  published: publishedChoiceSchema.nullable(),
});
export type MethodTable = z.infer<typeof methodTableSchema>;

/** One point of accuracy against a setting: a run, at one domain ('' for all). */
export const sweepPointSchema = z.object({
  runId: z.string(),
  latentSteps: z.int(),
  patchesPerStep: z.int(),
  intervention: z.string(),
  conditions: runConditionsSchema,
  modelName: z.string().nullable(),
  domain: z.string(),
  total: z.int().min(0),
  correct: z.int().min(0),
  accuracy: intervalSchema.nullable(),
});
export type SweepPoint = z.infer<typeof sweepPointSchema>;
