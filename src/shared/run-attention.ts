/** The attention analyses of the paper over the questions of one run. Means are over questions that reached the step. */
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

export const runAttentionSchema = z.object({
  runId: z.string(),
  scorer: z.string(),
  questionCount: z.int().min(0),
  all: z.array(stepAttentionSchema),
  right: z.array(stepAttentionSchema),
  /** Wrong and unparsed answers. */
  wrong: z.array(stepAttentionSchema),
  /** One for each step and each grid that occurs, the most frequent grid first. */
  selectionMaps: z.array(selectionMapSchema),
});
export type RunAttention = z.infer<typeof runAttentionSchema>;
export type RunStepAttention = z.infer<typeof stepAttentionSchema>;
export type RunSelectionMap = z.infer<typeof selectionMapSchema>;
