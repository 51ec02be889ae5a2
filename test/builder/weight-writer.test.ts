/**
 * Weights of several chunks, written behind while the next chunk is read into memory that was used before: whatever
 * the disk's speed, each value arrives; failures on either side come out as failures.
 */
import { open, readFile, truncate, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createChunkBuffers } from '../../src/main/builder/chunk-buffers.ts';
import { layOutExternals, type ExternalLayout } from '../../src/main/builder/graph/onnx-file.ts';
import { GraphBuilder } from '../../src/main/builder/graph/graph-builder.ts';
import type { Graph } from '../../src/main/builder/graph/graph.ts';
import { linear, type LinearEncoding } from '../../src/main/builder/ops/linear.ts';
import { WeightErrorMeter } from '../../src/main/builder/quantise/weight-error.ts';
import { writeWeight } from '../../src/main/builder/weight-writer.ts';
import { openSafetensorsFile } from '../../src/main/checkpoint/safetensors.ts';
import { safetensors } from '../corpus/checkpoint/safetensors-bytes.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();

/** Four chunks, the last one not full. */
const [rows, columns] = [1700, 4096];
const tensor = 'layer.weight';

/** Every element tells its place: multiples of 1/128 below 1, different in neighbouring rows and chunks; bfloat16 exactly. */
const valueAt = (index: number): number => ((index + 31 * Math.floor(index / columns)) % 127) / 128 + 1 / 128;
const values = Float32Array.from({ length: rows * columns }, (_, index) => valueAt(index));

function storedAs(dtype: 'F32' | 'BF16'): Uint8Array {
  if (dtype === 'F32') return new Uint8Array(values.buffer);
  return new Uint8Array(Uint16Array.from(new Uint32Array(values.buffer), (bits) => bits >>> 16).buffer);
}

function graphOf(encoding: LinearEncoding): { graph: Graph; layout: ExternalLayout } {
  const builder = new GraphBuilder('layer');
  const x = builder.input('x', 'float32', ['M', columns]);
  const options = { weight: tensor, bias: null, inputSize: columns, outputSize: rows, encoding };
  builder.output('y', linear(builder, '/layer', x, options), 'float32', ['M', rows]);
  const graph = builder.build();
  return { graph, layout: layOutExternals(graph) };
}

/** A disk that takes its time, and what is in the buffer only when it gets to it; the n-th write may fail. */
function slowDisk(file: FileHandle, failsAt = Infinity): FileHandle {
  let writes = 0;
  const write = async (...parameters: [Uint8Array, number, number, number]) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (++writes === failsAt) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    return file.write(...parameters);
  };
  return new Proxy(file, { get: (target, name) => (name === 'write' ? write : Reflect.get(target, name)) });
}

async function write(
  encoding: LinearEncoding,
  dtype: 'F32' | 'BF16',
  { failsAt, cutAt }: Readonly<{ failsAt?: number; cutAt?: number }> = {},
): Promise<{ layout: ExternalLayout; data: Buffer }> {
  const folder = await newFolder();
  const path = join(folder, 'model.safetensors');
  await writeFile(path, safetensors({ [tensor]: { dtype, shape: [rows, columns], bytes: storedAs(dtype) } }));
  const source = await openSafetensorsFile(path);
  const file = await open(join(folder, 'data'), 'w');
  try {
    if (cutAt !== undefined) await truncate(path, cutAt);
    const { graph, layout } = graphOf(encoding);
    for (const weight of graph.weights) {
      await writeWeight(weight, {
        source,
        layout,
        file: slowDisk(file, failsAt),
        onBytes: () => undefined,
        errors: new WeightErrorMeter(),
        nextBuffer: createChunkBuffers(),
        signal: new AbortController().signal,
      });
    }
    return { layout, data: await readFile(join(folder, 'data')) };
  } finally {
    await file.close();
    await source.close();
  }
}

describe.each(['F32', 'BF16'] as const)('%s rows', (dtype) => {
  it('arrive as float32', async () => {
    const { data } = await write({ kind: 'float32' }, dtype);
    expect(data.equals(Buffer.from(values.buffer))).toBe(true);
  });

  it('arrive as float16', async () => {
    const { data } = await write({ kind: 'float16' }, dtype);
    expect(data.equals(Buffer.from(new Float16Array(values).buffer))).toBe(true);
  });

  it('arrive as blocks', async () => {
    const { layout, data } = await write({ kind: 'blocks', bits: 8 }, dtype);
    const scales = new Float32Array(new Uint8Array(data.subarray(layout.offsets.get(`${tensor}.scales`))).buffer);
    let furthest = 0;
    for (const [index, value] of values.entries()) {
      const q = data[index] ?? Number.NaN;
      const error = Math.abs((q - 128) * (scales[Math.floor(index / 32)] ?? Number.NaN) - value);
      if (!(error <= furthest)) furthest = error;
    }
    // Half a step of a scale of at most 127/128 / 127.
    expect(furthest).toBeLessThan(0.5 / 128 + 1e-6);
    expect(furthest).toBeGreaterThan(0);
  });
});

describe('what goes wrong meanwhile', () => {
  it('is the failure of the import when the checkpoint is cut off', async () => {
    const failure = await expectFailure(
      () => write({ kind: 'float32' }, 'F32', { cutAt: rows * columns * 2 }),
      'malformed-checkpoint',
    );
    expect(failure.message).toMatch(/ends too early/);
  });

  it.each([1, 2, 4])('and when write %i fails', async (failsAt) => {
    await expect(write({ kind: 'float32' }, 'F32', { failsAt })).rejects.toMatchObject({ code: 'ENOSPC' });
  });

  it.each([
    [70_000, 'unsupported-dtype'],
    [Number.NaN, 'malformed-checkpoint'],
    [-Infinity, 'malformed-checkpoint'],
  ] as const)('has a place in the tensor where float16 cannot hold %d', async (value, kind) => {
    const index = 1234 * columns + 5;
    const kept = values[index] ?? 0;
    values[index] = value;
    try {
      const failure = await expectFailure(() => write({ kind: 'float16' }, 'F32'), kind);
      expect(failure).toMatchObject({ place: `tensor ${tensor}, row 1234`, found: String(value) });
    } finally {
      values[index] = kept;
    }
  });
});
