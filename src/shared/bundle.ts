/**
 * `bundle.json`: what an import makes of a checkpoint, and all that the engine needs to know about it. Builder
 * and engine meet only here.
 */
import { z } from 'zod';
import { latentDefaultsSchema } from './run-settings.ts';

export const bundleVersion = 2 as const;
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

/** Chameleon's image tokenizer: the encoder and the codebook that turn an image into codes. */
export const vqDimensionsSchema = z.object({
  /** Sides of the image that it reads, in pixels. */
  resolution: z.int().min(1),
  /** Of the image. */
  channelCount: z.int().min(1),
  /** Channels of the first level; those of level l are `channelMultipliers[l]` times as many. */
  baseChannelCount: z.int().min(1),
  channelMultipliers: z.array(z.int().min(1)).min(1),
  /** Of each level. */
  residualBlockCount: z.int().min(1),
  /** Sides of feature maps that have attention after each residual block. */
  attentionResolutions: z.array(z.int()),
  middleAttention: z.boolean(),
  latentChannelCount: z.int().min(1),
  /** E */
  entrySize: z.int().min(1),
  entryCount: z.int().min(1),
  /** J: places of the last feature map, each of which becomes a code. */
  placeCount: z.int().min(1),
});
export type VqDimensions = z.infer<typeof vqDimensionsSchema>;

/** How an image becomes a square: shortest edge to `side`, the middle cut out. */
export const cropSettingsSchema = z.object({
  /** Pixels of the square that the model sees: the shortest edge after the resize, and the crop. */
  side: z.int().min(1),
  /** Pixels that an image slot covers on each axis; divides `side`. */
  slotSide: z.int().min(1),
  /** For each channel. */
  mean: z.array(z.number()).length(3),
  std: z.array(z.number()).length(3),
  rescaleFactor: z.number(),
});
export type CropSettings = z.infer<typeof cropSettingsSchema>;

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

const commonFields = {
  bundleVersion: z.literal(bundleVersion),
  builderVersion: z.string(),
  /** SHA-256 over the source files' hashes, the merge settings and the precision: the model's identity. */
  fingerprint: z.string(),
  name: z.string(),
  precision: precisionSchema,
  text: textDimensionsSchema,
  specialTokens: specialTokensSchema,
  /** What the model was trained for; a plain checkpoint: method no-cot. */
  trainedFor: latentDefaultsSchema,
  /** False when the checkpoint itself says that its weights were never trained. */
  trained: z.boolean(),
  /** Row-major table [V, D] looked up by row, in the checkpoint's own type. */
  embeddings: z.object({ file: z.string(), dtype: z.enum(['f32', 'f16', 'bf16']) }),
  parameterCount: z.int().min(1),
  sizeBytes: z.int().min(1),
  sources: z.array(sourceFileSchema),
  /** LoRA adapter merged at import: rank and alpha, or null. */
  merged: z.object({ rank: z.int().min(1), alpha: z.number() }).nullable(),
  /** Of a quantised import; earlier ones did not measure it. */
  weightError: weightErrorSchema.optional(),
};

const commonFiles = {
  decoder: z.string(),
  /** The same over the same data, returning the new positions' keys and values alone; earlier imports have none. */
  decoderAppending: z.string().optional(),
  head: z.string(),
  cacheRows: z.string(),
  tokenizer: z.string(),
  tokenizerConfig: z.string(),
};

const qwen2VlBundleSchema = z.object({
  ...commonFields,
  architecture: z.literal('qwen2-vl'),
  vision: visionDimensionsSchema,
  image: imageSettingsSchema,
  files: z.object({
    ...commonFiles,
    vision: z.string(),
    /** The same over the same data, its attention in plain products. */
    visionWrittenOut: z.string(),
    chatTemplate: z.string(),
  }),
});
export type Qwen2VlBundle = z.infer<typeof qwen2VlBundleSchema>;

const chameleonBundleSchema = z.object({
  ...commonFields,
  architecture: z.literal('chameleon'),
  vision: vqDimensionsSchema,
  image: cropSettingsSchema,
  files: z.object({ ...commonFiles, imageTokenizer: z.string() }),
});
export type ChameleonBundle = z.infer<typeof chameleonBundleSchema>;

export const bundleSchema = z.discriminatedUnion('architecture', [qwen2VlBundleSchema, chameleonBundleSchema]);
export type Bundle = z.infer<typeof bundleSchema>;
export const bundleWithoutSourcesSchema = z.discriminatedUnion('architecture', [
  qwen2VlBundleSchema.omit({ sources: true }),
  chameleonBundleSchema.omit({ sources: true }),
]);

/** What of a bundle says how images become slots. */
export type SlottedBundle =
  Pick<Qwen2VlBundle, 'architecture' | 'vision' | 'image'> | Pick<ChameleonBundle, 'architecture' | 'vision' | 'image'>;

/** J: image slots of a question at the size of latent reasoning. */
export function latentSlotCount(bundle: SlottedBundle): number {
  if (bundle.architecture === 'chameleon') return bundle.vision.placeCount;
  const { image, vision } = bundle;
  const side = vision.patchSize * vision.spatialMergeSize;
  return Math.floor(image.latentWidth / side) * Math.floor(image.latentHeight / side);
}
