/** A `bundle.json` that says what a bundle says, with no graphs beside it: enough for planning runs. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleSchema, bundleVersion, type Bundle } from '../../src/shared/bundle.ts';

export const nominalVision = {
  depth: 1,
  embedDim: 8,
  headCount: 2,
  intermediateSize: 16,
  patchSize: 14,
  temporalPatchSize: 2,
  spatialMergeSize: 2,
  channelCount: 3,
};

/** Slots of 28 x 28 pixels; a fixed image of 100 of them. */
export const nominalImage = {
  mean: [0.5, 0.5, 0.5],
  std: [0.5, 0.5, 0.5],
  rescaleFactor: 1 / 255,
  minPixels: 3136,
  maxPixels: 78400,
  latentWidth: 280,
  latentHeight: 280,
};

/** Writes it into `folder` and returns the folder; `changes` replaces fields. */
export function writeNominalBundle(folder: string, changes: Partial<Bundle> = {}): string {
  mkdirSync(folder, { recursive: true });
  const bundle = bundleSchema.parse({
    bundleVersion,
    builderVersion: 'test',
    fingerprint: 'a'.repeat(64),
    name: 'nominal',
    architecture: 'qwen2-vl',
    precision: 'f32',
    text: {
      hiddenSize: 8,
      layerCount: 1,
      headCount: 2,
      keyValueHeadCount: 1,
      headSize: 4,
      intermediateSize: 16,
      vocabularySize: 32,
      rmsNormEpsilon: 1e-6,
      ropeTheta: 10000,
      mropeSections: [1, 1, 0],
      maxPositions: 512,
      tiedEmbeddings: true,
    },
    vision: nominalVision,
    image: nominalImage,
    specialTokens: {
      imageStart: 1,
      imageEnd: 2,
      imagePad: 3,
      endOfSequence: [4],
      latent: 5,
      startLatent: 6,
      endLatent: 7,
    },
    trainedFor: {
      method: 'ivt-lr',
      latentSteps: 3,
      patchesPerStep: 32,
      stepLayout: 'patches-then-hidden',
      promptFormat: 'released-inference',
    },
    trained: true,
    embeddings: { file: 'embeddings.bin', dtype: 'f32' },
    files: {
      vision: 'vision.onnx',
      visionWrittenOut: 'vision-written-out.onnx',
      decoder: 'decoder.onnx',
      decoderAppending: 'decoder-appending.onnx',
      head: 'head.onnx',
      cacheRows: 'cache-rows.onnx',
      tokenizer: 'tokenizer.json',
      tokenizerConfig: 'tokenizer_config.json',
      chatTemplate: 'chat_template.jinja',
    },
    parameterCount: 1000,
    sizeBytes: 4000,
    sources: [],
    merged: null,
    ...changes,
  });
  writeFileSync(join(folder, 'bundle.json'), JSON.stringify(bundle));
  return folder;
}
