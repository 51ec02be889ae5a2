/**
 * Block quantisation as a WebAssembly module with SIMD (checkpoint/wasm-module.ts): scales, packed integers and the
 * sums of squares that the weights' error is reported from, in one pass over values that lie in the cache.
 *
 *     for each block of 32 float32 at `from`:
 *         extreme = the value of largest magnitude             (8 vectors of 4 lanes)
 *         scale   = extreme / -8, or |extreme| / 127           float32; 0 for a block of zeros
 *         q       = trunc(value / scale + zero point + 0.5)    float64, 2 lanes; kept within the bits
 *         [sum of squared errors, sum of squares] += ...       float64, value after value: the order is kept, so that
 *                                                              the sums do not depend on how they were computed
 */
import {
  advance,
  choose,
  countDown,
  f32,
  f32x4,
  f64,
  f64x2,
  get,
  i32,
  i32x4,
  instantiateWasm,
  narrowTo16,
  narrowTo8,
  pick32,
  pick64,
  set,
  v128,
  type Code,
  type WasmMemory,
} from '../../checkpoint/wasm-module.ts';

/** Weights that share a scale. */
export const kernelBlockSize = 32;

/**
 * Byte addresses: `blockCount` (at least 1) blocks of float32, where the packed blocks and scales go, and the two
 * float64 sums that are added to.
 */
type Quantise = (from: number, blocks: number, scales: number, blockCount: number, sums: number) => void;

export type BlockKernel = Readonly<{
  memory: WasmMemory;
  quantise: Readonly<Record<4 | 8, Quantise>>;
  /** `groupCount` (at least 1) groups of 8 bfloat16 to float32. */
  widen: (from: number, to: number, groupCount: number) => void;
}>;

export function instantiateBlockKernel(): BlockKernel {
  const locals = [
    { type: 'f32', count: 3 },
    { type: 'f64', count: 1 },
    { type: 'v128', count: firstQuantised + vectors.length - local.low },
  ] as const;
  const { memory, exports } = instantiateWasm([
    { name: 'quantise4', parameterCount: 5, locals, body: quantiseBody(4) },
    { name: 'quantise8', parameterCount: 5, locals, body: quantiseBody(8) },
    { name: 'widen', parameterCount: 3, locals: [{ type: 'v128', count: 1 }], body: widenBody },
  ]);
  return { memory, quantise: { 4: exports.quantise4, 8: exports.quantise8 }, widen: exports.widen };
}

/** Parameters and locals by index; from `low` on vectors. */
const parameter = { from: 0, blocks: 1, scales: 2, blockCount: 3, sums: 4 };
const scalar = { largest: 5, smallest: 6, scale: 7, inverse: 8 };
const pair = { low: 9, high: 10, sum: 11, inverses: 12, lowError: 13, highError: 14, half: 15 };
const local = { ...parameter, ...scalar, ...pair, scaleOfAll: 16, level: 17, most: 18, least: 19 };
const firstQuantised = 20;
/** The vectors of a block. */
const vectors = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const quantised = (vector: number) => firstQuantised + vector;

const values = (vector: number): Code => v128.load(get(local.from), 16 * vector);
/** Lanes 2 and 3 where lanes 0 and 1 were. */
const upper = (a: Code): Code => pick64(a, v128.zero, [1, 2]);

/** The largest (smallest) of four lanes, in lane 0. */
const across = (index: number, better: (a: Code, b: Code) => Code): Code => [
  ...set(index, ...better(get(index), pick64(get(index), get(index), [1, 0]))),
  ...set(index, ...better(get(index), pick32(get(index), get(index), [1, 0, 3, 2]))),
];

const findExtreme: Code = [
  ...set(local.most, ...v128.zero),
  ...set(local.least, ...v128.zero),
  ...vectors.flatMap((vector) => [
    ...set(local.low, ...values(vector)),
    ...set(local.most, ...f32x4.larger(get(local.most), get(local.low))),
    ...set(local.least, ...f32x4.smaller(get(local.least), get(local.low))),
  ]),
  ...across(local.most, f32x4.larger),
  ...across(local.least, f32x4.smaller),
  ...set(local.largest, ...f32x4.first(get(local.most))),
  ...set(local.smallest, ...f32x4.first(get(local.least))),
];

const extreme = choose(
  f32.atLeast(get(local.largest), f32.negative(get(local.smallest))),
  get(local.largest),
  get(local.smallest),
);
/** The division by 127 is rounded to float64 first, as it always was: bundles stay the same, bit for bit. */
const scaleOf: Readonly<Record<4 | 8, Code>> = {
  4: f32.divide(extreme, f32.constant(-8)),
  8: f32.fromDouble(f64.divide(f64.fromFloat(f32.absolute(extreme)), f64.constant(127))),
};
const isZero = f32.equal(get(local.scale), f32.constant(0));

