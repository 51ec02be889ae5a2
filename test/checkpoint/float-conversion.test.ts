/** Conversions against the language's own Float16Array and DataView, over every 16-bit pattern. */
import { describe, expect, it } from 'vitest';
import { toFloat32 } from '../../src/main/checkpoint/float-conversion.ts';

const everyPattern = Uint16Array.from({ length: 65_536 }, (_, pattern) => pattern);
const patternBytes = new Uint8Array(everyPattern.buffer);

describe('toFloat32', () => {
  it('widens every float16 as the language does', () => {
    const expected = Float32Array.from(new Float16Array(everyPattern.buffer));
    expect(toFloat32(patternBytes, 'F16')).toEqual(expected);
  });

  it('widens every bfloat16 to the float32 of the same upper half', () => {
    const words = new Uint32Array(toFloat32(patternBytes, 'BF16').buffer);
    const wrong = words.findIndex((word, pattern) => word !== pattern * 65_536);
    expect(wrong).toBe(-1);
  });

  it('reads float32 in place', () => {
    const values = Float32Array.of(1.5, -0, Number.MIN_VALUE, Infinity);
    expect(toFloat32(new Uint8Array(values.buffer), 'F32')).toEqual(values);
  });

  it.each(['F16', 'BF16'] as const)('takes an odd number of %s values at an odd address', (dtype) => {
    const bytes = new Uint8Array(7);
    bytes.set(dtype === 'F16' ? [0x00, 0x3c, 0x00, 0xc0, 0x00, 0x38] : [0x80, 0x3f, 0x00, 0xc0, 0x00, 0x3f], 1);
    expect([...toFloat32(bytes.subarray(1), dtype)]).toEqual([1, -2, 0.5]);
  });

  it.each(['F32', 'F16', 'BF16'] as const)('writes %s into memory of the caller', (dtype) => {
    const into = new Float32Array(2).fill(7);
    const bytes = new Uint8Array(dtype === 'F32' ? 8 : 4);
    expect(toFloat32(bytes, dtype, into)).toBe(into);
    expect([...into]).toEqual([0, 0]);
    expect(() => toFloat32(bytes, dtype, new Float32Array(3))).toThrow(RangeError);
  });
});
