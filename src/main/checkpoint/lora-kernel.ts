/**
 * The inner loops of the LoRA merge as a WebAssembly module with SIMD, written out below instruction by instruction
 * (no compiler, no binary in the repository). The same loops in TypeScript ran at 2 GFLOP/s on one core, these at 15:
 * a 7B model's adapters take 840 GFLOP, which is the difference between seven minutes and one.
 *
 *     for each block of 4 rows of W:                 W [4, 8] at w, rows wStride bytes apart
 *         d[4][8] = 0                                eight vector registers
 *         for k in 0 .. rank:                        A [rank, 8] at a, B [rank, 4] at b, both packed
 *             d[i][0..8] += B[k][i] * A[k][0..8]
 *         W[i][0..8] += d[i][0..8]
 */

/** Rows and columns that one pass of the inner loop covers. */
export const kernelRows = 4;
export const kernelColumns = 8;

/** The part of the global that is used here; its types come with those of browsers, which core code does without. */
declare const WebAssembly: Readonly<{
  Memory: new (size: { initial: number }) => KernelMemory;
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  Instance: new (module: object, imports: object) => { exports: Readonly<Record<string, unknown>> };
}>;

export type KernelMemory = Readonly<{ buffer: ArrayBuffer; grow: (pageCount: number) => number }>;

export type LoraKernel = Readonly<{
  memory: KernelMemory;
  /** Byte addresses; `blocks` of 4 rows, one after the other. Both counts are at least 1. */
  run: (w: number, wStride: number, a: number, b: number, blocks: number, rank: number) => void;
}>;

export function instantiateLoraKernel(): LoraKernel {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const module = new WebAssembly.Module(moduleBytes());
  const { run } = new WebAssembly.Instance(module, { host: { memory } }).exports;
  if (typeof run !== 'function') throw new Error('the LoRA kernel exports no function');
  return { memory, run: run as LoraKernel['run'] };
}

type Code = readonly number[];

/** Parameters and locals by index. */
const local = { w: 0, wStride: 1, a: 2, b: 3, blocks: 4, rank: 5, k: 6, from: 7, row: 8, low: 9, high: 10, factor: 11 };
const firstSum = 12;
const rowIndexes = [0, 1, 2, 3] as const;
const sums = (row: number) => [firstSum + 2 * row, firstSum + 2 * row + 1] as const;

const i32 = 0x7f;
const v128 = 0x7b;
const get = (index: number): Code => [0x20, index];
const set = (index: number, ...value: Code): Code => [...value, 0x21, index];
const constant = (value: number): Code => [0x41, ...signed(value)];
const plus = (a: Code, b: Code): Code => [...a, ...b, 0x6a];
const minus = (a: Code, b: Code): Code => [...a, ...b, 0x6b];
const load = (address: Code, offset: number): Code => [...address, 0xfd, 0x00, 0, offset];
const loadSplat = (address: Code, offset: number): Code => [...address, 0xfd, 0x09, 0, offset];
const store = (address: Code, offset: number, value: Code): Code => [...address, ...value, 0xfd, 0x0b, 0, offset];
const addVectors = (a: Code, b: Code): Code => [...a, ...b, 0xfd, 0xe4, 0x01];
const multiplyVectors = (a: Code, b: Code): Code => [...a, ...b, 0xfd, 0xe6, 0x01];
const zeroVector: Code = [0xfd, 0x0c, ...Array.from({ length: 16 }, () => 0)];

const loopStart: Code = [0x03, 0x40];
const loopEndIfZero: Code = [0x0d, 0, 0x0b];
/** `\0asm`, version 1. */
const preamble: Code = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** Repeats until the counter reaches 0. */
const countDown = (counter: number, ...body: Code): Code => [
  ...loopStart,
  ...body,
  ...set(counter, ...minus(get(counter), constant(1))),
  ...get(counter),
  ...loopEndIfZero,
];

const advance = (pointer: number, ...bytes: Code): Code => set(pointer, ...plus(get(pointer), bytes));

const overRanks: Code = countDown(
  local.k,
  ...set(local.low, ...load(get(local.from), 0)),
  ...set(local.high, ...load(get(local.from), 16)),
  ...rowIndexes.flatMap((row) => [
    ...set(local.factor, ...loadSplat(get(local.b), 4 * row)),
    ...sums(row).flatMap((sum, half) =>
      set(sum, ...addVectors(get(sum), multiplyVectors(get(half === 0 ? local.low : local.high), get(local.factor)))),
    ),
  ]),
  ...advance(local.from, ...constant(4 * kernelColumns)),
  ...advance(local.b, ...constant(4 * kernelRows)),
);

const addToRow = (row: number): Code => [
  ...sums(row).flatMap((sum, half) =>
    store(get(local.row), 16 * half, addVectors(load(get(local.row), 16 * half), get(sum))),
  ),
  ...advance(local.row, ...get(local.wStride)),
];

const body: Code = [
  ...set(local.row, ...get(local.w)),
  ...countDown(
    local.blocks,
    ...rowIndexes.flatMap((row) => sums(row).flatMap((sum) => set(sum, ...zeroVector))),
    ...set(local.from, ...get(local.a)),
    ...set(local.k, ...get(local.rank)),
    ...overRanks,
    ...rowIndexes.flatMap(addToRow),
  ),
  0x0b,
];

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const text = (value: string): Code => [value.length, ...new TextEncoder().encode(value)];
  const section = (id: number, ...content: Code): Code => [id, ...unsigned(content.length), ...content];
  const locals: Code = [2, 3, i32, 11, v128];
  const code: Code = [...locals, ...body];
  return Uint8Array.of(
    ...preamble,
    ...section(1, 1, 0x60, 6, i32, i32, i32, i32, i32, i32, 0),
    ...section(2, 1, ...text('host'), ...text('memory'), 0x02, 0x00, 1),
    ...section(3, 1, 0),
    ...section(7, 1, ...text('run'), 0x00, 0),
    ...section(10, 1, ...unsigned(code.length), ...code),
  );
}

/** LEB128. */
function unsigned(value: number): Code {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >> 7)];
}

function signed(value: number): Code {
  return value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)];
}