const storeScale = (bits: 4 | 8): Code => [
  ...set(local.scale, ...scaleOf[bits]),
  // Of the two zeros the positive one.
  ...set(local.scale, ...choose(isZero, f32.constant(0), get(local.scale))),
  ...f32.store(get(local.scales), get(local.scale)),
  ...set(
    local.inverse,
    ...choose(isZero, f64.constant(0), f64.divide(f64.constant(1), f64.fromFloat(get(local.scale)))),
  ),
  ...set(local.inverses, ...f64x2.splat(get(local.inverse))),
  ...set(local.scaleOfAll, ...f32x4.splat(get(local.scale))),
];

/** Four values: their integers into a local, their squares and their errors' into the sums. */
function quantiseVector(vector: number, bits: 4 | 8): Code {
  const rounded = (a: number): Code =>
    i32x4.truncate(f64x2.add(f64x2.multiply(get(a), get(local.inverses)), get(local.half)));
  const all = pick64(rounded(local.low), rounded(local.high), [0, 2]);
  // Beyond it: the opposite of a 4-bit extreme, and values whose scale is too small for float32's full precision.
  const most = i32x4.splat(i32.constant(2 ** bits - 1));
  const zeroPoint = i32x4.splat(i32.constant(bits === 4 ? 8 : 128));
  const square = (a: number): Code => f64x2.multiply(get(a), get(a));
  const errorOf = (a: number, level: Code): Code => f64x2.subtract(get(a), f64x2.fromLow(level));
  return [
    ...set(local.low, ...f64x2.fromLow(values(vector))),
    ...set(local.high, ...f64x2.fromLow(upper(values(vector)))),
    ...set(quantised(vector), ...i32x4.larger(i32x4.smaller(all, most), v128.zero)),
    // What the runtime computes with: a float32 product.
    ...set(
      local.level,
      ...f32x4.multiply(f32x4.fromIntegers(i32x4.subtract(get(quantised(vector)), zeroPoint)), get(local.scaleOfAll)),
    ),
    ...set(local.lowError, ...errorOf(local.low, get(local.level))),
    ...set(local.highError, ...errorOf(local.high, upper(get(local.level)))),
    ...(
      [
        [local.lowError, local.low],
        [local.highError, local.high],
      ] as const
    ).flatMap(([error, value]) => [
      ...set(error, ...square(error)),
      ...set(value, ...square(value)),
      ...set(local.sum, ...f64x2.add(get(local.sum), pick64(get(error), get(value), [0, 2]))),
      ...set(local.sum, ...f64x2.add(get(local.sum), pick64(get(error), get(value), [1, 3]))),
    ]),
  ];
}

/** Eight integers below 2^16 in one vector. */
const eight = (index: number): Code => narrowTo16(get(quantised(2 * index)), get(quantised(2 * index + 1)));

/** Of eight integers below 16 each two in one byte, the first one low: four lanes below 256. */
function nibblePairs(index: number): Code {
  const both = eight(index);
  const shifted = i32x4.shiftRight(both, i32.constant(12));
  // Bits 0 to 3 and 16 to 19 hold the two; the second moves to bits 4 to 7, what is left of it above is cut off.
  return i32x4.shiftRight(i32x4.shiftLeft(v128.or(both, shifted), i32.constant(24)), i32.constant(24));
}

const storeBlock: Readonly<Record<4 | 8, Code>> = {
  4: [
    ...v128.store(
      get(local.blocks),
      0,
      narrowTo8(narrowTo16(nibblePairs(0), nibblePairs(1)), narrowTo16(nibblePairs(2), nibblePairs(3))),
    ),
    ...advance(local.blocks, ...i32.constant(16)),
  ],
  8: [
    ...v128.store(get(local.blocks), 0, narrowTo8(eight(0), eight(1))),
    ...v128.store(get(local.blocks), 16, narrowTo8(eight(2), eight(3))),
    ...advance(local.blocks, ...i32.constant(32)),
  ],
};

const quantiseBody = (bits: 4 | 8): Code => [
  ...set(local.sum, ...v128.load(get(local.sums), 0)),
  ...set(local.half, ...f64x2.splat(f64.constant(bits === 4 ? 8.5 : 128.5))),
  ...countDown(
    local.blockCount,
    ...findExtreme,
    ...storeScale(bits),
    ...vectors.flatMap((vector) => quantiseVector(vector, bits)),
    ...storeBlock[bits],
    ...advance(local.from, ...i32.constant(4 * kernelBlockSize)),
    ...advance(local.scales, ...i32.constant(4)),
  ),
  ...v128.store(get(local.sums), 0, get(local.sum)),
];

const widening = { from: 0, to: 1, groupCount: 2, halves: 3 };
/** bfloat16 is the upper half of a float32. */
const widenBody: Code = countDown(
  widening.groupCount,
  ...set(widening.halves, ...v128.load(get(widening.from), 0)),
  ...v128.store(get(widening.to), 0, i32x4.shiftLeft(i32x4.fromLow16(get(widening.halves)), i32.constant(16))),
  ...v128.store(get(widening.to), 16, i32x4.shiftLeft(i32x4.fromHigh16(get(widening.halves)), i32.constant(16))),
  ...advance(widening.from, ...i32.constant(16)),
  ...advance(widening.to, ...i32.constant(32)),
);
