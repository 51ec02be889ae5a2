import { describe, expect, it } from 'vitest';
import { fromFloat16Bits, toFloat16Bits } from '../../src/main/store/float16.ts';

/** Hand-made cases from IEEE 754-2019: bits, value. */
const exact: readonly (readonly [number, number])[] = [
  [0x0000, 0],
  [0x8000, -0],
  [0x3c00, 1],
  [0xc000, -2],
  [0x3555, 0.333251953125],
  [0x7bff, 65504],
  [0x0400, 2 ** -14],
  [0x03ff, 1023 * 2 ** -24],
  [0x0001, 2 ** -24],
  [0x7c00, Number.POSITIVE_INFINITY],
  [0xfc00, Number.NEGATIVE_INFINITY],
];

describe('half precision', () => {
  it.each(exact)('0x%s stands for %s', (bits, value) => {
    expect(fromFloat16Bits(bits)).toBe(value);
    expect(toFloat16Bits(value)).toBe(bits);
  });

  it.each([
    ['halfway between 1 and the next goes to the even 1', 1 + 2 ** -11, 0x3c00],
    ['halfway above an odd significand goes up', 1 + 3 * 2 ** -11, 0x3c02],
    ['just above halfway goes up', 1 + 2 ** -11 + 2 ** -20, 0x3c01],
    ['half of the smallest goes to zero', 2 ** -25, 0x0000],
    ['one and a half of the smallest goes to the even two', 1.5 * 2 ** -24, 0x0002],
    ['65519 is still finite', 65519, 0x7bff],
    ['65520 is infinity', 65520, 0x7c00],
    ['the largest subnormal rounds into the normals', 1023.5 * 2 ** -24, 0x0400],
    ['not a number stays none', Number.NaN, 0x7e00],
  ])('%s', (_, value, bits) => {
    expect(toFloat16Bits(value)).toBe(bits);
  });

  it('every finite half comes back as it was', () => {
    const changed = Array.from({ length: 0x10000 }, (_, bits) => bits).filter((bits) => {
      const value = fromFloat16Bits(bits);
      return !Number.isNaN(value) && toFloat16Bits(value) !== bits;
    });
    expect(changed).toEqual([]);
  });

  it('agrees with this runtime on a sweep of magnitudes', () => {
    const view = new DataView(new ArrayBuffer(2));
    const native: unknown = Reflect.get(view, 'setFloat16');
    if (typeof native !== 'function') return expect.fail('Node 24 has DataView.setFloat16');
    const different: number[] = [];
    for (let index = 0; index < 50_000; index += 1) {
      // From far below the smallest half to beyond the largest, with an irregular significand.
      const magnitude = 2 ** (-28 + (index / 50_000) * 46) * (1 + ((index * 0.618) % 1));
      // Rounded to single precision first, as our codec does.
      const value = Math.fround(index % 2 === 0 ? magnitude : -magnitude);
      Reflect.apply(native, view, [0, value]);
      if (toFloat16Bits(value) !== view.getUint16(0)) different.push(value);
    }
    return expect(different).toEqual([]);
  });
});
