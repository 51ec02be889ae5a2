/** Block quantisation against an independent reading of its layout, and through ONNX Runtime's own kernel. */
import { describe, expect, it } from 'vitest';
import { quantiseRows, type QuantisedRows } from '../../src/main/builder/quantise/blocks.ts';
import { toFloat32 } from '../../src/main/checkpoint/float-conversion.ts';
import { seededNumbers } from '../support/seeded-numbers.ts';

type Stored = Pick<QuantisedRows, 'blocks' | 'scales'>;
const blockSize = 32;

const quantise = (values: Float32Array, columns: number, bits: 4 | 8): QuantisedRows =>
  quantiseRows(new Uint8Array(values.slice().buffer), 'F32', columns, bits);

/** What MatMulNBits documents: unsigned integers around a zero point, low nibble first, one scale for each block. */
function dequantise({ blocks, scales }: Stored, rows: number, columns: number, bits: 4 | 8) {
  const blockCount = Math.ceil(columns / blockSize);
  const values = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const block = row * blockCount + Math.floor(column / blockSize);
      const inside = column % blockSize;
      const byte = blocks[block * ((blockSize * bits) / 8) + (bits === 4 ? inside >> 1 : inside)] ?? Number.NaN;
      const q = bits === 8 ? byte : inside % 2 === 0 ? byte & 15 : byte >> 4;
      values[row * columns + column] = (q - (bits === 4 ? 8 : 128)) * (scales[block] ?? Number.NaN);
    }
  }
  return values;
}

describe.each([4, 8] as const)('%d bits', (bits) => {
  it.each([
    { rows: 3, columns: 64 },
    { rows: 5, columns: 40 },
    { rows: 2, columns: 33 },
    { rows: 4, columns: 7 },
    // More than passes through the kernel's memory at once.
    { rows: 50, columns: 2100 },
    { rows: 2, columns: 70_000 },
  ])('$rows x $columns come back within half a scale', ({ rows, columns }) => {
    const values = seededNumbers(rows * columns, bits + columns);
    const quantised = quantise(values, columns, bits);
    const blockCount = Math.ceil(columns / blockSize);
    expect(quantised.blocks).toHaveLength((rows * blockCount * blockSize * bits) / 8);
    expect(quantised.scales).toHaveLength(rows * blockCount);
    const back = dequantise(quantised, rows, columns, bits);
    for (const [index, value] of values.entries()) {
      const block = Math.floor(index / columns) * blockCount + Math.floor((index % columns) / blockSize);
      const scale = Math.abs(quantised.scales[block] ?? 0);
      // 4 bits reach 8 scales on one side of zero and 7 on the other: beyond 7.5 there the error grows to one scale.
      const clamped = bits === 4 && Math.abs(value) > 7.5 * scale;
      const error = Math.abs((back[index] ?? Number.NaN) - value);
      if (!(error <= (clamped ? 1 : 0.5) * scale * (1 + 1e-6))) expect.fail(`value ${index} is ${error} away`);
    }
  });

  it('keeps a block of zeros, with scale 0', () => {
    const values = new Float32Array(64);
    values[40] = 1;
    const { blocks, scales } = quantise(values, 64, bits);
    expect(scales[0]).toBe(0);
    expect(dequantise({ blocks, scales }, 1, 64, bits).slice(0, 32)).toEqual(new Float64Array(32));
  });

  it('keeps the value of largest magnitude exactly, of either sign', () => {
    for (const sign of [1, -1]) {
      const values = seededNumbers(32, 5).map((value) => value / 4);
      values[9] = sign * 2;
      const back = dequantise(quantise(values, 32, bits), 1, 32, bits);
      expect(back[9]).toBeCloseTo(sign * 2, 6);
    }
  });

  it('pads the last block of each row with the zero point', () => {
    const { blocks } = quantise(Float32Array.of(1, 2, 3, -1, -2, -3), 3, bits);
    const rowBytes = (blockSize * bits) / 8;
    const used = bits === 4 ? 2 : 3;
    for (const row of [0, 1]) {
      const padding = blocks.slice(row * rowBytes + used, (row + 1) * rowBytes);
      expect([...new Set(padding)]).toEqual([bits === 4 ? 0x88 : 0x80]);
    }
    // Three values leave half a byte.
    if (bits === 4) expect((blocks[1] ?? 0) >> 4).toBe(8);
  });

  it.each(['BF16', 'F16'] as const)('%s is quantised as the float32 that it stands for', (dtype) => {
    const [rows, columns] = [70, 1000];
    const values = seededNumbers(rows * columns, 11);
    const stored =
      dtype === 'F16'
        ? new Uint8Array(new Float16Array(values).buffer)
        : new Uint8Array(new Uint16Array(values.length).map((_, i) => bitsOf(values[i] ?? 0) >>> 16).buffer);
    const quantised = quantiseRows(stored, dtype, columns, bits);
    expect(quantised).toEqual(quantise(toFloat32(stored, dtype), columns, bits));
    expect(quantised.sums.squaredWeight).toBeGreaterThan(0);
  });

  it.each([
    ['ordinary', 1],
    ['far apart', null],
    ['subnormal', 1e-42],
  ] as const)('%s values become what the plain loop makes of them, to the last bit', (_, size) => {
    const [rows, columns] = [90, 1000];
    const values = seededNumbers(rows * columns, 3).map((value, i) =>
      i % 97 === 0 ? -0 : value * (size ?? 10 ** ((i % 60) - 35)),
    );
    values.fill(0, 64, 128);
    const { blocks, scales, sums } = quantise(values, columns, bits);
    const plain = plainLoop(values, columns, bits);
    expect(Buffer.from(blocks).equals(Buffer.from(plain.blocks))).toBe(true);
    expect(scales).toEqual(plain.scales);
    expect(sums).toEqual(plain.sums);
  });

  it.each([Number.NaN, Infinity, -Infinity])('%d anywhere shows in the sums', (value) => {
    for (const index of [0, 17, 63, 99]) {
      const values = seededNumbers(100, 7);
      values[index] = value;
      expect(Number.isFinite(quantise(values, 50, bits).sums.squaredWeight)).toBe(false);
    }
  });
});

