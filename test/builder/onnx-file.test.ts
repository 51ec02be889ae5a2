/** ONNX files as ONNX Runtime reads them: every kind of attribute, constant, external tensor and dimension in use. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/main/builder/graph/graph-builder.ts';
import type { Graph } from '../../src/main/builder/graph/graph.ts';
import { tensorSizeBytes } from '../../src/main/builder/graph/graph.ts';
import { encodeOnnx, layOutExternals } from '../../src/main/builder/graph/onnx-file.ts';
import { openGraph, plainWeights } from '../support/built-graph.ts';
import { expectClose } from '../support/expect-close.ts';
import { seededNumbers } from '../support/seeded-numbers.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();

/** y = gelu(alpha * (x W^T) with axes swapped and back) * scale, with W and scale outside the file. */
function sampleGraph(): Graph {
  const graph = new GraphBuilder('sample');
  const x = graph.input('x', 'float32', ['M', 32]);
  const product = graph.node('/gemm', 'Gemm', [x, graph.parameter('w', [64, 32])], {
    attributes: { transB: { int: 1 }, alpha: { float: 0.5 } },
  });
  const swapped = graph.node('/swap', 'Transpose', [product], { attributes: { perm: { ints: [1, 0] } } });
  const back = graph.node('/back', 'Transpose', [swapped], { attributes: { perm: { ints: [1, 0] } } });
  const gelu = graph.node('/gelu', 'Gelu', [back], { attributes: { approximate: { string: 'tanh' } } });
  const scaled = graph.node('/scaled', 'Mul', [gelu, graph.parameter('scale', [64])]);
  const shifted = graph.node('/shifted', 'Add', [scaled, graph.float('/one', 1)]);
  graph.output('y', shifted, 'float32', ['M', 64]);
  const last = graph.node('/last/row', 'Gather', [shifted, graph.integers([-1], true)], {
    attributes: { axis: { int: 0 } },
  });
  graph.output('last', last, 'float32', [64]);
  return graph.build();
}

const weights = {
  w: { shape: [64, 32], data: seededNumbers(64 * 32, 1) },
  scale: { shape: [64], data: seededNumbers(64, 2) },
};

/** The tanh form of GELU. */
const gelu = (x: number): number => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

describe('an ONNX file', () => {
  it('loads and computes what the graph says', async () => {
    const folder = await newFolder();
    const session = await openGraph(folder, sampleGraph(), plainWeights(weights));
    const x = seededNumbers(3 * 32, 3);
    const outputs = await session.run({ x: { data: x, dims: [3, 32] } });
    const [y, last] = [outputs.values('y'), outputs.values('last')];
    const expected = Array.from({ length: 3 * 64 }, (_, index) => {
      const [row, column] = [Math.floor(index / 64), index % 64];
      let sum = 0;
      for (let k = 0; k < 32; k++) sum += (x[row * 32 + k] ?? 0) * (weights.w.data[column * 32 + k] ?? 0);
      return gelu(sum / 2) * (weights.scale.data[column] ?? 0) + 1;
    });
    expectClose(y.data, expected, { absolute: 1e-5 }, 'y');
    expect(last.dims).toEqual([64]);
    expect(last.data).toEqual(y.data.slice(2 * 64));
    await session.dispose();
  });

  it('keeps weights in a file beside it, which its own bytes name by file name alone', async () => {
    const folder = await newFolder();
    const session = await openGraph(folder, sampleGraph(), plainWeights(weights));
    await session.dispose();
    const { sizeBytes } = layOutExternals(sampleGraph());
    expect((await stat(join(folder, 'graph.onnx.data'))).size).toBe(sizeBytes);
    const onnx = await readFile(join(folder, 'graph.onnx'));
    expect(onnx.length).toBeLessThan(2048);
    expect(onnx.includes('graph.onnx.data')).toBe(true);
    expect(onnx.includes(folder)).toBe(false);
  });

  it('is the same bytes for the same graph', () => {
    const encode = () => encodeOnnx(sampleGraph(), layOutExternals(sampleGraph()), 'data', '1');
    expect(encode()).toEqual(encode());
  });
});

describe('the places of external tensors', () => {
  it('do not overlap; large ones start on a page, small ones on 64 bytes', () => {
    const graph = new GraphBuilder('places');
    const sizes = [3, 5000, 1, 1024, 70_000, 17];
    for (const [index, size] of sizes.entries()) {
      graph.external({ name: `t${index}`, elementType: index % 2 === 0 ? 'uint8' : 'float32', dims: [size] });
    }
    const built = graph.build();
    const { offsets, sizeBytes } = layOutExternals(built);
    let end = 0;
    for (const tensor of built.externals) {
      const offset = offsets.get(tensor.name) ?? -1;
      const size = tensorSizeBytes(tensor);
      expect(offset).toBeGreaterThanOrEqual(end);
      expect(offset % (size >= 4096 ? 4096 : 64), tensor.name).toBe(0);
      end = offset + size;
    }
    expect(sizeBytes).toBe(end);
  });
});
