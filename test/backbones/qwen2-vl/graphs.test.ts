/** Qwen2-VL's graphs against checkpoints: which tensors they take, how many parameters the published sizes have. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Graph, tensorSizeBytes } from '../../../src/main/builder/graph/graph.ts';
import { layOutExternals } from '../../../src/main/builder/graph/onnx-file.ts';
import { qwen2VlDecoder, qwen2VlHead } from '../../../src/main/backbones/qwen2-vl/graphs/graphs.ts';
import { qwen2VlVision } from '../../../src/main/backbones/qwen2-vl/graphs/vision.ts';
import { type PartEncodings, partEncodings } from '../../../src/main/builder/precision.ts';
import { readQwen2VlConfig } from '../../../src/main/backbones/qwen2-vl/checkpoint/config.ts';
import { openSafetensorsFile } from '../../../src/main/checkpoint/safetensors.ts';
import type { TextDimensions, VisionDimensions } from '../../../src/shared/bundle.ts';
import { goldenRoot } from '../../support/golden.ts';

function graphsOf(text: TextDimensions, vision: VisionDimensions, encodings: PartEncodings): Graph[] {
  return [
    qwen2VlVision(vision, text, encodings.vision, 'fused'),
    qwen2VlDecoder(text, encodings.decoder, 'heads-first'),
    qwen2VlHead(text, encodings.head),
  ];
}

/** The published configurations (Qwen2-VL-2B-Instruct and -7B-Instruct on the Hub). */
const vision: VisionDimensions = {
  depth: 32,
  embedDim: 1280,
  headCount: 16,
  intermediateSize: 5120,
  patchSize: 14,
  temporalPatchSize: 2,
  spatialMergeSize: 2,
  channelCount: 3,
};
const shared = {
  headSize: 128,
  rmsNormEpsilon: 1e-6,
  ropeTheta: 1_000_000,
  mropeSections: [16, 24, 24],
  maxPositions: 32_768,
};
const published = [
  {
    name: '2B',
    parameterCount: 2_208_985_600,
    text: {
      ...shared,
      hiddenSize: 1536,
      layerCount: 28,
      headCount: 12,
      keyValueHeadCount: 2,
      intermediateSize: 8960,
      vocabularySize: 151_936,
      tiedEmbeddings: true,
    },
  },
  {
    name: '7B',
    parameterCount: 8_291_375_616,
    text: {
      ...shared,
      hiddenSize: 3584,
      layerCount: 28,
      headCount: 28,
      keyValueHeadCount: 4,
      intermediateSize: 18_944,
      vocabularySize: 152_064,
      tiedEmbeddings: false,
    },
  },
] as const;

const bytesOf = (graphs: readonly Graph[]): number =>
  graphs.flatMap(({ externals }) => externals).reduce((sum, tensor) => sum + tensorSizeBytes(tensor), 0);

describe.each(published)('Qwen2-VL-$name', ({ parameterCount, text }) => {
  const dimensions: TextDimensions = { ...text, mropeSections: [...text.mropeSections] };
  const embeddings = text.tiedEmbeddings ? 0 : text.vocabularySize * text.hiddenSize;

  it('has as many parameters as the published weights', () => {
    const graphs = graphsOf(dimensions, vision, partEncodings.f32);
    expect(bytesOf(graphs) / 4 + embeddings).toBe(parameterCount);
  });

  it.each([
    { precision: 'int8', bitsPerWeight: 9 },
    { precision: 'int4', bitsPerWeight: 5 },
  ] as const)(
    'takes about $bitsPerWeight bits a weight in $precision, scales included',
    ({ precision, bitsPerWeight }) => {
      // Of the decoder: vision tower and head stay at 8 bits in int4. Norms and biases are float32.
      const [, f32] = graphsOf(dimensions, vision, partEncodings.f32);
      const [, quantised] = graphsOf(dimensions, vision, partEncodings[precision]);
      if (f32 === undefined || quantised === undefined) throw new Error('the decoder is the second graph');
      expect((bytesOf([quantised]) / bytesOf([f32])) * 32).toBeCloseTo(bitsPerWeight, 1);
    },
  );

  it('names every node and value once, and lays its data out without overlap', () => {
    for (const graph of graphsOf(dimensions, vision, partEncodings.int4)) {
      const names = graph.nodes.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      expect(layOutExternals(graph).sizeBytes).toBeGreaterThanOrEqual(bytesOf([graph]));
    }
  });
});

describe.each(['f32', 'int8', 'int4'] as const)('a checkpoint in %s', (precision) => {
  it('gives each of its tensors to exactly one place of the graphs, and nothing else is asked for', async () => {
    const folder = join(goldenRoot, 'tiny-untied');
    const config = await readQwen2VlConfig(folder);
    const source = await openSafetensorsFile(join(folder, 'model.safetensors'));
    const stored = source.tensors;
    await source.close();
    const vocabularySize = stored.get('model.embed_tokens.weight')?.shape[0] ?? 0;
    const graphs = graphsOf({ ...config.text, vocabularySize }, config.vision, partEncodings[precision]);
    const taken = graphs.flatMap(({ weights }) => weights.map(({ tensor }) => tensor));
    // The embedding table is looked up outside the graphs.
    expect([...taken, 'model.embed_tokens.weight'].sort()).toEqual([...stored.keys()].sort());
    for (const graph of graphs) {
      const declared = new Map(graph.externals.map((tensor) => [tensor.name, tensor]));
      const filled = graph.weights.flatMap((weight) =>
        weight.kind === 'blocks' ? [weight.blocks, weight.scales] : [weight.target],
      );
      expect([...declared.keys()].sort()).toEqual(filled.sort());
      for (const weight of graph.weights) {
        const { elementCount = 0, shape = [] } = stored.get(weight.tensor) ?? {};
        if (weight.kind === 'blocks') expect(weight.rows * weight.columns, weight.tensor).toBe(elementCount);
        else expect(product(declared.get(weight.target)?.dims ?? []), weight.tensor).toBe(product(shape));
      }
    }
  });
});

const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1);
