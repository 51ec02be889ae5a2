/**
 * Stored floating-point types to float32. All three conversions are exact: bfloat16 is the upper half of a float32,
 * and every float16 (subnormals included) is a float32. Assumes a little-endian machine, as all that Node ships for are.
 */
import { dtypeSizes, type WeightDtype } from './dtype.ts';

/**
 * Converts little-endian elements to float32, bit for bit (NaN payloads kept).
 *
 * @param bytes a whole number of elements, at any alignment
 * @param into where to write, for callers that convert many blocks: fresh memory costs more than the conversion
 * @returns `into`, or the elements in an array of their own (for F32 without `into`: a view of `bytes`)
 */
export function toFloat32(
  bytes: Uint8Array<ArrayBuffer>,
  dtype: WeightDtype,
  into?: Float32Array<ArrayBuffer>,
): Float32Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const count = byteLength / dtypeSizes[dtype];
  if (into !== undefined && into.length !== count) throw new RangeError(`${count} elements into ${into.length}`);
  if (dtype === 'F32') {
    const floats = new Float32Array(buffer, byteOffset, count);
    if (into === undefined) return floats;
    into.set(floats);
    return into;
  }
  const result = into ?? new Float32Array(count);
  const words = new Int32Array(result.buffer, result.byteOffset, count);
  const halves = new Uint16Array(buffer, byteOffset, count);
  if (dtype === 'BF16') widenBfloat16(halves, words);
  else widenFloat16(halves, words);
  return result;
}

/** Two at a time, as one 32-bit word: a third faster than one by one. */
function widenBfloat16(halves: Uint16Array<ArrayBuffer>, words: Int32Array): void {
  const pairs = new Int32Array(halves.buffer, halves.byteOffset, halves.length >> 1);
  for (let i = 0; i < pairs.length; i++) {
    const pair = pairs[i] ?? 0;
    words[2 * i] = pair << 16;
    words[2 * i + 1] = pair & 0xffff_0000;
  }
  const last = halves.length - 1;
  if (halves.length % 2 === 1) words[last] = (halves[last] ?? 0) << 16;
}

function widenFloat16(halves: Uint16Array, words: Int32Array): void {
  const table = (float16Table ??= makeFloat16Table());
  for (let i = 0; i < words.length; i++) words[i] = table[halves[i] ?? 0] ?? 0;
}

/** Bits of the float32 that equals each of the 65,536 float16 values; made on first use. */
let float16Table: Uint32Array | undefined;

function makeFloat16Table(): Uint32Array {
  const table = new Uint32Array(65_536);
  for (let half = 0; half < table.length; half++) {
    const sign = (half & 0x8000) << 16;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0x1f) table[half] = sign | 0x7f80_0000 | (fraction << 13);
    else if (exponent !== 0) table[half] = sign | ((exponent + 112) << 23) | (fraction << 13);
    else if (fraction === 0) table[half] = sign;
    else {
      // Subnormal, fraction * 2^-24: normalised, its leading bit becomes implicit.
      const shift = Math.clz32(fraction) - 21;
      table[half] = sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
    }
  }
  return table;
}
