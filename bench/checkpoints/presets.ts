/**
 * Dimensions of the random checkpoints that the benchmarks run. `2b`, `7b` and `7b-2layers` are those of the published
 * Qwen2-VL configurations (the last with two decoder layers instead of 28, everything else true, the whole vision
 * tower of 32 blocks included); `middle` is of a size that PyTorch recomputes in seconds on a laptop, `small` for
 * devices that are slow.
 */
import type { TextDimensions, VisionDimensions } from '../../src/shared/bundle.ts';

export type CheckpointPreset = Readonly<{
  name: PresetName;
  text: TextDimensions;
  vision: VisionDimensions;
  dtype: 'F32' | 'BF16';
  /** Weight files are cut at about this size. */
  shardBytes: number;
}>;

export const presetNames = ['small', 'middle', '2b', '7b', '7b-2layers'] as const;
export type PresetName = (typeof presetNames)[number];

const qwen2 = { rmsNormEpsilon: 1e-6, ropeTheta: 1_000_000, maxPositions: 32_768 } as const;
const patches = { patchSize: 14, temporalPatchSize: 2, spatialMergeSize: 2, channelCount: 3 } as const;
const publishedVision: VisionDimensions = {
  ...patches,
  depth: 32,
  embedDim: 1280,
  headCount: 16,
  intermediateSize: 5120,
};

const published7b: CheckpointPreset = {
  name: '7b',
  text: {
    ...qwen2,
    hiddenSize: 3584,
    layerCount: 28,
    headCount: 28,
    keyValueHeadCount: 4,
    headSize: 128,
    intermediateSize: 18_944,
    vocabularySize: 152_064,
    mropeSections: [16, 24, 24],
    tiedEmbeddings: false,
  },
  vision: publishedVision,
  dtype: 'BF16',
  shardBytes: 2e9,
};

export const presets: Readonly<Record<PresetName, CheckpointPreset>> = {
  small: {
    name: 'small',
    text: {
      ...qwen2,
      hiddenSize: 256,
      layerCount: 4,
      headCount: 4,
      keyValueHeadCount: 2,
      headSize: 64,
      intermediateSize: 704,
      vocabularySize: 151_936,
      mropeSections: [8, 12, 12],
      tiedEmbeddings: true,
    },
    vision: { ...patches, depth: 2, embedDim: 128, headCount: 2, intermediateSize: 512 },
    dtype: 'F32',
    shardBytes: 1e9,
  },
  middle: {
    name: 'middle',
    text: {
      ...qwen2,
      hiddenSize: 1024,
      layerCount: 12,
      headCount: 16,
      keyValueHeadCount: 4,
      headSize: 64,
      intermediateSize: 2816,
      vocabularySize: 151_936,
      mropeSections: [8, 12, 12],
      tiedEmbeddings: true,
    },
    vision: { ...patches, depth: 8, embedDim: 512, headCount: 8, intermediateSize: 2048 },
    dtype: 'F32',
    shardBytes: 1e9,
  },
  '2b': {
    name: '2b',
    text: {
      ...qwen2,
      hiddenSize: 1536,
      layerCount: 28,
      headCount: 12,
      keyValueHeadCount: 2,
      headSize: 128,
      intermediateSize: 8960,
      vocabularySize: 151_936,
      mropeSections: [16, 24, 24],
      tiedEmbeddings: true,
    },
    vision: publishedVision,
    dtype: 'BF16',
    shardBytes: 2e9,
  },
  '7b': published7b,
  '7b-2layers': { ...published7b, name: '7b-2layers', text: { ...published7b.text, layerCount: 2 } },
};
