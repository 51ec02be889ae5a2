/** Sound checkpoints: both layouts, the published sizes, and what the config of each says. */
import { withoutWrappers } from '../../../src/main/checkpoint/tensor-names.ts';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../../src/main/import/open-checkpoint.ts';
import { readQwen2VlConfig } from '../../../src/main/backbones/qwen2-vl/checkpoint/config.ts';
import { canonicalQwen2VlName } from '../../../src/main/backbones/qwen2-vl/checkpoint/names.ts';
import { expectedQwen2VlTensors } from '../../../src/main/backbones/qwen2-vl/checkpoint/tensors.ts';
import { counting, safetensors } from '../../corpus/checkpoint/safetensors-bytes.ts';
import {
  tinyConfig,
  tinyPreprocessor,
  tinyTensors,
  writeTinyCheckpoint,
} from '../../corpus/checkpoint/tiny-checkpoint.ts';
import { goldenRoot } from '../../support/golden.ts';
import { temporaryFolders } from '../../support/temp-folder.ts';

const temporaryFolder = temporaryFolders();
const tiny = async (files: Parameters<typeof writeTinyCheckpoint>[1] = {}) =>
  writeTinyCheckpoint(await temporaryFolder(), files);

/** The published config.json of Qwen2-VL-Instruct, with the numbers that differ between sizes. */
const published = (size: object) => ({
  architectures: ['Qwen2VLForConditionalGeneration'],
  attention_dropout: 0.0,
  bos_token_id: 151643,
  eos_token_id: 151645,
  vision_start_token_id: 151652,
  vision_end_token_id: 151653,
  image_token_id: 151655,
  hidden_act: 'silu',
  max_position_embeddings: 32768,
  model_type: 'qwen2_vl',
  rms_norm_eps: 1e-6,
  rope_theta: 1000000.0,
  sliding_window: 32768,
  torch_dtype: 'bfloat16',
  use_sliding_window: false,
  rope_scaling: { type: 'mrope', mrope_section: [16, 24, 24] },
  num_hidden_layers: 28,
  ...size,
});
const sizes = {
  '2B': published({
    hidden_size: 1536,
    intermediate_size: 8960,
    num_attention_heads: 12,
    num_key_value_heads: 2,
    tie_word_embeddings: true,
    vocab_size: 151936,
    vision_config: { depth: 32, embed_dim: 1280, hidden_size: 1536, mlp_ratio: 4, num_heads: 16, in_chans: 3 },
  }),
  '7B': published({
    hidden_size: 3584,
    intermediate_size: 18944,
    num_attention_heads: 28,
    num_key_value_heads: 4,
    tie_word_embeddings: false,
    vocab_size: 152064,
    vision_config: { depth: 32, embed_dim: 1280, hidden_size: 3584, mlp_ratio: 4, num_heads: 16, in_chans: 3 },
  }),
};

describe('the published sizes', () => {
  // Parameters as the safetensors indexes of the published checkpoints state them (total_size / 2 bytes).
  it.each([
    ['2B', 2_208_985_600],
    ['7B', 8_291_375_616],
  ] as const)('%s has the published number of parameters', async (name, parameterCount) => {
    const { text, vision, trainedFor, image } = await readQwen2VlConfig(await tiny({ 'config.json': sizes[name] }));
    const counts = expectedQwen2VlTensors({ text, vision }).map(({ shape }) => shape.reduce((a, b) => a * b, 1));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(parameterCount);
    expect(text.headSize).toBe(128);
    expect(trainedFor).toMatchObject({ method: 'no-cot', latentSteps: 3, patchesPerStep: 32 });
    expect(image).toMatchObject({ latentWidth: 280, latentHeight: 280 });
  });
});

