/**
 * Every tensor of a Qwen2-VL model under its canonical name, with its shape. Vision: E embed, M intermediate, G merged (E
 * times the patches of a slot).
 */
import type { TextDimensions, VisionDimensions } from '../../../../shared/bundle.ts';
import { decoderTensors, tensorsOf, type ExpectedTensor, type TensorRow } from '../../../checkpoint/decoder-tensors.ts';
import { validateTensors, type ValidationOptions } from '../../../checkpoint/expected-tensors.ts';
import type { WeightSource } from '../../../checkpoint/weight-source.ts';

export type Qwen2VlDimensions = Readonly<{ text: TextDimensions; vision: VisionDimensions }>;
/** In what Qwen2-VL's attention differs from that of other families. */
export const qwen2VlAttention = { projectionBias: true, queryKeyNorm: false } as const;

/** The complete list for a model's dimensions; `text.vocabularySize` is the rows of embeddings and head. */
export const expectedQwen2VlTensors = ({ text, vision }: Qwen2VlDimensions): ExpectedTensor[] =>
  tensorsOf([...decoderTensors(text, qwen2VlAttention), ...visionTensors(vision, text.hiddenSize)]);

/** Fails as `validateTensors` does. */
export const validateQwen2Vl = (
  source: WeightSource,
  { text, vision }: Qwen2VlDimensions,
  options: ValidationOptions,
): ReturnType<typeof validateTensors> =>
  validateTensors(
    source,
    {
      family: 'Qwen2-VL',
      vocabularySize: text.vocabularySize,
      tensorsFor: (vocabularySize) => expectedQwen2VlTensors({ text: { ...text, vocabularySize }, vision }),
    },
    options,
  );

function visionTensors(vision: VisionDimensions, hiddenSize: number): TensorRow[] {
  const { embedDim: E, intermediateSize: M, patchSize } = vision;
  const G = E * vision.spatialMergeSize ** 2;
  const table: TensorRow[] = [
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
