/** Block quantisation against an independent reading of its layout, and through ONNX Runtime's own kernel. */
import { describe, expect, it } from 'vitest';
import { quantiseRows, type QuantisedRows } from '../../src/main/builder/quantise/blocks.ts';
import { seededNumbers } from '../support/seeded-numbers.ts';

/** What MatMulNBits documents: unsigned integers around a zero point, low nibble first, one scale for each block. */
function dequantise({ blocks, scales }: QuantisedRows, rows: number, columns: number, bits: 4 | 8, blockSize: number) {
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
    { rows: 3, columns: 64, blockSize: 32 },
    { rows: 5, columns: 40, blockSize: 32 },
    { rows: 2, columns: 33, blockSize: 16 },
    { rows: 4, columns: 7, blockSize: 32 },
  ])('$rows x $columns in blocks of $blockSize come back within half a scale', ({ rows, columns, blockSize }) => {
    const values = seededNumbers(rows * columns, bits + columns);
    const quantised = quantiseRows(values, columns, bits, blockSize);
    const blockCount = Math.ceil(columns / blockSize);
    expect(quantised.blocks).toHaveLength((rows * blockCount * blockSize * bits) / 8);
    expect(quantised.scales).toHaveLength(rows * blockCount);
    const back = dequantise(quantised, rows, columns, bits, blockSize);
    for (const [index, value] of values.entries()) {
      const block = Math.floor(index / columns) * blockCount + Math.floor((index % columns) / blockSize);
      const scale = Math.abs(quantised.scales[block] ?? 0);
      // 4 bits reach 8 scales on one side of zero and 7 on the other: beyond 7.5 there the error grows to one scale.
      const clamped = bits === 4 && Math.abs(value) > 7.5 * scale;
      const error = Math.abs((back[index] ?? Number.NaN) - value);
      expect(error, `value ${index}`).toBeLessThanOrEqual((clamped ? 1 : 0.5) * scale * (1 + 1e-6));
    }
  });

  it('keeps a block of zeros, with scale 0', () => {
    const values = new Float32Array(64);
    values[40] = 1;
    const { blocks, scales } = quantiseRows(values, 64, bits, 32);
    expect(scales[0]).toBe(0);
    expect(dequantise({ blocks, scales }, 1, 64, bits, 32).slice(0, 32)).toEqual(new Float64Array(32));
  });

  it('keeps the value of largest magnitude exactly, of either sign', () => {
    for (const sign of [1, -1]) {
      const values = seededNumbers(32, 5).map((value) => value / 4);
      values[9] = sign * 2;
      const back = dequantise(quantiseRows(values, 32, bits, 32), 1, 32, bits, 32);
      expect(back[9]).toBeCloseTo(sign * 2, 6);
    }
  });

  it('pads the last block of each row with the zero point', () => {
    const { blocks } = quantiseRows(Float32Array.of(1, 2, 3, -1, -2, -3), 3, bits, 16);
    const rowBytes = (16 * bits) / 8;
    const used = bits === 4 ? 2 : 3;
    for (const row of [0, 1]) {
      const padding = blocks.slice(row * rowBytes + used, (row + 1) * rowBytes);
      expect([...new Set(padding)]).toEqual([bits === 4 ? 0x88 : 0x80]);
    }
    // Three values leave half a byte.
    if (bits === 4) expect((blocks[1] ?? 0) >> 4).toBe(8);
  });
});

describe('packing, worked out by hand', () => {
  it('4 bits: low nibble first, the largest magnitude at q = 0', () => {
    // Largest magnitude -8, so scale -8 / -8 = 1 and q = value + 8.
    const values = Float32Array.of(-8, -7, 0, 1, 6, 7, 2.4, -2.6, ...Array.from({ length: 24 }, () => 0));
    const { blocks, scales } = quantiseRows(values, 32, 4, 32);
    expect([...scales]).toEqual([1]);
    // q: 0 1 | 8 9 | 14 15 | 10 5
    expect(Array.from(blocks.slice(0, 4))).toEqual([0x10, 0x98, 0xfe, 0x5a]);
    expect(Array.from(blocks.slice(4))).toEqual(Array.from({ length: 12 }, () => 0x88));
  });

  it('4 bits: a positive extreme makes the scale negative, and its opposite is clamped', () => {
    // Largest magnitude +4, so scale 4 / -8 = -0.5 and q = 8 - 2 value; -4 would be q = 16.
    const { blocks, scales } = quantiseRows(Float32Array.of(4, -4, 1, -1.5), 4, 4, 16);
    expect([...scales]).toEqual([-0.5]);
    expect(Array.from(blocks.slice(0, 2))).toEqual([0xf0, 0xb6]);
  });

  it('8 bits: the largest magnitude at 128 + 127', () => {
    const { blocks, scales } = quantiseRows(Float32Array.of(127, -127, 0, 1, -2, 63.4), 6, 8, 16);
    expect([...scales]).toEqual([1]);
    expect(Array.from(blocks.slice(0, 6))).toEqual([255, 1, 128, 129, 126, 191]);
  });
});
