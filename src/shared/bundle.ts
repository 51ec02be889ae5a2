/**
 * `bundle.json`: what an import makes of a checkpoint, and all that the engine needs to know about it. Builder
 * and engine meet only here.
 */
import { z } from 'zod';
import { latentDefaultsSchema } from './run-settings.ts';

export const bundleVersion = 2;
export const precisions = ['f32', 'f16', 'int8', 'int4'] as const;
export const precisionSchema = z.enum(precisions);
export type Precision = z.infer<typeof precisionSchema>;

export const textDimensionsSchema = z.object({
  /** D */ hiddenSize: z.int().min(1),
  /** L */ layerCount: z.int().min(1),
  /** H */ headCount: z.int().min(1),
  /** Hkv */ keyValueHeadCount: z.int().min(1),
  /** Dh */ headSize: z.int().min(2),
  intermediateSize: z.int().min(1),
  /** V: rows of the embedding table and of the logits. */
  vocabularySize: z.int().min(1),
  rmsNormEpsilon: z.number().positive(),
  ropeTheta: z.number().positive(),
  /** Pairs of each mRoPE section (time, height, width); they add up to Dh / 2. */
  mropeSections: z.array(z.int().min(0)).length(3),
  maxPositions: z.int().min(1),
  tiedEmbeddings: z.boolean(),
});
export type TextDimensions = z.infer<typeof textDimensionsSchema>;

export const visionDimensionsSchema = z.object({
  depth: z.int().min(1),
  embedDim: z.int().min(1),
  headCount: z.int().min(1),
  intermediateSize: z.int().min(1),
  /** Pixels of a patch's side. */
  patchSize: z.int().min(1),
  temporalPatchSize: z.int().min(1),
  /** Patches of a merged slot's side. */
  spatialMergeSize: z.int().min(1),
  channelCount: z.int().min(1),
});
export type VisionDimensions = z.infer<typeof visionDimensionsSchema>;

export const imageSettingsSchema = z.object({
  mean: z.array(z.number()).length(3),
  std: z.array(z.number()).length(3),
  rescaleFactor: z.number(),
  /** Bounds of Qwen2-VL's dynamic resize, in pixels of the resized image. */
  minPixels: z.int().min(1),
  maxPixels: z.int().min(1),
  /** The fixed size that IVT-LR stretches its image to. */
  latentWidth: z.int().min(1),
  latentHeight: z.int().min(1),
});
export type ImageSettings = z.infer<typeof imageSettingsSchema>;

/** Ids read from the tokenizer, never from constants. */
export const specialTokensSchema = z.object({
  imageStart: z.int(),
  imageEnd: z.int(),
  imagePad: z.int(),
  /** The tokenizer's own end token first (what IVT-LR stops at), then those of the generation config (ordinary prompting stops at any). */
  endOfSequence: z.array(z.int()).min(1),
  /** Null where the tokenizer has none (a plain checkpoint). */
  latent: z.int().nullable(),
  startLatent: z.int().nullable(),
  endLatent: z.int().nullable(),
});
export type SpecialTokens = z.infer<typeof specialTokensSchema>;

export const sourceFileSchema = z.object({ path: z.string(), sizeBytes: z.int().min(0), sha256: z.string() });

/** Relative root mean square errors of the quantised weights: sqrt(mean squared error / mean squared weight). */
export const weightErrorSchema = z.object({ overall: z.number(), worst: z.number(), worstTensor: z.string() });
export type WeightError = z.infer<typeof weightErrorSchema>;

export const bundleSchema = z.object({
  bundleVersion: z.literal(bundleVersion),
  builderVersion: z.string(),
  /** SHA-256 over the source files' hashes, the merge settings and the precision: the model's identity. */
  fingerprint: z.string(),
  name: z.string(),
  architecture: z.literal('qwen2-vl'),
  precision: precisionSchema,
  text: textDimensionsSchema,
  vision: visionDimensionsSchema,
  image: imageSettingsSchema,
  specialTokens: specialTokensSchema,
  /** What the model was trained for; a plain checkpoint: method no-cot. */
  trainedFor: latentDefaultsSchema,
  /** False when the checkpoint itself says that its weights were never trained. */
  trained: z.boolean(),
  /** Row-major table [V, D] looked up by row, in the checkpoint's own type. */
  embeddings: z.object({ file: z.string(), dtype: z.enum(['f32', 'f16', 'bf16']) }),
  files: z.object({
    vision: z.string(),
    /** The same over the same data, its attention in plain products. */
    visionWrittenOut: z.string(),
    decoder: z.string(),
    /** The same over the same data, returning the new positions' keys and values alone; earlier imports have none. */
    decoderAppending: z.string().optional(),
    head: z.string(),
    cacheRows: z.string(),
    tokenizer: z.string(),
    tokenizerConfig: z.string(),
    chatTemplate: z.string(),
  }),
  parameterCount: z.int().min(1),
  sizeBytes: z.int().min(1),
  sources: z.array(sourceFileSchema),
  /** LoRA adapter merged at import: rank and alpha, or null. */
  merged: z.object({ rank: z.int().min(1), alpha: z.number() }).nullable(),
  /** Of a quantised import; earlier ones did not measure it. */
  weightError: weightErrorSchema.optional(),
});
export type Bundle = z.infer<typeof bundleSchema>;

/** J: image slots of a question whose image is stretched to the size of latent reasoning. */
export function latentSlotCount({ image, vision }: Pick<Bundle, 'image' | 'vision'>): number {
  const side = vision.patchSize * vision.spatialMergeSize;
  return Math.floor(image.latentWidth / side) * Math.floor(image.latentHeight / side);
}
