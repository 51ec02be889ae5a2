/** The smallest Qwen2-VL folder there can be (one layer, one block), with any part of it replaced. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { counting, safetensors, type StoredTensor } from './safetensors-bytes.ts';

export const tinyConfig = {
  architectures: ['Qwen2VLForConditionalGeneration'],
  model_type: 'qwen2_vl',
  hidden_size: 8,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  intermediate_size: 12,
  vocab_size: 16,
  rms_norm_eps: 1e-6,
  rope_theta: 1_000_000,
  rope_scaling: { type: 'mrope', mrope_section: [1, 1, 0] },
  max_position_embeddings: 128,
  hidden_act: 'silu',
  tie_word_embeddings: false,
  torch_dtype: 'float32',
  eos_token_id: 3,
  image_token_id: 6,
  vision_start_token_id: 4,
  vision_end_token_id: 5,
  vision_config: {
    depth: 1,
    embed_dim: 8,
    hidden_size: 8,
    mlp_ratio: 2,
    num_heads: 2,
    in_chans: 3,
    patch_size: 14,
    spatial_merge_size: 2,
    temporal_patch_size: 2,
  },
};

export const tinyPreprocessor = {
  min_pixels: 3136,
  max_pixels: 50_176,
  patch_size: 14,
  temporal_patch_size: 2,
  merge_size: 2,
  image_mean: [0.48145466, 0.4578275, 0.40821073],
  image_std: [0.26862954, 0.26130258, 0.27577711],
};

/** Shapes written out by hand from the reference's modules, old layout. */
const shapes: Readonly<Record<string, number[]>> = {
  'model.embed_tokens.weight': [16, 8],
  'lm_head.weight': [16, 8],
  'model.norm.weight': [8],
  'model.layers.0.input_layernorm.weight': [8],
  'model.layers.0.self_attn.q_proj.weight': [8, 8],
  'model.layers.0.self_attn.q_proj.bias': [8],
  'model.layers.0.self_attn.k_proj.weight': [4, 8],
  'model.layers.0.self_attn.k_proj.bias': [4],
  'model.layers.0.self_attn.v_proj.weight': [4, 8],
  'model.layers.0.self_attn.v_proj.bias': [4],
  'model.layers.0.self_attn.o_proj.weight': [8, 8],
  'model.layers.0.post_attention_layernorm.weight': [8],
  'model.layers.0.mlp.gate_proj.weight': [12, 8],
  'model.layers.0.mlp.up_proj.weight': [12, 8],
  'model.layers.0.mlp.down_proj.weight': [8, 12],
  'visual.patch_embed.proj.weight': [8, 3, 2, 14, 14],
  'visual.blocks.0.norm1.weight': [8],
  'visual.blocks.0.norm1.bias': [8],
  'visual.blocks.0.attn.qkv.weight': [24, 8],
  'visual.blocks.0.attn.qkv.bias': [24],
  'visual.blocks.0.attn.proj.weight': [8, 8],
  'visual.blocks.0.attn.proj.bias': [8],
  'visual.blocks.0.norm2.weight': [8],
  'visual.blocks.0.norm2.bias': [8],
  'visual.blocks.0.mlp.fc1.weight': [16, 8],
  'visual.blocks.0.mlp.fc1.bias': [16],
  'visual.blocks.0.mlp.fc2.weight': [8, 16],
  'visual.blocks.0.mlp.fc2.bias': [8],
  'visual.merger.ln_q.weight': [8],
  'visual.merger.ln_q.bias': [8],
  'visual.merger.mlp.0.weight': [32, 32],
  'visual.merger.mlp.0.bias': [32],
  'visual.merger.mlp.2.weight': [8, 32],
  'visual.merger.mlp.2.bias': [8],
};

/** All tensors of the tiny model, with changes: a tensor in place of another, or null to leave one out. */
export function tinyTensors(changes: Readonly<Record<string, StoredTensor | null>> = {}): Record<string, StoredTensor> {
  const tensors: Record<string, StoredTensor> = {};
  for (const [index, [name, shape]] of Object.entries(shapes).entries()) tensors[name] = counting(shape, index);
  for (const [name, change] of Object.entries(changes)) {
    if (change === null) delete tensors[name];
    else tensors[name] = change;
  }
  return tensors;
}

/** Writes files (objects as JSON) under a folder; null leaves one out. */
export async function writeFiles(folder: string, files: Readonly<Record<string, Uint8Array | string | object | null>>) {
  for (const [name, content] of Object.entries(files)) {
    if (content === null) continue;
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    const raw = typeof content === 'string' || content instanceof Uint8Array;
    await writeFile(path, raw ? content : JSON.stringify(content));
  }
}

/** A sound tiny checkpoint, with files replaced or left out. */
export async function writeTinyCheckpoint(
  folder: string,
  files: Readonly<Record<string, Uint8Array | string | object | null>> = {},
): Promise<string> {
  await writeFiles(folder, {
    'config.json': tinyConfig,
    'preprocessor_config.json': tinyPreprocessor,
    'model.safetensors': safetensors(tinyTensors()),
    ...files,
  });
  return folder;
}
