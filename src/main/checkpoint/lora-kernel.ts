/**
 * The inner loops of the LoRA merge as a WebAssembly module with SIMD (wasm-module.ts). The same loops in TypeScript
 * ran at 2 GFLOP/s on one core, these at 15: a 7B model's adapters take 840 GFLOP, which is the difference between
 * seven minutes and one.
 *
 *     for each block of 4 rows of W:                 W [4, 8] at w, rows wStride bytes apart
 *         d[4][8] = 0                                eight vector registers
 *         for k in 0 .. rank:                        A [rank, 8] at a, B [rank, 4] at b, both packed
 *             d[i][0..8] += B[k][i] * A[k][0..8]
 *         W[i][0..8] += d[i][0..8]
 */
import {
  advance,
  countDown,
  f32x4,
  get,
  i32,
  instantiateWasm,
  set,
  v128,
  type Code,
  type WasmMemory,
} from './wasm-module.ts';

/** Rows and columns that one pass of the inner loop covers. */
export const kernelRows = 4;
export const kernelColumns = 8;

export type LoraKernel = Readonly<{
  memory: WasmMemory;
  /** Byte addresses; `blocks` of 4 rows, one after the other. Both counts are at least 1. */
  run: (w: number, wStride: number, a: number, b: number, blocks: number, rank: number) => void;
}>;

export function instantiateLoraKernel(): LoraKernel {
  const { memory, exports } = instantiateWasm([
    {
      name: 'run',
      parameterCount: 6,
      locals: [
        { type: 'i32', count: 3 },
        { type: 'v128', count: 11 },
      ],
      body,
    },
  ]);
  return { memory, run: exports.run };
}

/** Parameters and locals by index. */
const local = { w: 0, wStride: 1, a: 2, b: 3, blocks: 4, rank: 5, k: 6, from: 7, row: 8, low: 9, high: 10, factor: 11 };
const firstSum = 12;
const rowIndexes = [0, 1, 2, 3] as const;
const sums = (row: number) => [firstSum + 2 * row, firstSum + 2 * row + 1] as const;

const overRanks: Code = countDown(
  local.k,
  ...set(local.low, ...v128.load(get(local.from), 0)),
  ...set(local.high, ...v128.load(get(local.from), 16)),
  ...rowIndexes.flatMap((row) => [
    ...set(local.factor, ...v128.loadSplat(get(local.b), 4 * row)),
    ...sums(row).flatMap((sum, half) =>
      set(sum, ...f32x4.add(get(sum), f32x4.multiply(get(half === 0 ? local.low : local.high), get(local.factor)))),
    ),
  ]),
  ...advance(local.from, ...i32.constant(4 * kernelColumns)),
  ...advance(local.b, ...i32.constant(4 * kernelRows)),
);

const addToRow = (row: number): Code => [
  ...sums(row).flatMap((sum, half) =>
    v128.store(get(local.row), 16 * half, f32x4.add(v128.load(get(local.row), 16 * half), get(sum))),
  ),
  ...advance(local.row, ...get(local.wStride)),
];

const body: Code = [
  ...set(local.row, ...get(local.w)),
  ...countDown(
    local.blocks,
    ...rowIndexes.flatMap((row) => sums(row).flatMap((sum) => set(sum, ...v128.zero))),
    ...set(local.from, ...get(local.a)),
    ...set(local.k, ...get(local.rank)),
    ...overRanks,
    ...rowIndexes.flatMap(addToRow),
  ),
];
