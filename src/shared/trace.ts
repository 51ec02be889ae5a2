/**
 * What a run keeps of one question besides its answer: the latent steps with their selected patches, the
 * attention over the image, masses and focus (definitions: arXiv 2510.12603's analyses, as in docs/method.md).
 *
 * Legend: J image slots (merged patches), K patches per step, N latent steps.
 */
import { z } from 'zod';

/** In pixels of the original picture, fractions of a pixel kept. */
const pixelBoxSchema = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });
export type PixelBox = Readonly<z.infer<typeof pixelBoxSchema>>;

const fedImageSchema = z.object({
  /** Pixels of the image as a person sees it (after EXIF rotation if the reference applies it). */
  sourceWidth: z.int().min(1),
  sourceHeight: z.int().min(1),
  /** Pixels fed to the vision tower. */
  resizedWidth: z.int().min(1),
  resizedHeight: z.int().min(1),
  /** Merged grid: J = rows x columns; slot = row * columns + column. */
  gridRows: z.int().min(1),
  gridColumns: z.int().min(1),
});

/** How the image reached the model, enough to map a slot to pixels of the original image. */
export const imageGeometrySchema = z.discriminatedUnion('resize', [
  fedImageSchema.extend({
    /** `stretch`: to a fixed size; `dynamic`: Qwen2-VL's own size from the pixel budget. Both scale each axis on its own. */
    resize: z.enum(['stretch', 'dynamic']),
  }),
  fedImageSchema.extend({
    /** Resized with its aspect and cropped to the middle: the rest of the image was not fed. */
    resize: z.literal('crop'),
    /** What was fed. */
    crop: pixelBoxSchema,
  }),
]);
export type ImageGeometry = z.infer<typeof imageGeometrySchema>;

/** The four shares of the query row's attention; they add up to 1. */
export const attentionMassesSchema = z.object({
  visionMass: z.number(),
  textMass: z.number(),
  latentVisionMass: z.number(),
  latentTextMass: z.number(),
});
export type AttentionMasses = z.infer<typeof attentionMassesSchema>;

export const latentStepSchema = attentionMassesSchema.extend({
  /** 0-based. */
  stepIndex: z.int().min(0),
  /** Slots in the order in which they were appended. */
  selectedSlots: z.array(z.int().min(0)),
  /** Attention of each selected slot, in the order of `selectedSlots`. */
  scores: z.array(z.number()),
  /** 1-based rank of each selected slot among the pool by attention. */
  ranks: z.array(z.int().min(1)),
  /** Slots that were still selectable before this step, ascending. */
  pool: z.array(z.int().min(0)),
  /** 1 - H(attention over image slots, renormalised) / log J. */
  visionFocus: z.number(),
  /** Layer-and-head mean attention of the query row over the J image slots. */
  imageAttention: z.array(z.number()),
});
export type LatentStep = z.infer<typeof latentStepSchema>;

/** What was wrong with something that the model wrote or was to be shown; the question is answered all the same. */
export const remarkKinds = [
  'token-limit',
  'no-answer',
  'malformed-json',
  'malformed-tool-call',
  'unknown-tool',
  'box-outside-image',
  'empty-box',
  'image-too-small',
  'call-limit',
] as const;
export const remarkSchema = z.object({
  kind: z.enum(remarkKinds),
  /** 0-based call that it concerns; null: none in particular. */
  callIndex: z.int().min(0).nullable(),
  /** What was found, for people. */
  found: z.string(),
});
export type Remark = z.infer<typeof remarkSchema>;

/** End-of-sequence, the token limit, or a string at which a method stops. */
export const finishReasons = ['end', 'length', 'stop'] as const;

