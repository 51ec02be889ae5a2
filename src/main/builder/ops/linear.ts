/**
 * A linear layer y = x Wᵀ + b on rows [M, in], with the weight as the checkpoint stores it ([out, in]): float32
 * through Gemm(transB), or 4/8-bit blocks through MatMulNBits (symmetric, zero point 8 or 128, float32 activations).
 */
import type { GraphBuilder } from '../graph/graph-builder.ts';
import type { Value } from '../graph/graph.ts';

export type LinearEncoding =
  Readonly<{ kind: 'float32' }> | Readonly<{ kind: 'blocks'; bits: 4 | 8; blockSize: number }>;

export type LinearOptions = Readonly<{
  /** Checkpoint tensors, [out, in] and [out]. */
  weight: string;
  bias: string | null;
  inputSize: number;
  outputSize: number;
  encoding: LinearEncoding;
}>;

/** MatMulNBits' accuracy level: int8 activations inside the product on CPU (engine.md). */
const accuracyLevel = 4;

/** x [M, in] -> [M, out] float32. */
export function linear(graph: GraphBuilder, path: string, x: Value, options: LinearOptions): Value {
  const { weight, bias, inputSize, outputSize, encoding } = options;
  const biasValue = bias === null ? null : graph.parameter(bias, [outputSize]);
  if (encoding.kind === 'float32') {
    const w = graph.parameter(weight, [outputSize, inputSize]);
    return graph.node(path, 'Gemm', biasValue === null ? [x, w] : [x, w, biasValue], {
      attributes: { transB: { int: 1 } },
    });
  }
  const { bits, blockSize } = encoding;
  const blockCount = Math.ceil(inputSize / blockSize);
  const blocks = graph.external({
    name: `${weight}.blocks`,
    elementType: 'uint8',
    dims: [outputSize, blockCount, (blockSize * bits) / 8],
  });
  const scales = graph.external({
    name: `${weight}.scales`,
    elementType: 'float32',
    dims: [outputSize, blockCount],
  });
  graph.weight({
    kind: 'blocks',
    tensor: weight,
    bits,
    blockSize,
    rows: outputSize,
    columns: inputSize,
    blocks: blocks.name,
    scales: scales.name,
  });
  const product = graph.node(`${path}/MatMulNBits`, 'MatMulNBits', [x, blocks, scales], {
    domain: 'com.microsoft',
    attributes: {
      K: { int: inputSize },
      N: { int: outputSize },
      bits: { int: bits },
      block_size: { int: blockSize },
      accuracy_level: { int: accuracyLevel },
    },
  });
  return biasValue === null ? product : graph.node(`${path}/Add`, 'Add', [product, biasValue]);
}
