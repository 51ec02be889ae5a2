/** The measured error of stored weights, against a computation from the dequantised blocks and by hand. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { quantiseRows } from '../../src/main/builder/quantise/blocks.ts';
import { WeightErrorMeter } from '../../src/main/builder/quantise/weight-error.ts';
import { readBundle } from '../../src/main/files/read-bundle.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { importTiny } from '../support/tiny-bundles.ts';

const newFolder = temporaryFolders();

/** Values of the blocks as MatMulNBits' documentation states them, row by row. */
function dequantise(
  { blocks, scales }: Readonly<{ blocks: Uint8Array; scales: Float32Array }>,
  rows: number,
  columns: number,
  bits: 4 | 8,
  blockSize: number,
): number[] {
  const perRow = Math.ceil(columns / blockSize);
  const values: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const block = row * perRow + Math.floor(column / blockSize);
      const inBlock = column % blockSize;
      const at = (block * blockSize + inBlock) * bits;
      const byte = blocks[Math.floor(at / 8)] ?? Number.NaN;
      const q = bits === 8 ? byte : (byte >> (at % 8)) & 0xf;
      values.push((q - 2 ** (bits - 1)) * (scales[block] ?? Number.NaN));
    }
  }
  return values;
}

describe('the error of quantised weights', () => {
  it.each([
    [4, 3, 70],
    [8, 3, 70],
    [4, 5, 64],
    [8, 2, 33],
  ] as const)('%i bits, %i x %i: equals that of the dequantised blocks', (bits, rows, columns) => {
    const values = Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i * 1.7) * (1 + (i % 7)));
    const quantised = quantiseRows(new Uint8Array(values.buffer), 'F32', columns, bits);
    const stored = dequantise(quantised, rows, columns, bits, 32);
    const squaredError = stored.reduce((sum, value, i) => sum + (value - (values[i] ?? 0)) ** 2, 0);
    const squaredWeight = values.reduce((sum, value) => sum + value ** 2, 0);
    const { sums } = quantised;
    expect(sums.squaredWeight).toBeCloseTo(squaredWeight, 6);
    expect(sums.squaredError / squaredError).toBeCloseTo(1, 4);
    expect(squaredError).toBeGreaterThan(0);
  });

  it('adds a tensor up over its chunks, and names the worst', () => {
    const meter = new WeightErrorMeter();
    meter.add('a', { squaredError: 1, squaredWeight: 100 });
    meter.add('b', { squaredError: 9, squaredWeight: 50 });
    meter.add('b', { squaredError: 7, squaredWeight: 50 });
    meter.add('zeros', { squaredError: 0, squaredWeight: 0 });
    // a: sqrt(1/100); b: sqrt(16/100); together: sqrt(17/200).
    expect(meter.result()).toEqual({ overall: Math.sqrt(17 / 200), worst: 0.4, worstTensor: 'b' });
    expect(new WeightErrorMeter().result()).toBeNull();
  });

  it('is kept in the bundle of a quantised import, and a bundle without it still opens', async () => {
    const folder = await newFolder();
    const errors: Record<string, number> = {};
    for (const precision of ['f32', 'int8', 'int4'] as const) {
      const { bundle } = await importTiny('tiny-untied', join(folder, precision), precision);
      if (bundle.weightError === undefined) continue;
      errors[precision] = bundle.weightError.overall;
      expect(bundle.weightError.worst).toBeGreaterThanOrEqual(bundle.weightError.overall);
      expect(bundle.weightError.worstTensor).toMatch(/weight$/);
    }
    // Uniform steps of d give an error of d / sqrt(12); of the largest of 32 normal values (about 2 deviations),
    // 8 bits have steps of 1/127 and 4 bits of 1/8.
    expect(Object.keys(errors)).toEqual(['int8', 'int4']);
    expect(errors['int8']).toBeGreaterThan(0.002);
    expect(errors['int8']).toBeLessThan(0.01);
    expect(errors['int4']).toBeGreaterThan(0.04);
    expect(errors['int4']).toBeLessThan(0.15);
    const file = join(folder, 'int4', 'bundle.json');
    const { weightError, ...older } = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    expect(weightError).toBeDefined();
    await writeFile(file, JSON.stringify(older));
    expect((await readBundle(join(folder, 'int4'))).weightError).toBeUndefined();
  });
});
