/**
 * A linear layer y = x Wᵀ + b on rows [M, in], with the weight as the checkpoint stores it ([out, in]): float32 or
 * float16 through Gemm(transB), or 4/8-bit blocks through MatMulNBits (symmetric, zero point 8 or 128, float32
 * activations). Whatever the encoding, x and y are float32.
 */
import type { GraphBuilder } from '../graph/graph-builder.ts';
import type { Value } from '../graph/graph.ts';
import { blockSize } from '../quantise/blocks.ts';

export type LinearEncoding =
  Readonly<{ kind: 'float32' }> | Readonly<{ kind: 'float16' }> | Readonly<{ kind: 'blocks'; bits: 4 | 8 }>;

export type LinearOptions = Readonly<{
  /** Checkpoint tensors, [out, in] and [out]. */
  weight: string;
  bias: string | null;
  inputSize: number;
  outputSize: number;
  encoding: LinearEncoding;
  /** x may be far larger than float16 holds (Qwen2-VL's feed-forward: 1e5 and more); its rows are scaled down and y up. */
  wideInput?: boolean;
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
  if (encoding.kind === 'float16') return halfLinear(graph, path, x, biasValue, options);
  const { bits } = encoding;
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

/** ONNX's numbers for the element types that Cast goes to. */
const castTo = { float32: 1, float16: 10 } as const;

/** Largest magnitude of a scaled row: its product with any weights of a real model stays below float16's 65,504. */
const largestInput = 1024;

/** The product in float16; bias and scaling in float32. */
function halfLinear(
  graph: GraphBuilder,
  path: string,
  x: Value,
  bias: Value | null,
  { weight, inputSize, outputSize, wideInput = false }: LinearOptions,
): Value {
  const cast = (name: string, value: Value, to: keyof typeof castTo) =>
    graph.node(`${path}/${name}`, 'Cast', [value], { attributes: { to: { int: castTo[to] } } });
  const scale = wideInput ? rowScale(graph, path, x) : null;
  const fitted = scale === null ? x : graph.node(`${path}/fitted`, 'Div', [x, scale]);
  const product = graph.node(
    `${path}/Gemm`,
    'Gemm',
    [cast('half', fitted, 'float16'), graph.parameter(weight, [outputSize, inputSize], 'float16')],
    { attributes: { transB: { int: 1 } } },
  );
  const wide = cast('wide', product, 'float32');
  const restored = scale === null ? wide : graph.node(`${path}/restored`, 'Mul', [wide, scale]);
  return bias === null ? restored : graph.node(`${path}/Add`, 'Add', [restored, bias]);
}

/** By how much each row [M, 1] has to be divided so that nothing in it is above `largestInput`; 1 where nothing is. */
function rowScale(graph: GraphBuilder, path: string, x: Value): Value {
  const magnitude = graph.node(`${path}/magnitude`, 'ReduceMax', [
    graph.node(`${path}/abs`, 'Abs', [x]),
    graph.integers([-1]),
  ]);
  const ratio = graph.node(`${path}/ratio`, 'Div', [magnitude, graph.float(`${path}/largest`, largestInput)]);
  return graph.node(`${path}/scale`, 'Clip', [ratio, graph.float(`${path}/one`, 1)]);
}
