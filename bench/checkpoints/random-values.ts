/**
 * Random weights, fast enough to fill gigabytes in seconds: one 32-bit draw gives a bell-shaped value (the sum of its
 * four bytes), looked up in a table that already has the tensor's mean, spread and storage type. Every tensor has a
 * generator of its own, seeded by its name, so neither shards nor blocks show in the values.
 */

/** Number of different sums of four bytes. */
const levelCount = 4 * 255 + 1;
/** Standard deviation of such a sum. */
const levelSpread = Math.sqrt((4 * (256 ** 2 - 1)) / 12);

export type StoredType = 'F32' | 'BF16';

/** The values of one tensor as stored, bell-shaped around `mean`. */
export function levelTable(dtype: StoredType, mean: number, std: number): Float32Array | Uint16Array {
  const levels = Float32Array.from(
    { length: levelCount },
    (_, level) => mean + ((level - (levelCount - 1) / 2) / levelSpread) * std,
  );
  return dtype === 'F32' ? levels : Uint16Array.from(levels, bfloat16Bits);
}

/** Upper half of the float32 bits, rounded to nearest even. */
function bfloat16Bits(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

/** The start of a tensor's generator: FNV-1a of seed and name. */
export function tensorSeed(seed: number, name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(`${seed}:${name}`)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** By how much the generator's state grows with each value: the state before value i is its start + i times this. */
export const generatorStep = 0x6d2b79f5;

/**
 * Fills `target` from the generator (mulberry32, a counter with a mixing function) and returns its new state.
 */
export function fillRandom(
  target: Float32Array | Uint16Array,
  table: Float32Array | Uint16Array,
  state: number,
): number {
  let counter = state | 0;
  for (let index = 0; index < target.length; index++) {
    counter = (counter + generatorStep) | 0;
    let draw = Math.imul(counter ^ (counter >>> 15), counter | 1);
    draw ^= draw + Math.imul(draw ^ (draw >>> 7), draw | 61);
    draw ^= draw >>> 14;
    target[index] = table[(draw & 255) + ((draw >>> 8) & 255) + ((draw >>> 16) & 255) + (draw >>> 24)] as number;
  }
  return counter;
}