describe('configs', () => {
  it('reads the old layout', async () => {
    const config = await readQwen2VlConfig(join(goldenRoot, 'tiny-untied'));
    expect(config.text).toEqual({
      hiddenSize: 96,
      layerCount: 2,
      headCount: 6,
      keyValueHeadCount: 2,
      headSize: 16,
      intermediateSize: 160,
      vocabularySize: 640,
      rmsNormEpsilon: 1e-6,
      ropeTheta: 1_000_000,
      mropeSections: [2, 3, 3],
      maxPositions: 4096,
      tiedEmbeddings: false,
    });
    expect(config).toMatchObject({ torchDtype: 'bfloat16', trained: true, statesLatent: false });
    expect(config.specialIds).toEqual({
      imageToken: 632,
      videoToken: 633,
      visionStart: 629,
      visionEnd: 630,
      endOfSequence: [622],
    });
  });

  it('reads the new layout and what the checkpoint was trained for', async () => {
    const config = await readQwen2VlConfig(join(goldenRoot, 'tiny-tied'));
    expect(config.text).toMatchObject({ hiddenSize: 64, headSize: 16, ropeTheta: 1e6, tiedEmbeddings: true });
    expect(config.vision).toEqual({
      depth: 2,
      embedDim: 32,
      headCount: 2,
      intermediateSize: 128,
      patchSize: 14,
      temporalPatchSize: 2,
      spatialMergeSize: 2,
      channelCount: 3,
    });
    expect(config).toMatchObject({
      trained: false,
      statesLatent: true,
      trainedFor: { method: 'ivt-lr', latentSteps: 3, patchesPerStep: 4, stepLayout: 'patches-then-hidden' },
      image: { latentWidth: 112, latentHeight: 112, minPixels: 3136, maxPixels: 50_176 },
    });
  });

  it.each([
    ['min_pixels and max_pixels', { min_pixels: 100, max_pixels: 200 }, 100, 200],
    ['size in edges', { size: { shortest_edge: 300, longest_edge: 400 } }, 300, 400],
    ['size in pixels', { size: { min_pixels: 500, max_pixels: 600 } }, 500, 600],
    ['both', { min_pixels: 100, size: { shortest_edge: 300, longest_edge: 400 } }, 100, 400],
    ['neither', {}, 3136, 1_003_520],
  ])('reads the pixel bounds from %s', async (_, change, minPixels, maxPixels) => {
    const { min_pixels: _min, max_pixels: _max, ...rest } = tinyPreprocessor;
    const { image } = await readQwen2VlConfig(await tiny({ 'preprocessor_config.json': { ...rest, ...change } }));
    expect(image).toMatchObject({ minPixels, maxPixels });
  });

  it('reads the newer processor_config.json', async () => {
    const folder = await tiny({
      'preprocessor_config.json': null,
      'processor_config.json': { image_processor: { ...tinyPreprocessor, image_mean: [0.5, 0.5, 0.5] } },
    });
    expect((await readQwen2VlConfig(folder)).image.mean).toEqual([0.5, 0.5, 0.5]);
  });
});

describe('checkpoints', () => {
  it.each([
    ['tiny-tied', 69],
    ['tiny-untied', 46],
  ] as const)('opens %s', async (name, tensorCount) => {
    const checkpoint = await openCheckpoint({ folder: join(goldenRoot, name), tokenizerLength: 600 });
    expect(checkpoint).toMatchObject({ merged: null, unknown: [], model: { name } });
    expect(checkpoint.source.tensors.size).toBe(tensorCount);
    expect([...checkpoint.source.tensors.keys()].every((key) => canonicalQwen2VlName(key) === key)).toBe(true);
    await checkpoint.source.close();
  });

  it('reports tensors that are no part of the model, and leaves them out', async () => {
    const extras = { 'visual.rotary_pos_emb.inv_freq': counting([2]), 'optimizer.step': counting([1]) };
    const folder = await tiny({ 'model.safetensors': safetensors(tinyTensors(extras)) });
    const { unknown, source } = await openCheckpoint({ folder, tokenizerLength: 16 });
    expect(unknown).toEqual(['optimizer.step', 'visual.rotary_pos_emb.inv_freq']);
    expect(source.tensors.has('visual.rotary_pos_emb.inv_freq')).toBe(false);
    await source.close();
  });

  it.each([
    ['without a head', null, true],
    ['with a head', counting([16, 8]), false],
  ])('decides by the weights whether embeddings are tied where the config is silent: %s', async (_, head, tied) => {
    const folder = await tiny({
      'config.json': { ...tinyConfig, tie_word_embeddings: undefined },
      'model.safetensors': safetensors(tinyTensors({ 'lm_head.weight': head })),
    });
    const { config, source } = await openCheckpoint({ folder, tokenizerLength: 16 });
    expect(config.text.tiedEmbeddings).toBe(tied);
    await source.close();
  });

  it('takes the vocabulary from the embeddings where they have fewer rows', async () => {
    const cut = { 'model.embed_tokens.weight': counting([13, 8]), 'lm_head.weight': counting([13, 8]) };
    const folder = await tiny({ 'model.safetensors': safetensors(tinyTensors(cut)) });
    const { config, source } = await openCheckpoint({ folder, tokenizerLength: 13 });
    expect(config.text.vocabularySize).toBe(13);
    await source.close();
  });
});

describe('canonicalQwen2VlName', () => {
  it.each([
    ['model.layers.0.mlp.up_proj.weight', 'model.layers.0.mlp.up_proj.weight'],
    ['model.language_model.layers.0.mlp.up_proj.weight', 'model.layers.0.mlp.up_proj.weight'],
    ['model.language_model.embed_tokens.weight', 'model.embed_tokens.weight'],
    ['visual.merger.ln_q.bias', 'visual.merger.ln_q.bias'],
    ['model.visual.merger.ln_q.bias', 'visual.merger.ln_q.bias'],
    ['lm_head.weight', 'lm_head.weight'],
    ['base_causallm.base_model.model.visual.merger.ln_q.bias', 'visual.merger.ln_q.bias'],
    ['base_causallm.base_model.model.model.visual.merger.ln_q.bias', 'visual.merger.ln_q.bias'],
    ['module.base_causallm.base_model.model.model.norm.weight', 'model.norm.weight'],
    ['base_causallm.base_model.model.model.language_model.norm.weight', 'model.norm.weight'],
    ['embedding.weight', undefined],
    ['optimizer.state', undefined],
  ])('%s is %s', (stored, canonical) => {
    expect(canonicalQwen2VlName(withoutWrappers(stored))).toBe(canonical);
  });
});
