/**
 * The attention analyses of the paper over the questions of one run: latent steps (means are over questions that reached
 * the step), and the generated tokens of methods that reason in words.
 */
import { z } from 'zod';

export const stepAttentionSchema = z.object({
  /** 0-based. */
  stepIndex: z.int().min(0),
  questionCount: z.int().min(0),
  visionMass: z.number(),
  textMass: z.number(),
  latentVisionMass: z.number(),
  latentTextMass: z.number(),
  visionFocus: z.number(),
  /** Share of the selected slots in the outermost ring of the grid; null where nothing was selected. */
  borderShare: z.number().nullable(),
  /** Border share that selecting at random from the grid would give; null without an image. */
  borderShareExpected: z.number().nullable(),
  /** Share of this step's selection that the step before also selected; null at step 0. */
  overlapWithPrevious: z.number().nullable(),
  distributions: z.object({
    /** Counts in 20 equal bins over [0, 1]. */
    visionMass: z.array(z.int().min(0)),
    visionFocus: z.array(z.int().min(0)),
  }),
});

export const selectionMapSchema = z.object({
  stepIndex: z.int().min(0),
  gridRows: z.int().min(1),
  gridColumns: z.int().min(1),
  /** Questions with an image on this grid that reached the step. */
  questionCount: z.int().min(0),
  /** Selections of each slot, row-major. */
  counts: z.array(z.int().min(0)),
});

/** Means at successive places; `counts`: the calls that have a token there. */
export const massCurveSchema = z.object({
  counts: z.array(z.int().min(1)),
  visionMass: z.array(z.number()),
  textMass: z.array(z.number()),
});
export type MassCurve = z.infer<typeof massCurveSchema>;

/** Attention on pictures (inserted patches included) and on text while calls are written; the two add up to 1. */
export const explicitCurveSchema = z.object({
  /** 0-based call of a question; null: all calls together, each from its own beginning. */
  callIndex: z.int().min(0).nullable(),
  /** What the call is for; null for all together. */
  purpose: z.string().nullable(),
  callCount: z.int().min(1),
  tokenCount: z.int().min(1),
  /** Means over all tokens. */
  visionMass: z.number(),
  textMass: z.number(),
  /** By position in the call, 0-based, up to the longest call. */
  byToken: massCurveSchema,
  /** Over 20 equal parts of a call's length; every call counts alike. */
  byPart: massCurveSchema,
});
export type ExplicitCurve = z.infer<typeof explicitCurveSchema>;

/** The paper's explicit mode. Lists begin with all calls together and are empty for latent reasoning. */
export const explicitAttentionSchema = z.object({
  /** Questions that were answered in words. */
  questionCount: z.int().min(0),
  all: z.array(explicitCurveSchema),
  right: z.array(explicitCurveSchema),
  /** Wrong and unparsed answers. */
  wrong: z.array(explicitCurveSchema),
  /** All calls together, by domain. */
  byDomain: z.array(explicitCurveSchema.extend({ domain: z.string() })),
});
export type ExplicitAttention = z.infer<typeof explicitAttentionSchema>;

export const runAttentionSchema = z.object({
  runId: z.string(),
  scorer: z.string(),
  /** Questions with latent steps (or, of ICoT, with insertions). */
  questionCount: z.int().min(0),
  all: z.array(stepAttentionSchema),
  right: z.array(stepAttentionSchema),
  /** Wrong and unparsed answers. */
  wrong: z.array(stepAttentionSchema),
  /** One for each step and each grid that occurs, the most frequent grid first. */
  selectionMaps: z.array(selectionMapSchema),
  explicit: explicitAttentionSchema,
});
export type RunAttention = z.infer<typeof runAttentionSchema>;
export type RunStepAttention = z.infer<typeof stepAttentionSchema>;
export type RunSelectionMap = z.infer<typeof selectionMapSchema>;
