/**
 * Every tensor of a Qwen2-VL model under its canonical name, with its shape, and the check that a checkpoint has
 * them all. D hidden, H heads, Hkv key-value heads, Dh head size, I intermediate, V vocabulary rows; vision: E embed,
 * M intermediate, G merged (E times the patches of a slot).
 */
import type { TextDimensions, VisionDimensions } from '../../../../shared/bundle.ts';
import { fail } from '../../../../shared/failure.ts';
import { isWeightDtype, weightDtypes } from '../../../checkpoint/dtype.ts';
import type { TensorInfo, WeightSource } from '../../../checkpoint/weight-source.ts';

export type Qwen2VlDimensions = Readonly<{ text: TextDimensions; vision: VisionDimensions }>;
export type ExpectedTensor = Readonly<{ name: string; shape: readonly number[] }>;

const embeddingsName = 'model.embed_tokens.weight';
const headName = 'lm_head.weight';

/** The complete list for a model's dimensions; `text.vocabularySize` is the rows of embeddings and head. */
export function expectedQwen2VlTensors({ text, vision }: Qwen2VlDimensions): ExpectedTensor[] {
  const table: [string, ...number[]][] = [[embeddingsName, text.vocabularySize, text.hiddenSize]];
  if (!text.tiedEmbeddings) table.push([headName, text.vocabularySize, text.hiddenSize]);
  table.push(['model.norm.weight', text.hiddenSize]);
  for (let layer = 0; layer < text.layerCount; layer++) table.push(...layerTensors(text, `model.layers.${layer}`));
  table.push(...visionTensors(vision, text.hiddenSize));
  return table.map(([name, ...shape]) => ({ name, shape }));
}

function layerTensors(text: TextDimensions, path: string): [string, ...number[]][] {
  const { hiddenSize: D, intermediateSize: I } = text;
  const queries = text.headCount * text.headSize;
  const keys = text.keyValueHeadCount * text.headSize;
  return [
    [`${path}.input_layernorm.weight`, D],
    [`${path}.self_attn.q_proj.weight`, queries, D],
    [`${path}.self_attn.q_proj.bias`, queries],
    [`${path}.self_attn.k_proj.weight`, keys, D],
    [`${path}.self_attn.k_proj.bias`, keys],
    [`${path}.self_attn.v_proj.weight`, keys, D],
    [`${path}.self_attn.v_proj.bias`, keys],
    [`${path}.self_attn.o_proj.weight`, D, queries],
    [`${path}.post_attention_layernorm.weight`, D],
    [`${path}.mlp.gate_proj.weight`, I, D],
    [`${path}.mlp.up_proj.weight`, I, D],
    [`${path}.mlp.down_proj.weight`, D, I],
  ];
}

function visionTensors(vision: VisionDimensions, hiddenSize: number): [string, ...number[]][] {
  const { embedDim: E, intermediateSize: M, patchSize } = vision;
  const G = E * vision.spatialMergeSize ** 2;
  const table: [string, ...number[]][] = [
    ['visual.patch_embed.proj.weight', E, vision.channelCount, vision.temporalPatchSize, patchSize, patchSize],
  ];
  for (let block = 0; block < vision.depth; block++) {
    const path = `visual.blocks.${block}`;
    table.push(
      [`${path}.norm1.weight`, E],
      [`${path}.norm1.bias`, E],
      [`${path}.attn.qkv.weight`, 3 * E, E],
      [`${path}.attn.qkv.bias`, 3 * E],
      [`${path}.attn.proj.weight`, E, E],
      [`${path}.attn.proj.bias`, E],
      [`${path}.norm2.weight`, E],
      [`${path}.norm2.bias`, E],
      [`${path}.mlp.fc1.weight`, M, E],
      [`${path}.mlp.fc1.bias`, M],
      [`${path}.mlp.fc2.weight`, E, M],
      [`${path}.mlp.fc2.bias`, E],
    );
  }
  table.push(
    ['visual.merger.ln_q.weight', E],
    ['visual.merger.ln_q.bias', E],
    ['visual.merger.mlp.0.weight', G, G],
    ['visual.merger.mlp.0.bias', G],
    ['visual.merger.mlp.2.weight', hiddenSize, G],
    ['visual.merger.mlp.2.bias', hiddenSize],
  );
  return table;
}

