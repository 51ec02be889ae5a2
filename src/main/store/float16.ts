/**
 * IEEE 754 half precision, round to nearest even, for attention over the image: two bytes a value and about
 * three decimal digits, enough for a heat map. `Float16Array` does this too, but neither Electron's nor our
 * TypeScript target's libraries can be counted on to have it.
 */

const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);

/** Bits of the half-precision number nearest to `value`. */
export function toFloat16Bits(value: number): number {
  single[0] = value;
  const bits = singleBits[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // From 65520 on, the nearest half is infinity.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) return sign | subnormalBits(magnitude);
  // Normal: drop 13 bits of the significand; the carry of the rounding may run into the exponent, rightly so.
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x38000000) >>> 13);
}

/** Below 2^-14 a half counts multiples of 2^-24. */
function subnormalBits(magnitude: number): number {
  singleBits[0] = magnitude;
  const scaled = (single[0] ?? 0) * 0x1000000;
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

/** Value of half-precision bits. */
export function fromFloat16Bits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
