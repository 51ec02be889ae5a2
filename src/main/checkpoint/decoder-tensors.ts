/**
 * The tensors of a decoder as Hugging Face names them, embeddings and head included. D hidden, H heads, Hkv key-value heads,
 * Dh head size, I intermediate, V vocabulary rows.
 */
import type { TextDimensions } from '../../shared/bundle.ts';

export type ExpectedTensor = Readonly<{ name: string; shape: readonly number[] }>;
/** A name and its shape. */
export type TensorRow = [name: string, ...shape: number[]];

/** In what the families' attention differs. */
export type AttentionStyle = Readonly<{
  /** Whether the projections to queries, keys and values have biases (Qwen2-VL's have; the output's never). */
  projectionBias: boolean;
  /** Whether each head's queries and keys are normalised before they are rotated, with weights of its own (Chameleon). */
  queryKeyNorm: boolean;
}>;

export const embeddingsName = 'model.embed_tokens.weight';
const headName = 'lm_head.weight';

export function decoderTensors(text: TextDimensions, style: AttentionStyle): TensorRow[] {
  const table: TensorRow[] = [[embeddingsName, text.vocabularySize, text.hiddenSize]];
  if (!text.tiedEmbeddings) table.push([headName, text.vocabularySize, text.hiddenSize]);
  table.push(['model.norm.weight', text.hiddenSize]);
  for (let layer = 0; layer < text.layerCount; layer++)
    table.push(...layerTensors(text, style, `model.layers.${layer}`));
  return table;
}

function layerTensors(text: TextDimensions, style: AttentionStyle, path: string): TensorRow[] {
  const { hiddenSize: D, intermediateSize: I, headCount, keyValueHeadCount, headSize } = text;
  const queries = headCount * headSize;
  const keys = keyValueHeadCount * headSize;
  const attention = `${path}.self_attn`;
  const biases: TensorRow[] = [
    [`${attention}.q_proj.bias`, queries],
    [`${attention}.k_proj.bias`, keys],
    [`${attention}.v_proj.bias`, keys],
  ];
  const norms: TensorRow[] = [
    [`${attention}.q_norm.weight`, headCount, headSize],
    [`${attention}.q_norm.bias`, headCount, headSize],
    [`${attention}.k_norm.weight`, keyValueHeadCount, headSize],
    [`${attention}.k_norm.bias`, keyValueHeadCount, headSize],
  ];
  return [
    [`${path}.input_layernorm.weight`, D],
    [`${attention}.q_proj.weight`, queries, D],
    [`${attention}.k_proj.weight`, keys, D],
    [`${attention}.v_proj.weight`, keys, D],
    [`${attention}.o_proj.weight`, D, queries],
    ...(style.projectionBias ? biases : []),
    ...(style.queryKeyNorm ? norms : []),
    [`${path}.post_attention_layernorm.weight`, D],
    [`${path}.mlp.gate_proj.weight`, I, D],
    [`${path}.mlp.up_proj.weight`, I, D],
    [`${path}.mlp.down_proj.weight`, D, I],
  ];
}

export const tensorsOf = (table: readonly TensorRow[]): ExpectedTensor[] =>
  table.map(([name, ...shape]) => ({ name, shape }));