/** One generation of a method that asks the model in words: what was given, what came, where it looked. */
export const modelCallSchema = z.object({
  /** 0-based. */
  callIndex: z.int().min(0),
  /** What the call was for: `answer`, `rationale`, `scene graph`. */
  purpose: z.string(),
  /** The whole conversation so far as given to the model, chat template applied. */
  prompt: z.string(),
  /** Pictures in it. */
  imageCount: z.int().min(0),
  promptTokenCount: z.int().min(0),
  /** Positions of the prompt that an earlier call had left in the cache. */
  cachedTokenCount: z.int().min(0),
  outputText: z.string(),
  outputTokenCount: z.int().min(0),
  finishReason: z.enum(finishReasons),
  /** Reading what was new in the prompt (its pictures included), and generating; this question's share. */
  prefillMs: z.number(),
  decodeMs: z.number(),
  /**
   * For each generated token, attention of the row that it was chosen from: on pictures (patches that were inserted
   * included) and on text; they add up to 1.
   */
  visionMasses: z.array(z.number()),
  textMasses: z.array(z.number()),
});
export type ModelCall = z.infer<typeof modelCallSchema>;

/** A part of a picture that the model asked to see larger. */
export const regionSchema = z.object({
  /** The call in which it was asked for. */
  callIndex: z.int().min(0),
  /** 0-based picture of the question. */
  imageIndex: z.int().min(0),
  /** As the model named it. */
  asked: pixelBoxSchema,
  /** What it was shown. */
  shown: pixelBoxSchema,
});
export type Region = z.infer<typeof regionSchema>;

export const traceSchema = z.object({
  /** Null for a question without image. */
  image: imageGeometrySchema.nullable(),
  promptTokenCount: z.int().min(0),
  /** Number of images in the prompt; with several, the last one is the pool. */
  imageCount: z.int().min(0),
  /** True when the adaptive criterion ended the latent steps before N. */
  stoppedEarly: z.boolean(),
  /** Latent steps, or the places in a written rationale where patches were inserted (ICoT). */
  steps: z.array(latentStepSchema),
  /** Of methods that ask in words; latent reasoning has none. */
  calls: z.array(modelCallSchema).default([]),
  regions: z.array(regionSchema).default([]),
  remarks: z.array(remarkSchema).default([]),
});
export type Trace = z.infer<typeof traceSchema>;

/** What the trace of latent reasoning has of a method in words. */
export const withoutCalls: Pick<Trace, 'calls' | 'regions' | 'remarks'> = { calls: [], regions: [], remarks: [] };

export const timingsSchema = z.object({
  /**
   * Image decoding and preprocessing, and the prompt; not part of the time per question, as in the paper. It is the work
   * of whichever thread did it: in a run most of it overlaps the answering of the batch before, and delays nothing.
   */
  preprocessMs: z.number(),
  visionMs: z.number(),
  prefillMs: z.number(),
  latentMs: z.number(),
  decodeMs: z.number(),
  /** The model's work on this question: its share of the batch's wall time (vision to the last token). */
  totalMs: z.number(),
});
export type Timings = z.infer<typeof timingsSchema>;

/** The part of the original image that the model was fed. */
export function fedBox(geometry: ImageGeometry): PixelBox {
  if (geometry.resize === 'crop') return geometry.crop;
  return { x: 0, y: 0, width: geometry.sourceWidth, height: geometry.sourceHeight };
}

/** The strips of the original image that were cut off before it was fed: none, or two beside, above or below what was. */
export function cutBoxes(geometry: ImageGeometry): PixelBox[] {
  const { x, y, width, height } = fedBox(geometry);
  const { sourceWidth, sourceHeight } = geometry;
  const [right, bottom] = [x + width, y + height];
  return [
    { x: 0, y: 0, width: sourceWidth, height: y },
    { x: 0, y: bottom, width: sourceWidth, height: sourceHeight - bottom },
    { x: 0, y, width: x, height },
    { x: right, y, width: sourceWidth - right, height },
  ].filter((box) => box.width > cutLeast && box.height > cutLeast);
}
/** Pixels: what is thinner is a fraction that the resizing rounded away. */
const cutLeast = 0.01;

/** Maps a slot through merge, patch grid, crop and resize to pixels of the original image (fractions of a pixel kept). */
export function slotBox(geometry: ImageGeometry, slot: number): PixelBox {
  const fed = fedBox(geometry);
  const row = Math.floor(slot / geometry.gridColumns);
  const column = slot % geometry.gridColumns;
  const width = fed.width / geometry.gridColumns;
  const height = fed.height / geometry.gridRows;
  return { x: fed.x + column * width, y: fed.y + row * height, width, height };
}
