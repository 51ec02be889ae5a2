/**
 * Writes a Hugging Face Qwen2-VL folder with random weights: sharded safetensors under the published key names, the
 * published flat config.json, and the small tokenizer of test/golden/qwen2-vl/tiny-tied (its ids are fewer than the
 * vocabulary's rows, as in real checkpoints; config ids are that tokenizer's). Streamed: memory stays at a few
 * megabytes whatever the size. Same seed, same bytes. An existing complete folder is used as it is.
 *
 *   node bench/checkpoints/make-checkpoint.ts PRESET FOLDER
 */
import { copyFile, mkdir, open, readFile, rename, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expectedQwen2VlTensors } from '../../src/main/backbones/qwen2-vl/checkpoint/tensors.ts';
import { presetNames, presets, type CheckpointPreset } from './presets.ts';
import { fillRandom, levelTable, tensorSeed } from './random-values.ts';

const seed = 20_251_012;
const chunkElements = 2 * 1024 * 1024;
/** Rows no answer should hold: padding of the vocabulary, and the end token, so that answers have full length. */
const quietShare = 0.02;

const tokenizerFolder = fileURLToPath(new URL('../../test/golden/qwen2-vl/tiny-tied', import.meta.url));
const copiedFiles = ['tokenizer.json', 'tokenizer_config.json', 'chat_template.jinja', 'generation_config.json'];

type Tensor = Readonly<{ name: string; shape: readonly number[]; elementCount: number }>;

