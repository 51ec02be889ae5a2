/**
 * A Qwen2-VL folder's `config.json`, in both shapes that Hugging Face has written: the old one with the text
 * model's fields at the top level, and the new one with `text_config` (and `rope_parameters` in place of
 * `rope_theta` and `rope_scaling`). Refuses what the builder would compute wrongly: sliding windows, scaled RoPE,
 * other activations, quantised weights, other architectures.
 */
import { z } from 'zod';
import { fail } from '../../../../shared/failure.ts';
import type { ImageSettings, TextDimensions, VisionDimensions } from '../../../../shared/bundle.ts';
import type { LatentDefaults } from '../../../../shared/run-settings.ts';
import { resolveInside } from '../../../files/safe-path.ts';
import {
  checkConfig,
  expectConfig,
  malformedConfig,
  refuseQuantised,
  unsupportedConfig,
} from '../../../checkpoint/config-checks.ts';
import { decoderHeads } from '../../../checkpoint/decoder-dimensions.ts';
import { readJsonFile } from '../../../checkpoint/json-file.ts';
import { readLatentConfig, type LatentOptions } from '../../../checkpoint/latent-config.ts';
import { readImageProcessing } from './preprocessor-config.ts';

/** Token ids as the config states them; informative, since the tokenizer is what counts. */
export type ConfiguredIds = Readonly<{
  imageToken: number | null;
  videoToken: number | null;
  visionStart: number | null;
  visionEnd: number | null;
  endOfSequence: readonly number[];
}>;

export type Qwen2VlConfig = Readonly<{
  text: TextDimensions;
  vision: VisionDimensions;
  image: ImageSettings;
  specialIds: ConfiguredIds;
  trainedFor: LatentDefaults;
  trained: boolean;
  /** Whether a `latent_config.json` says what the model was trained for. */
  statesLatent: boolean;
  /** Whether the config says if the head shares the embeddings; where it does not, the weights decide. */
  statesTiedEmbeddings: boolean;
  /** `bfloat16`, as the config words it. */
  torchDtype: string | null;
  /** The files that all of this was read from. */
  files: readonly string[];
}>;

/** Slots of a side that the released checkpoints stretch their image to: 280 pixels. */
const releasedSlots = 10;

const size = (most: number) => z.int().min(1).max(most);
const tokenId = z.int().min(0).nullish();
const ropeSchema = z
  .looseObject({
    type: z.string().nullish(),
    rope_type: z.string().nullish(),
    rope_theta: z.number().positive().nullish(),
    mrope_section: z.array(z.int().min(0)).length(3).nullish(),
  })
  .nullish();

const textSchema = z.looseObject({
  hidden_size: size(65_536),
  num_hidden_layers: size(512),
  num_attention_heads: size(1024),
  num_key_value_heads: size(1024).nullish(),
  head_dim: size(4096).nullish(),
  intermediate_size: size(1_048_576),
  vocab_size: size(4_194_304),
  rms_norm_eps: z.number().positive().max(1).default(1e-6),
  rope_theta: z.number().positive().nullish(),
  rope_scaling: ropeSchema,
  rope_parameters: ropeSchema,
  max_position_embeddings: size(2 ** 31).default(32_768),
  hidden_act: z.string().default('silu'),
  use_sliding_window: z.boolean().nullish(),
  layer_types: z.array(z.string()).nullish(),
  tie_word_embeddings: z.boolean().nullish(),
  eos_token_id: z.union([z.int(), z.array(z.int())]).nullish(),
});

const visionSchema = z.looseObject({
  depth: size(256).default(32),
  embed_dim: size(16_384).default(1280),
  hidden_size: size(65_536).nullish(),
  hidden_act: z.string().default('quick_gelu'),
  mlp_ratio: z.number().positive().max(64).default(4),
  num_heads: size(1024).default(16),
  in_channels: size(16).nullish(),
  in_chans: size(16).nullish(),
  patch_size: size(256).default(14),
  spatial_merge_size: size(16).default(2),
  temporal_patch_size: size(16).default(2),
});

const topSchema = z.looseObject({
  text_config: z.record(z.string(), z.unknown()).nullish(),
  vision_config: visionSchema,
  tie_word_embeddings: z.boolean().nullish(),
  image_token_id: tokenId,
  video_token_id: tokenId,
  vision_start_token_id: tokenId,
  vision_end_token_id: tokenId,
  torch_dtype: z.string().nullish(),
  dtype: z.string().nullish(),
  quantization_config: z.unknown().optional(),
});
type TextFields = z.infer<typeof textSchema>;
type VisionFields = z.infer<typeof visionSchema>;

/**
 * Reads `config.json`, `preprocessor_config.json` and, where there is one, `latent_config.json`.
 * Fails: `missing-file`, `malformed-config`, `unsupported-architecture`, `unsupported-dtype`.
 */
