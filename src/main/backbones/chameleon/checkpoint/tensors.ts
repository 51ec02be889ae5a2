/** Every tensor of a Chameleon model that its inference needs, under its canonical name, with its shape. */
import type { TextDimensions, VqDimensions } from '../../../../shared/bundle.ts';
import { decoderTensors, tensorsOf, type ExpectedTensor, type TensorRow } from '../../../checkpoint/decoder-tensors.ts';
import { validateTensors, type ValidationOptions } from '../../../checkpoint/expected-tensors.ts';
import type { WeightSource } from '../../../checkpoint/weight-source.ts';

/** In what Chameleon's attention differs from that of other families. */
export const chameleonAttention = { projectionBias: false, queryKeyNorm: true } as const;

export type ChameleonDimensions = Readonly<{ text: TextDimensions; vq: VqDimensions }>;

/** `text.vocabularySize` is the rows of embeddings and head. */
export const expectedChameleonTensors = ({ text, vq }: ChameleonDimensions): ExpectedTensor[] =>
  tensorsOf([...decoderTensors(text, chameleonAttention), ...imageTokenizerTensors(vq)]);

/** Fails as `validateTensors` does. */
export const validateChameleon = (
  source: WeightSource,
  { text, vq }: ChameleonDimensions,
  options: ValidationOptions,
): ReturnType<typeof validateTensors> =>
  validateTensors(
    source,
    {
      family: 'Chameleon',
      vocabularySize: text.vocabularySize,
      tensorsFor: (vocabularySize) => expectedChameleonTensors({ text: { ...text, vocabularySize }, vq }),
    },
    options,
  );

function imageTokenizerTensors(vq: VqDimensions): TensorRow[] {
  const root = 'model.vqmodel';
  const encoder = `${root}.encoder`;
  let channels = vq.baseChannelCount;
  let side = vq.resolution;
  const table = conv(`${encoder}.conv_in`, vq.channelCount, channels, 3);
  for (const [level, multiplier] of vq.channelMultipliers.entries()) {
    const path = `${encoder}.down.${level}`;
    for (let block = 0; block < vq.residualBlockCount; block++) {
      const outputs = vq.baseChannelCount * multiplier;
      table.push(...residualBlock(`${path}.block.${block}`, channels, outputs));
      channels = outputs;
      if (vq.attentionResolutions.includes(side)) table.push(...attentionBlock(`${path}.attn.${block}`, channels));
    }
    if (level === vq.channelMultipliers.length - 1) break;
    table.push(...conv(`${path}.downsample.conv`, channels, channels, 3));
    side /= 2;
  }
  table.push(
    ...residualBlock(`${encoder}.mid.block_1`, channels, channels),
    ...(vq.middleAttention ? attentionBlock(`${encoder}.mid.attn_1`, channels) : []),
    ...residualBlock(`${encoder}.mid.block_2`, channels, channels),
    ...norm(`${encoder}.norm_out`, channels),
    ...conv(`${encoder}.conv_out`, channels, vq.latentChannelCount, 3),
    ...conv(`${root}.quant_conv`, vq.latentChannelCount, vq.entrySize, 1),
    [`${root}.quantize.embedding.weight`, vq.entryCount, vq.entrySize],
  );
  return table;
}

const conv = (path: string, inputs: number, outputs: number, kernel: number): TensorRow[] => [
  [`${path}.weight`, outputs, inputs, kernel, kernel],
  [`${path}.bias`, outputs],
];

const norm = (path: string, channels: number): TensorRow[] => [
  [`${path}.weight`, channels],
  [`${path}.bias`, channels],
];

const residualBlock = (path: string, inputs: number, outputs: number): TensorRow[] => [
  ...norm(`${path}.norm1`, inputs),
  ...conv(`${path}.conv1`, inputs, outputs, 3),
  ...norm(`${path}.norm2`, outputs),
  ...conv(`${path}.conv2`, outputs, outputs, 3),
  ...(inputs === outputs ? [] : conv(`${path}.nin_shortcut`, inputs, outputs, 1)),
];

const attentionBlock = (path: string, channels: number): TensorRow[] => [
  ...norm(`${path}.norm`, channels),
  ...['q', 'k', 'v', 'proj_out'].flatMap((part) => conv(`${path}.${part}`, channels, channels, 1)),
];
