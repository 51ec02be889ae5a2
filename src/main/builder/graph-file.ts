/** Writes one graph into a folder: `<name>.onnx` and, where it has weights, their data `<name>.onnx.data`. */
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WeightSource } from '../checkpoint/weight-source.ts';
import type { ChunkBuffer } from './chunk-buffers.ts';
import { encodeOnnx, layOutExternals } from './graph/onnx-file.ts';
import { tensorSizeBytes, type Graph } from './graph/graph.ts';
import type { WeightErrorMeter } from './quantise/weight-error.ts';
import { writeWeight } from './weight-writer.ts';

export type GraphFileOptions = Readonly<{
  folder: string;
  name: string;
  source: WeightSource;
  builderVersion: string;
  onBytes: (sourceBytes: number) => void;
  /** Collects how far the quantised weights are from the checkpoint's. */
  errors: WeightErrorMeter;
  nextBuffer: () => ChunkBuffer;
  signal: AbortSignal;
}>;

export async function writeGraphFile(graph: Graph, options: GraphFileOptions): Promise<void> {
  const { folder, name, source, builderVersion, ...writing } = options;
  const layout = layOutExternals(graph);
  if (graph.weights.length > 0) {
    const file = await open(join(folder, `${name}.onnx.data`), 'w');
    try {
      await file.truncate(layout.sizeBytes);
      for (const weight of graph.weights) await writeWeight(weight, { source, layout, file, ...writing });
    } finally {
      await file.close();
    }
  }
  await writeFile(join(folder, `${name}.onnx`), encodeOnnx(graph, layout, `${name}.onnx.data`, builderVersion));
}

/** A graph over the data of another one in the same folder: its external tensors are some of that graph's. */
export async function writeGraphVariant(
  variant: Graph,
  of: Graph,
  {
    folder,
    name,
    dataName,
    builderVersion,
  }: Readonly<{ folder: string; name: string; dataName: string; builderVersion: string }>,
): Promise<void> {
  const layout = layOutExternals(of);
  const stranger = variant.externals.find((tensor) => !layout.offsets.has(tensor.name));
  if (stranger !== undefined) throw new Error(`${of.name} has no tensor ${stranger.name}`);
  await writeFile(join(folder, `${name}.onnx`), encodeOnnx(variant, layout, `${dataName}.onnx.data`, builderVersion));
}

/** Bytes that the graph's data will take, and bytes of the checkpoint that will be read for it. */
export function graphSizes(graph: Graph, source: WeightSource): { targetBytes: number; sourceBytes: number } {
  return {
    targetBytes: graph.externals.reduce((sum, tensor) => sum + tensorSizeBytes(tensor), 0),
    sourceBytes: graph.weights.reduce((sum, { tensor }) => sum + (source.tensors.get(tensor)?.sizeBytes ?? 0), 0),
  };
}
