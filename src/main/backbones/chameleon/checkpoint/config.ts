/**
 * A Chameleon folder's `config.json` (transformers' ChameleonConfig): decoder, image tokenizer and the map from words of the
 * vocabulary to ids, which also says which ids are an image's. Refuses what the builder would compute wrongly: the 34B's
 * order of norms (`swin_norm`), biases, scaled RoPE, other activations, quantised weights.
 */
import { z } from 'zod';
import type { TextDimensions, VqDimensions } from '../../../../shared/bundle.ts';
import {
  checkConfig,
  expectConfig,
  malformedConfig,
  refuseQuantised,
  unsupportedConfig,
} from '../../../checkpoint/config-checks.ts';
import { decoderHeads } from '../../../checkpoint/decoder-dimensions.ts';
import { readJsonFile } from '../../../checkpoint/json-file.ts';
import { resolveInside } from '../../../files/safe-path.ts';
import { readImageVocabulary, type ImageVocabulary } from './image-vocabulary.ts';

export type ChameleonConfig = Readonly<{
  /** RoPE is plain: all pairs are in the first section. */
  text: TextDimensions;
  vq: VqDimensions;
  imageVocabulary: ImageVocabulary;
  /** Whether the config says if the head shares the embeddings. */
  statesTiedEmbeddings: boolean;
  file: string;
}>;

const size = (most: number) => z.int().min(1).max(most);
const ropeSchema = z
  .looseObject({
    type: z.string().nullish(),
    rope_type: z.string().nullish(),
    rope_theta: z.number().positive().nullish(),
  })
  .nullish();

// Defaults are those of transformers' ChameleonConfig and ChameleonVQVAEConfig, which a saved config leaves out.
const vqSchema = z.looseObject({
  embed_dim: size(65_536).default(256),
  num_embeddings: size(1_048_576).default(8192),
  double_latent: z.boolean().default(false),
  latent_channels: size(65_536).default(256),
  resolution: size(8192).default(512),
  in_channels: size(16).default(3),
  base_channels: size(16_384).default(128),
  channel_multiplier: z.array(size(64)).min(1).max(12).default([1, 1, 2, 2, 4]),
  num_res_blocks: size(16).default(2),
  attn_resolutions: z.array(size(8192)).nullish(),
  attn_type: z.string().nullish().default('vanilla'),
});

const configSchema = z.looseObject({
  hidden_size: size(65_536).default(4096),
  num_hidden_layers: size(512).default(32),
  num_attention_heads: size(1024).default(32),
  num_key_value_heads: size(1024).nullish(),
  intermediate_size: size(1_048_576).default(11_008),
  vocab_size: size(4_194_304).default(65_536),
  rms_norm_eps: z.number().positive().max(1).default(1e-5),
  rope_theta: z.number().positive().nullish(),
  rope_scaling: ropeSchema,
  rope_parameters: ropeSchema,
  max_position_embeddings: size(2 ** 31).default(4096),
  hidden_act: z.string().default('silu'),
  attention_bias: z.boolean().nullish(),
  mlp_bias: z.boolean().nullish(),
  swin_norm: z.boolean().nullish(),
  tie_word_embeddings: z.boolean().nullish(),
  quantization_config: z.unknown().optional(),
  vq_config: vqSchema.nullish().transform((fields) => fields ?? vqSchema.parse({})),
  vocabulary_map: z.record(z.string(), z.int().min(0)).nullish(),
});
type Fields = z.infer<typeof configSchema>;

/** transformers' default of `rope_theta`. */
const defaultRopeTheta = 10_000;

/** Fails: `missing-file`, `malformed-config`, `unsupported-architecture`, `unsupported-dtype`. */
export async function readChameleonConfig(folder: string): Promise<ChameleonConfig> {
  const path = await resolveInside(folder, 'config.json');
  const raw = await readJsonFile(path, z.record(z.string(), z.unknown()), 'malformed-config');
  const fields = checkConfig(path, '', configSchema, raw);
  refuseQuantised(path, fields.quantization_config);
  if (fields.swin_norm === true) {
    unsupportedConfig(path, 'swin_norm', 'norms before attention and feed-forward, as Chameleon-7B has them', 'true');
  }
  const text = textDimensions(path, fields);
  const vq = vqDimensions(path, fields.vq_config);
  return {
    text,
    vq,
    imageVocabulary: readImageVocabulary(path, fields.vocabulary_map ?? {}, {
      entryCount: vq.entryCount,
      vocabularySize: text.vocabularySize,
    }),
    statesTiedEmbeddings: typeof fields.tie_word_embeddings === 'boolean',
    file: path,
  };
}

function textDimensions(path: string, fields: Fields): TextDimensions {
  const { headCount, keyValueHeadCount, headSize } = decoderHeads(path, fields);
  const rope = { ...fields.rope_scaling, ...fields.rope_parameters };
  expectConfig(path, 'attention_bias', false, fields.attention_bias ?? false, 'unsupported-architecture');
  expectConfig(path, 'mlp_bias', false, fields.mlp_bias ?? false, 'unsupported-architecture');
  for (const type of [rope.rope_type, rope.type]) {
    expectConfig(path, 'rope_scaling', 'default', type ?? 'default', 'unsupported-architecture');
  }
  return {
    hiddenSize: fields.hidden_size,
    layerCount: fields.num_hidden_layers,
    headCount,
    keyValueHeadCount,
    headSize,
    intermediateSize: fields.intermediate_size,
    vocabularySize: fields.vocab_size,
    rmsNormEpsilon: fields.rms_norm_eps,
    ropeTheta: rope.rope_theta ?? fields.rope_theta ?? defaultRopeTheta,
    mropeSections: [headSize / 2, 0, 0],
    maxPositions: fields.max_position_embeddings,
    tiedEmbeddings: fields.tie_word_embeddings ?? false,
  };
}

function vqDimensions(path: string, fields: Fields['vq_config']): VqDimensions {
  const place = (name: string): string => `vq_config.${name}`;
  expectConfig(path, place('double_latent'), false, fields.double_latent, 'unsupported-architecture');
  expectConfig(path, place('in_channels'), 3, fields.in_channels, 'unsupported-architecture');
  const shrink = 2 ** (fields.channel_multiplier.length - 1);
  if (fields.resolution % shrink !== 0) {
    malformedConfig(
      path,
      place('resolution'),
      `a multiple of ${shrink}, the levels' shrinking`,
      `${fields.resolution}`,
    );
  }
  const channelCounts = fields.channel_multiplier.map((multiplier) => multiplier * fields.base_channels);
  // The first residual block gets `base_channels`.
  const odd = [fields.base_channels, ...channelCounts].find((count) => count % groupCount !== 0);
  if (odd !== undefined) {
    malformedConfig(path, place('base_channels'), `channels of every level in ${groupCount} groups`, `${odd} channels`);
  }
  const hasAttention = fields.attn_type === 'vanilla';
  return {
    resolution: fields.resolution,
    channelCount: fields.in_channels,
    baseChannelCount: fields.base_channels,
    channelMultipliers: fields.channel_multiplier,
    residualBlockCount: fields.num_res_blocks,
    attentionResolutions: hasAttention ? (fields.attn_resolutions ?? []) : [],
    middleAttention: hasAttention,
    latentChannelCount: fields.latent_channels,
    entrySize: fields.embed_dim,
    entryCount: fields.num_embeddings,
    placeCount: (fields.resolution / shrink) ** 2,
  };
}

/** Groups of a group norm (transformers: fixed, not configurable). */
export const groupCount = 32;
