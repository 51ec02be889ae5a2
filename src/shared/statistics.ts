/** Accuracy tables and paired comparisons as they travel to the faces. */
import { z } from 'zod';

/** A proportion with its 95 % Wilson interval; all three between 0 and 1; null when n = 0. */
export const intervalSchema = z.object({ estimate: z.number(), low: z.number(), high: z.number() });
export type Interval = z.infer<typeof intervalSchema>;

/** One node of the tree domain -> topic -> category; the root has an empty path. Lists have each node before its children, siblings by name. */
export const categoryNodeSchema = z.object({
  /** [] for all, [domain], [domain, topic], [domain, topic, category]. */
  path: z.array(z.string()),
  total: z.int().min(0),
  correct: z.int().min(0),
  unparsed: z.int().min(0),
  failed: z.int().min(0),
  /** Questions tagged `bad gold`: in none of the other counts. */
  excluded: z.int().min(0).default(0),
  accuracy: intervalSchema.nullable(),
});
export type CategoryNode = z.infer<typeof categoryNodeSchema>;

/** A row of a table beside the category tree: ScienceQA by subject, modality and grade. */
export const accuracyRowSchema = z.object({
  group: z.string(),
  label: z.string(),
  total: z.int().min(0),
  correct: z.int().min(0),
  accuracy: intervalSchema.nullable(),
});
export type AccuracyRow = z.infer<typeof accuracyRowSchema>;

/** Paired comparison of two runs over the questions that both hold, at one node of the category tree. */
export const pairedComparisonSchema = z.object({
  path: z.array(z.string()),
  questionCount: z.int().min(0),
  accuracyA: z.number().nullable(),
  accuracyB: z.number().nullable(),
  bothRight: z.int().min(0),
  rightToWrong: z.int().min(0),
  wrongToRight: z.int().min(0),
  bothWrong: z.int().min(0),
  /** Exact two-sided McNemar p-value; 1 without discordant pairs. */
  pValue: z.number(),
  /** Holm-corrected over the nodes of the same level. */
  pValueHolm: z.number(),
  /** accuracy B - accuracy A with its 95 % percentile interval of the paired bootstrap (its exact distribution). */
  difference: intervalSchema.nullable(),
});
export type PairedComparison = z.infer<typeof pairedComparisonSchema>;

export const runComparisonSchema = z.object({
  runIdA: z.string(),
  runIdB: z.string(),
  scorer: z.string(),
  /** Questions only in one of the runs are left out and counted here. */
  onlyInA: z.int().min(0),
  onlyInB: z.int().min(0),
  /** Questions that share an id but differ in text or choices; left out, too. */
  differentQuestions: z.int().min(0),
  nodes: z.array(pairedComparisonSchema),
  flips: z.object({
    rightToWrong: z.array(z.string()),
    wrongToRight: z.array(z.string()),
  }),
});
export type RunComparison = z.infer<typeof runComparisonSchema>;