/** Makes the preset's folder unless it is there; complete folders only ever appear under their final name. */
export async function makeCheckpoint(preset: CheckpointPreset, folder: string): Promise<void> {
  if (await exists(join(folder, 'config.json'))) return;
  const partial = `${folder}.partial-${process.pid}`;
  try {
    await mkdir(partial, { recursive: true });
    const tokenIds = await readTokenIds();
    await writeWeights(preset, partial, tokenIds);
    for (const name of copiedFiles) await copyFile(join(tokenizerFolder, name), join(partial, name));
    await writeJson(join(partial, 'preprocessor_config.json'), preprocessorConfig);
    await writeJson(join(partial, 'latent_config.json'), latentConfig);
    await writeJson(join(partial, 'config.json'), modelConfig(preset, tokenIds));
    await rm(folder, { recursive: true, force: true });
    await mkdir(dirname(folder), { recursive: true });
    await rename(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function writeWeights(preset: CheckpointPreset, folder: string, tokenIds: TokenIds): Promise<void> {
  const elementBytes = preset.dtype === 'F32' ? 4 : 2;
  const shards: Tensor[][] = [[]];
  let shardBytes = 0;
  let totalBytes = 0;
  for (const { name, shape } of expectedQwen2VlTensors(preset)) {
    const elementCount = shape.reduce((product, size) => product * size, 1);
    const bytes = elementCount * elementBytes;
    if (shardBytes > 0 && shardBytes + bytes > preset.shardBytes) {
      shards.push([]);
      shardBytes = 0;
    }
    shards.at(-1)?.push({ name, shape, elementCount });
    shardBytes += bytes;
    totalBytes += bytes;
  }
  const weightMap: Record<string, string> = {};
  for (const [index, tensors] of shards.entries()) {
    const number = (value: number) => String(value).padStart(5, '0');
    const fileName = `model-${number(index + 1)}-of-${number(shards.length)}.safetensors`;
    const file = await open(join(folder, fileName), 'w');
    try {
      await writeShard(file, tensors, preset, tokenIds);
    } finally {
      await file.close();
    }
    for (const { name } of tensors) weightMap[name] = fileName;
  }
  await writeJson(join(folder, 'model.safetensors.index.json'), {
    metadata: { total_size: totalBytes },
    weight_map: weightMap,
  });
}

async function writeShard(
  file: FileHandle,
  tensors: readonly Tensor[],
  { dtype }: CheckpointPreset,
  tokenIds: TokenIds,
): Promise<void> {
  const elementBytes = dtype === 'F32' ? 4 : 2;
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let offset = 0;
  for (const { name, shape, elementCount } of tensors) {
    const end = offset + elementCount * elementBytes;
    header[name] = { dtype, shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = JSON.stringify(header);
  const padded = Buffer.from(json.padEnd(Math.ceil(json.length / 8) * 8, ' '));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  await file.write(Buffer.concat([length, padded]));
  for (const tensor of tensors) await writeTensor(file, tensor, dtype, tokenIds);
}

async function writeTensor(
  file: FileHandle,
  { name, shape, elementCount }: Tensor,
  dtype: CheckpointPreset['dtype'],
  tokenIds: TokenIds,
): Promise<void> {
  const { mean, std } = distribution(name, shape);
  const table = levelTable(dtype, mean, std);
  const quiet = levelTable(dtype, mean * quietShare, std * quietShare);
  const isVocabulary = /embed_tokens|lm_head/.test(name);
  const rowSize = shape.length > 1 ? elementCount / (shape[0] ?? 1) : elementCount;
  const rowsPerChunk = Math.max(1, Math.floor(chunkElements / rowSize));
  const rowCount = elementCount / rowSize;
  const buffer = dtype === 'F32' ? new Float32Array(rowsPerChunk * rowSize) : new Uint16Array(rowsPerChunk * rowSize);
  let state = tensorSeed(seed, name);
  for (let row = 0; row < rowCount; row += rowsPerChunk) {
    const count = Math.min(rowsPerChunk, rowCount - row);
    const values = buffer.subarray(0, count * rowSize);
    if (isVocabulary) {
      for (let inChunk = 0; inChunk < count; inChunk++) {
        const isQuiet = row + inChunk >= tokenIds.count || row + inChunk === tokenIds.endOfSequence;
        const rowValues = values.subarray(inChunk * rowSize, (inChunk + 1) * rowSize);
        state = fillRandom(rowValues, isQuiet ? quiet : table, state);
      }
    } else {
      state = fillRandom(values, table, state);
    }
    await file.writeFile(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
}

/**
 * Spreads that keep activations finite and attention uneven: projections keep the size of what they are given,
 * queries and keys a little more; small embeddings, so that a tied head does not repeat the last token for ever.
 */
function distribution(name: string, shape: readonly number[]): { mean: number; std: number } {
  const isNorm = /norm|ln_q/.test(name);
  if (name.endsWith('.bias')) return { mean: 0, std: isNorm ? 0.05 : 0.1 };
  if (isNorm) return { mean: 1, std: 0.1 };
  if (/embed_tokens|lm_head/.test(name)) return { mean: 0, std: 0.02 };
  const inputSize = shape.slice(1).reduce((product, size) => product * size, 1);
  return { mean: 0, std: Math.sqrt((/[qk]_proj|attn\.qkv/.test(name) ? 2 : 1) / inputSize) };
}

type TokenIds = Readonly<{
  count: number;
  endOfText: number;
  endOfSequence: number;
  imageStart: number;
  imageEnd: number;
  visionPad: number;
  imagePad: number;
  videoPad: number;
}>;

async function readTokenIds(): Promise<TokenIds> {
  const tokenizer = JSON.parse(await readFile(join(tokenizerFolder, 'tokenizer.json'), 'utf8')) as {
    added_tokens: { id: number; content: string }[];
  };
  const idOf = (content: string) => {
    const token = tokenizer.added_tokens.find((added) => added.content === content);
    if (token === undefined) throw new Error(`the tokenizer has no ${content}`);
    return token.id;
  };
  return {
    count: Math.max(...tokenizer.added_tokens.map(({ id }) => id)) + 1,
    endOfText: idOf('<|endoftext|>'),
    endOfSequence: idOf('<|im_end|>'),
    imageStart: idOf('<|vision_start|>'),
    imageEnd: idOf('<|vision_end|>'),
    visionPad: idOf('<|vision_pad|>'),
    imagePad: idOf('<|image_pad|>'),
    videoPad: idOf('<|video_pad|>'),
  };
}

function modelConfig({ text, vision, dtype }: CheckpointPreset, tokenIds: TokenIds): unknown {
  return {
    architectures: ['Qwen2VLForConditionalGeneration'],
    attention_dropout: 0,
    bos_token_id: tokenIds.endOfText,
    eos_token_id: tokenIds.endOfSequence,
    vision_start_token_id: tokenIds.imageStart,
    vision_end_token_id: tokenIds.imageEnd,
    vision_token_id: tokenIds.visionPad,
    image_token_id: tokenIds.imagePad,
    video_token_id: tokenIds.videoPad,
    hidden_act: 'silu',
    hidden_size: text.hiddenSize,
    initializer_range: 0.02,
    intermediate_size: text.intermediateSize,
    max_position_embeddings: text.maxPositions,
    max_window_layers: text.layerCount,
    model_type: 'qwen2_vl',
    num_attention_heads: text.headCount,
    num_hidden_layers: text.layerCount,
    num_key_value_heads: text.keyValueHeadCount,
    rms_norm_eps: text.rmsNormEpsilon,
    rope_theta: text.ropeTheta,
    sliding_window: 32_768,
    tie_word_embeddings: text.tiedEmbeddings,
    torch_dtype: dtype === 'F32' ? 'float32' : 'bfloat16',
    transformers_version: '4.41.2',
    use_cache: true,
    use_sliding_window: false,
    vision_config: {
      depth: vision.depth,
      embed_dim: vision.embedDim,
      mlp_ratio: vision.intermediateSize / vision.embedDim,
      num_heads: vision.headCount,
      in_chans: vision.channelCount,
      hidden_size: text.hiddenSize,
      patch_size: vision.patchSize,
      spatial_merge_size: vision.spatialMergeSize,
      spatial_patch_size: vision.patchSize,
      temporal_patch_size: vision.temporalPatchSize,
    },
    rope_scaling: { type: 'mrope', mrope_section: text.mropeSections },
    vocab_size: text.vocabularySize,
  };
}

/** As published, pixel bounds included. */
const preprocessorConfig = {
  min_pixels: 3136,
  max_pixels: 12_845_056,
  patch_size: 14,
  temporal_patch_size: 2,
  merge_size: 2,
  image_mean: [0.48145466, 0.4578275, 0.40821073],
  image_std: [0.26862954, 0.26130258, 0.27577711],
  image_processor_type: 'Qwen2VLImageProcessor',
  processor_class: 'Qwen2VLProcessor',
};

/** The released settings of IVT-LR on Qwen2-VL. */
const latentConfig = {
  format_version: 1,
  method: 'ivt-lr',
  trained: false,
  latent_steps: 3,
  patches_per_step: 32,
  step_layout: 'patches-then-hidden',
  prompt_format: 'released-inference',
  image_size: { width: 280, height: 280 },
  note: 'random weights, for benchmarks',
};

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

if (import.meta.main) {
  const [name = '', folder] = process.argv.slice(2);
  const known = presetNames.find((preset) => preset === name);
  if (known === undefined || folder === undefined) {
    process.stderr.write(`usage: make-checkpoint.ts ${presetNames.join('|')} FOLDER\n`);
    process.exitCode = 2;
  } else {
    await makeCheckpoint(presets[known], folder);
  }
}
