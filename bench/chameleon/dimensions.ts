/** Chameleon-7B as published: its image tokenizer, and its decoder with as many layers as are asked for. */
import type { TextDimensions, VqDimensions } from '../../src/shared/bundle.ts';

export const publishedVq: VqDimensions = {
  resolution: 512,
  channelCount: 3,
  baseChannelCount: 128,
  channelMultipliers: [1, 1, 2, 2, 4],
  residualBlockCount: 2,
  attentionResolutions: [],
  middleAttention: true,
  latentChannelCount: 256,
  entrySize: 256,
  entryCount: 8192,
  placeCount: 1024,
};

export const publishedLayerCount = 32;

export const publishedText = (layerCount: number): TextDimensions => ({
  hiddenSize: 4096,
  layerCount,
  headCount: 32,
  keyValueHeadCount: 32,
  headSize: 128,
  intermediateSize: 11_008,
  vocabularySize: 65_536,
  rmsNormEpsilon: 1e-5,
  ropeTheta: 10_000,
  mropeSections: [64, 0, 0],
  maxPositions: 4096,
  tiedEmbeddings: false,
});
