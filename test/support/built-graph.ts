/** A graph written to a folder with weights given as plain numbers, and opened with ONNX Runtime. */
import type { OnnxDevice } from '../../src/main/engine/devices.ts';
import { OnnxSession } from '../../src/main/engine/onnx-session.ts';
import { createChunkBuffers } from '../../src/main/builder/chunk-buffers.ts';
import { writeGraphFile } from '../../src/main/builder/graph-file.ts';
import { WeightErrorMeter } from '../../src/main/builder/quantise/weight-error.ts';
import type { Graph } from '../../src/main/builder/graph/graph.ts';
import { tensorForRead, type TensorInfo, type WeightSource } from '../../src/main/checkpoint/weight-source.ts';

export type PlainTensor = Readonly<{ shape: readonly number[]; data: Float32Array }>;

/** Weights in memory, under checkpoint names. */
export function plainWeights(tensors: Readonly<Record<string, PlainTensor>>): WeightSource {
  const infos = new Map(
    Object.entries(tensors).map(([name, { shape, data }]): [string, TensorInfo] => [
      name,
      {
        name,
        dtype: 'F32',
        shape,
        elementCount: data.length,
        sizeBytes: data.byteLength,
        file: 'memory',
        byteOffset: null,
      },
    ]),
  );
  return {
    files: [],
    tensors: infos,
    read(name, startElement, elementCount) {
      tensorForRead({ tensors: infos }, name, startElement, elementCount);
      const values = Float32Array.from(tensors[name]?.data ?? []).subarray(startElement, startElement + elementCount);
      return Promise.resolve(new Uint8Array(values.slice().buffer));
    },
    close: () => Promise.resolve(),
  };
}

/** Writes `graph.onnx` and its data into the folder and opens them, single-threaded. */
export async function openGraph(
  folder: string,
  graph: Graph,
  source: WeightSource,
  device: OnnxDevice = 'cpu',
): Promise<OnnxSession> {
  await writeGraphFile(graph, {
    folder,
    name: 'graph',
    source,
    builderVersion: 'test',
    onBytes: () => undefined,
    errors: new WeightErrorMeter(),
    nextBuffer: createChunkBuffers(),
    signal: new AbortController().signal,
  });
  return await OnnxSession.open(`${folder}/graph.onnx`, { device, threadCount: 1 });
}
