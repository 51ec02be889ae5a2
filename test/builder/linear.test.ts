/** A linear layer through ONNX Runtime, in each encoding, against a plain double-precision product. */
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/main/builder/graph/graph-builder.ts';
import { linear, type LinearEncoding } from '../../src/main/builder/ops/linear.ts';
import { openGraph, plainWeights } from '../support/built-graph.ts';
import { expectClose } from '../support/expect-close.ts';
import { seededNumbers } from '../support/seeded-numbers.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();

type Layer = Readonly<{ weight: Float32Array; bias: Float32Array | null; inputSize: number; outputSize: number }>;

async function run(layer: Layer, x: Float32Array, encoding: LinearEncoding, wideInput = false): Promise<Float32Array> {
  const { weight, bias, inputSize, outputSize } = layer;
  const graph = new GraphBuilder('linear');
  const input = graph.input('x', 'float32', ['M', inputSize]);
  const y = linear(graph, '/layer', input, {
    weight: 'layer.weight',
    bias: bias === null ? null : 'layer.bias',
    inputSize,
    outputSize,
    encoding,
    wideInput,
  });
  graph.output('y', y, 'float32', ['M', outputSize]);
  const source = plainWeights({
    'layer.weight': { shape: [outputSize, inputSize], data: weight },
    ...(bias === null ? {} : { 'layer.bias': { shape: [outputSize], data: bias } }),
  });
  const session = await openGraph(await newFolder(), graph.build(), source);
  const outputs = await session.run({ x: { data: x, dims: [x.length / inputSize, inputSize] } });
  const result = outputs.values('y');
  expect(result.dims).toEqual([x.length / inputSize, outputSize]);
  const values = result.data.slice();
  await session.dispose();
  return values;
}

/** x W^T + b in double precision. */
function product({ weight, bias, inputSize, outputSize }: Layer, x: Float32Array): number[] {
  return Array.from({ length: (x.length / inputSize) * outputSize }, (_, index) => {
    const row = Math.floor(index / outputSize);
    const output = index % outputSize;
    let sum = bias?.[output] ?? 0;
    for (let k = 0; k < inputSize; k++) sum += (x[row * inputSize + k] ?? 0) * (weight[output * inputSize + k] ?? 0);
    return sum;
  });
}

function layerOf(inputSize: number, outputSize: number, withBias: boolean, weight?: Float32Array): Layer {
  return {
    weight: weight ?? seededNumbers(inputSize * outputSize, inputSize),
    bias: withBias ? seededNumbers(outputSize, outputSize + 1) : null,
    inputSize,
    outputSize,
  };
}

/** Weights that a block format holds exactly: whole numbers, the extreme one in every block of 32. */
function exactWeights(inputSize: number, outputSize: number, bits: 4 | 8): Float32Array {
  const largest = bits === 4 ? 8 : 127;
  const step = 2 ** -6;
  return seededNumbers(inputSize * outputSize, 3).map((value, index) =>
    (index % inputSize) % 32 === 5 ? -largest * step : Math.round((value / 2) * (largest - 1)) * step,
  );
}

/** Activations that int8 holds exactly: the kernel rounds them to int8 inside (accuracy level 4). */
function exactActivations(rows: number, inputSize: number): Float32Array {
  return seededNumbers(rows * inputSize, 9).map((value, index) =>
    (index % inputSize) % 32 === 7 ? 127 : Math.round((value / 2) * 126),
  );
}

describe('float32', () => {
  it.each([true, false])('equals the product, bias %s', async (withBias) => {
    const layer = layerOf(48, 20, withBias);
    const x = seededNumbers(5 * 48, 1);
    expectClose(await run(layer, x, { kind: 'float32' }), product(layer, x), { relativeToLargest: 1e-6 }, 'y');
  });
});

describe('float16', () => {
  it.each([true, false])('stays within its rounding of the product, bias %s', async (withBias) => {
    const layer = layerOf(48, 20, withBias);
    const x = seededNumbers(5 * 48, 1);
    expectClose(await run(layer, x, { kind: 'float16' }), product(layer, x), { relativeToLargest: 2e-3 }, 'y');
  });

  it('holds rows with outliers beyond its range, each row to its own scale', async () => {
    const layer = layerOf(96, 24, true);
    const x = seededNumbers(3 * 96, 4);
    // Qwen2-VL's feed-forward has such values; the middle row has none.
    x[17] = 1e5;
    x[2 * 96 + 80] = -3e6;
    const y = await run(layer, x, { kind: 'float16' }, true);
    const wanted = product(layer, x);
    for (const row of [0, 1, 2]) {
      const [start, end] = [row * 24, (row + 1) * 24];
      expectClose(y.slice(start, end), wanted.slice(start, end), { relativeToLargest: 2e-3 }, `row ${row}`);
    }
  });
});

describe.each([4, 8] as const)('MatMulNBits, %d bits', (bits) => {
  const encoding = { kind: 'blocks', bits } as const;

  it.each([
    { rows: 1, inputSize: 64, outputSize: 24, withBias: true },
    { rows: 7, inputSize: 96, outputSize: 33, withBias: false },
    { rows: 40, inputSize: 160, outputSize: 64, withBias: true },
  ])('$rows x $inputSize to $outputSize equals the product of what the blocks hold', async (size) => {
    const { rows, inputSize, outputSize, withBias } = size;
    const layer = layerOf(inputSize, outputSize, withBias, exactWeights(inputSize, outputSize, bits));
    const x = exactActivations(rows, inputSize);
    expectClose(await run(layer, x, encoding), product(layer, x), { relativeToLargest: 1e-6 }, 'y');
  });

  it('stays near the product for any weights, inputs that do not fill their last block included', async () => {
    const layer = layerOf(80, 40, true);
    const x = seededNumbers(6 * 80, 2);
    const limit = bits === 4 ? 0.15 : 0.02;
    expectClose(await run(layer, x, encoding), product(layer, x), { relativeToLargest: limit }, 'y');
  });
});
