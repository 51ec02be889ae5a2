/**
 * A graph that tells how fast a device multiplies matrices: four products of [M, D] by [D, D] in a row, float32. It
 * has no weights; both matrices are inputs.
 */
import { writeFile } from 'node:fs/promises';
import { GraphBuilder } from './graph/graph-builder.ts';
import { encodeOnnx, layOutExternals } from './graph/onnx-file.ts';
import { builderVersion } from './builder-version.ts';

export const speedProbe = { rows: 512, size: 1024, products: 4 } as const;

/** Floating-point operations of one run. */
export const speedProbeOperations = 2 * speedProbe.products * speedProbe.rows * speedProbe.size ** 2;

export async function writeSpeedProbe(path: string): Promise<void> {
  const { rows, size, products } = speedProbe;
  const graph = new GraphBuilder('speed-probe');
  let x = graph.input('x', 'float32', [rows, size]);
  const w = graph.input('w', 'float32', [size, size]);
  for (let product = 0; product < products; product++) x = graph.node(`/product.${product}`, 'MatMul', [x, w]);
  // One row is enough to wait for all of them, and little to bring back.
  const row = graph.node('/row', 'Slice', [x, graph.integers([0]), graph.integers([1]), graph.integers([0])]);
  graph.output('y', row, 'float32', [1, size]);
  const built = graph.build();
  await writeFile(path, encodeOnnx(built, layOutExternals(built), 'speed-probe.onnx.data', builderVersion));
}