const bitsOf = (value: number): number => new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0;

/** The definition in blocks.ts in doubles, one value after the other. */
function plainLoop(values: Float32Array, columns: number, bits: 4 | 8): QuantisedRows {
  const zeroPoint = 2 ** (bits - 1);
  const blocks: number[] = [];
  const scales: number[] = [];
  const sums = { squaredError: 0, squaredWeight: 0 };
  for (let start = 0; start < values.length; start += columns) {
    for (let column = 0; column < columns; column += blockSize) {
      const block = [...values.subarray(start + column, start + Math.min(column + blockSize, columns))];
      const [largest, smallest] = [Math.max(0, ...block), Math.min(0, ...block)];
      const extreme = largest >= -smallest ? largest : smallest;
      const scale = Math.fround(bits === 4 ? extreme / -8 : Math.abs(extreme) / 127);
      scales.push(scale === 0 ? 0 : scale);
      const integerOf = (value: number): number => Math.floor(value * (1 / scale) + zeroPoint + 0.5);
      const integers = Array.from({ length: blockSize }, (_, i) =>
        scale === 0 ? zeroPoint : Math.max(0, Math.min(2 ** bits - 1, integerOf(block[i] ?? 0))),
      );
      for (const [i, value] of block.entries()) {
        sums.squaredError += (value - Math.fround(((integers[i] ?? 0) - zeroPoint) * scale)) ** 2;
        sums.squaredWeight += value ** 2;
      }
      if (bits === 8) blocks.push(...integers);
      else for (let i = 0; i < blockSize; i += 2) blocks.push((integers[i] ?? 0) + 16 * (integers[i + 1] ?? 0));
    }
  }
  return { blocks: Uint8Array.from(blocks), scales: Float32Array.from(scales), sums };
}

describe('packing, worked out by hand', () => {
  it('4 bits: low nibble first, the largest magnitude at q = 0', () => {
    // Largest magnitude -8, so scale -8 / -8 = 1 and q = value + 8.
    const values = Float32Array.of(-8, -7, 0, 1, 6, 7, 2.4, -2.6, ...Array.from({ length: 24 }, () => 0));
    const { blocks, scales } = quantise(values, 32, 4);
    expect([...scales]).toEqual([1]);
    // q: 0 1 | 8 9 | 14 15 | 10 5
    expect(Array.from(blocks.slice(0, 4))).toEqual([0x10, 0x98, 0xfe, 0x5a]);
    expect(Array.from(blocks.slice(4))).toEqual(Array.from({ length: 12 }, () => 0x88));
  });

  it('4 bits: a positive extreme makes the scale negative, and its opposite is clamped', () => {
    // Largest magnitude +4, so scale 4 / -8 = -0.5 and q = 8 - 2 value; -4 would be q = 16.
    const { blocks, scales } = quantise(Float32Array.of(4, -4, 1, -1.5), 4, 4);
    expect([...scales]).toEqual([-0.5]);
    expect(Array.from(blocks.slice(0, 2))).toEqual([0xf0, 0xb6]);
  });

  it('8 bits: the largest magnitude at 128 + 127', () => {
    const { blocks, scales } = quantise(Float32Array.of(127, -127, 0, 1, -2, 63.4), 6, 8);
    expect([...scales]).toEqual([1]);
    expect(Array.from(blocks.slice(0, 6))).toEqual([255, 1, 128, 129, 126, 191]);
  });
});