export async function readQwen2VlConfig(folder: string, options: LatentOptions = {}): Promise<Qwen2VlConfig> {
  const path = await resolveInside(folder, 'config.json');
  const raw = await readJsonFile(path, z.record(z.string(), z.unknown()), 'malformed-config');
  const top = checkConfig(path, '', topSchema, raw);
  const textFields = checkConfig(path, 'text_config', textSchema, { ...raw, ...top.text_config });
  refuseQuantised(path, top.quantization_config);
  const tied = top.tie_word_embeddings ?? textFields.tie_word_embeddings;
  const text = textDimensions(path, textFields, tied ?? true);
  const vision = visionDimensions(path, top.vision_config, text.hiddenSize);
  const latent = await readLatentConfig(folder, options);
  const { file: imageFile, processing } = await readImageProcessing(folder, vision);
  const slot = vision.patchSize * vision.spatialMergeSize;
  const released = { latentWidth: releasedSlots * slot, latentHeight: releasedSlots * slot };
  const image = { ...processing, ...(latent.imageSize ?? released) };
  if (image.latentWidth % slot !== 0 || image.latentHeight % slot !== 0) {
    fail('malformed-config', `The latent image size does not divide into slots of ${slot} pixels.`, {
      file: latent.file ?? path,
      place: 'image_size',
      expected: `multiples of ${slot}`,
      found: `${image.latentWidth} x ${image.latentHeight}`,
    });
  }
  const endOfSequence = textFields.eos_token_id ?? [];
  return {
    text,
    vision,
    image,
    specialIds: {
      imageToken: top.image_token_id ?? null,
      videoToken: top.video_token_id ?? null,
      visionStart: top.vision_start_token_id ?? null,
      visionEnd: top.vision_end_token_id ?? null,
      endOfSequence: Array.isArray(endOfSequence) ? endOfSequence : [endOfSequence],
    },
    trainedFor: latent.trainedFor,
    trained: latent.trained,
    statesLatent: latent.file !== null,
    statesTiedEmbeddings: typeof tied === 'boolean',
    torchDtype: top.dtype ?? top.torch_dtype ?? null,
    files: [path, imageFile, ...(latent.file === null ? [] : [latent.file])],
  };
}

function textDimensions(path: string, fields: TextFields, tiedEmbeddings: boolean): TextDimensions {
  const { headCount, keyValueHeadCount, headSize } = decoderHeads(path, fields);
  const rope = { ...fields.rope_scaling, ...fields.rope_parameters };
  if (fields.use_sliding_window === true || fields.layer_types?.some((type) => type !== 'full_attention')) {
    unsupportedConfig(path, 'use_sliding_window', 'full attention in every layer', 'sliding-window attention');
  }
  for (const type of [rope.rope_type, rope.type]) {
    if (typeof type === 'string' && type !== 'default' && type !== 'mrope') {
      unsupportedConfig(path, 'rope_scaling', 'unscaled mRoPE (type default or mrope)', type);
    }
  }
  expectConfig(path, 'head_dim', headSize, fields.head_dim ?? headSize, 'malformed-config');
  const sections = rope.mrope_section ?? [];
  if (sections.reduce((sum, pairs) => sum + pairs, 0) !== headSize / 2) {
    malformedConfig(path, 'mrope_section', `three sections that add up to ${headSize / 2}`, `[${sections.join(', ')}]`);
  }
  const ropeTheta = rope.rope_theta ?? fields.rope_theta;
  if (ropeTheta === undefined || ropeTheta === null) return malformedConfig(path, 'rope_theta', 'a number', 'nothing');
  return {
    hiddenSize: fields.hidden_size,
    layerCount: fields.num_hidden_layers,
    headCount,
    keyValueHeadCount,
    headSize,
    intermediateSize: fields.intermediate_size,
    vocabularySize: fields.vocab_size,
    rmsNormEpsilon: fields.rms_norm_eps,
    ropeTheta,
    mropeSections: sections,
    maxPositions: fields.max_position_embeddings,
    tiedEmbeddings,
  };
}

function visionDimensions(path: string, fields: VisionFields, hiddenSize: number): VisionDimensions {
  const place = (name: string) => `vision_config.${name}`;
  const headSize = fields.embed_dim / fields.num_heads;
  expectConfig(path, place('hidden_act'), 'quick_gelu', fields.hidden_act, 'unsupported-architecture');
  expectConfig(path, place('hidden_size'), hiddenSize, fields.hidden_size ?? hiddenSize, 'malformed-config');
  if (!Number.isInteger(headSize) || headSize % 4 !== 0) {
    malformedConfig(
      path,
      place('num_heads'),
      'heads of a size divisible by 4',
      `${fields.embed_dim} / ${fields.num_heads}`,
    );
  }
  return {
    depth: fields.depth,
    embedDim: fields.embed_dim,
    headCount: fields.num_heads,
    intermediateSize: Math.trunc(fields.embed_dim * fields.mlp_ratio),
    patchSize: fields.patch_size,
    temporalPatchSize: fields.temporal_patch_size,
    spatialMergeSize: fields.spatial_merge_size,
    // The reference reads in_channels; published configs also carry in_chans, with the same value.
    channelCount: fields.in_channels ?? fields.in_chans ?? 3,
  };
}