export type ValidationOptions = Readonly<{
  /** Highest token id + 1: the fewest rows that the embeddings may have. */
  tokenizerLength: number;
  /** Whether the rows may exceed the config's too: weights trained apart from the config's folder. */
  resized?: boolean;
}>;

/**
 * Checks that a source (canonical names) holds every tensor in the right shape and a floating-point type.
 * The embeddings' rows decide the vocabulary size, since released weights have fewer than their base's config says.
 *
 * @returns the vocabulary rows, and the names that are no part of the model (of a tied model, `lm_head.weight` too)
 * Fails: `missing-tensor`, `wrong-shape`, `unsupported-dtype`.
 */
export function validateQwen2Vl(
  source: WeightSource,
  dimensions: Qwen2VlDimensions,
  options: ValidationOptions,
): { vocabularySize: number; unknown: string[] } {
  const vocabularySize = vocabularyRows(source, dimensions.text, options);
  const text = { ...dimensions.text, vocabularySize };
  const expected = expectedQwen2VlTensors({ text, vision: dimensions.vision });
  for (const { name, shape } of expected) checkTensor(requireTensor(source, name), shape);
  const known = new Set(expected.map((tensor) => tensor.name));
  return { vocabularySize, unknown: [...source.tensors.keys()].filter((name) => !known.has(name)) };
}

function vocabularyRows(source: WeightSource, text: TextDimensions, options: ValidationOptions): number {
  const embeddings = requireTensor(source, embeddingsName);
  const rows = embeddings.shape[0] ?? 0;
  const most = options.resized === true ? Infinity : text.vocabularySize;
  if (rows < options.tokenizerLength || rows > most) {
    fail('wrong-shape', `The token embeddings have ${rows} rows, which doesn't fit the tokenizer and the config.`, {
      file: embeddings.file,
      place: `tensor ${embeddingsName}`,
      expected: `at least ${options.tokenizerLength} rows${most === Infinity ? '' : `, at most ${most}`}`,
      found: `[${embeddings.shape.join(', ')}]`,
      action: 'Use the tokenizer and the config that belong to these weights.',
    });
  }
  return rows;
}

function requireTensor(source: WeightSource, name: string): TensorInfo {
  const tensor = source.tensors.get(name);
  if (tensor !== undefined) return tensor;
  const file = source.files[0];
  return fail('missing-tensor', `The checkpoint lacks the tensor ${name}.`, {
    ...(file !== undefined && { file }),
    place: `tensor ${name}`,
    expected: 'every tensor of a Qwen2-VL model of the size that its config says',
    action: 'Check that config and weights belong together, or download the checkpoint again.',
  });
}

function checkTensor(tensor: TensorInfo, shape: readonly number[]): void {
  const place = `tensor ${tensor.name}`;
  if (tensor.shape.length !== shape.length || tensor.shape.some((size, axis) => size !== shape[axis])) {
    fail('wrong-shape', `${tensor.name} doesn't have the shape that the config implies.`, {
      file: tensor.file,
      place,
      expected: `[${shape.join(', ')}]`,
      found: `[${tensor.shape.join(', ')}]`,
      action: 'Check that config and weights belong together.',
    });
  }
  if (!isWeightDtype(tensor.dtype)) {
    fail('unsupported-dtype', `${tensor.name} is stored as ${tensor.dtype}.`, {
      file: tensor.file,
      place,
      expected: weightDtypes.join(', '),
      found: tensor.dtype,
      action: 'Convert the weights to bfloat16, float16 or float32; Penumbra quantises while importing.',
    });
  }
}
