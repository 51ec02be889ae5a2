/**
 * WebAssembly written out instruction by instruction: the few instructions that the kernels of an import use, and
 * the module around them. No compiler, no binary in the repository. Codes: the WebAssembly core specification 2.0.
 */

/** The part of the global that is used here; its types come with those of browsers, which core code does without. */
declare const WebAssembly: Readonly<{
  Memory: new (size: { initial: number }) => WasmMemory;
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  Instance: new (module: object, imports: object) => { exports: Readonly<Record<string, unknown>> };
}>;

export type WasmMemory = Readonly<{ buffer: ArrayBuffer; grow: (pageCount: number) => number }>;
export const wasmPageBytes = 65_536;

export type Code = readonly number[];

const valueTypes = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;
export type ValueType = keyof typeof valueTypes;

export type WasmFunction = Readonly<{
  name: string;
  /** All of them i32: addresses and counts. They are the first locals. */
  parameterCount: number;
  /** The further locals, numbered on from the parameters. */
  locals: readonly Readonly<{ type: ValueType; count: number }>[];
  body: Code;
}>;

/** Compiles functions without results over a memory of one page, which its owner may grow. */
export function instantiateWasm<Name extends string>(
  functions: readonly (WasmFunction & Readonly<{ name: Name }>)[],
): Readonly<{ memory: WasmMemory; exports: Readonly<Record<Name, (...parameters: number[]) => void>> }> {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(encodeModule(functions)), { host: { memory } });
  return { memory, exports: exports as Record<Name, (...parameters: number[]) => void> };
}

export const get = (index: number): Code => [0x20, index];
export const set = (index: number, ...value: Code): Code => [...value, 0x21, index];

/** Signed LEB128 of small numbers. */
function signed(value: number): Code {
  return value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)];
}

/** LEB128. */
function unsigned(value: number): Code {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >> 7)];
}

export const i32 = {
  constant: (value: number): Code => [0x41, ...signed(value)],
  add: (a: Code, b: Code): Code => [...a, ...b, 0x6a],
  subtract: (a: Code, b: Code): Code => [...a, ...b, 0x6b],
} as const;

/** A vector instruction after its operands, with its immediate bytes. */
const vector = (code: number, operands: readonly Code[], ...immediates: Code): Code => [
  ...operands.flat(),
  0xfd,
  ...unsigned(code),
  ...immediates,
];
const vectorOf =
  (code: number) =>
  (...operands: readonly Code[]): Code =>
    vector(code, operands);

export const v128 = {
  load: (address: Code, offset: number): Code => vector(0x00, [address], 0, ...unsigned(offset)),
  /** One float32 in all four lanes. */
  loadSplat: (address: Code, offset: number): Code => vector(0x09, [address], 0, ...unsigned(offset)),
  store: (address: Code, offset: number, value: Code): Code => vector(0x0b, [address, value], 0, ...unsigned(offset)),
  zero: vector(0x0c, [], ...Array.from({ length: 16 }, () => 0)),
  or: vectorOf(0x50),
} as const;

const parts = (lanes: Code, bytes: number): Code =>
  lanes.flatMap((lane) => Array.from({ length: bytes }, (_, byte) => lane * bytes + byte));
/** 64-bit lanes, or 32-bit ones, of `a` (from 0 on) and `b` (counting on) in a new order. */
export const pick64 = (a: Code, b: Code, lanes: readonly [number, number]): Code =>
  vector(0x0d, [a, b], ...parts(lanes, 8));
export const pick32 = (a: Code, b: Code, lanes: readonly [number, number, number, number]): Code =>
  vector(0x0d, [a, b], ...parts(lanes, 4));

export const f32x4 = {
  splat: vectorOf(0x13),
  first: (a: Code): Code => vector(0x1f, [a], 0),
  add: vectorOf(0xe4),
  multiply: vectorOf(0xe6),
  /** `b` where it is the smaller (larger) one, else `a`. */
  smaller: vectorOf(0xea),
  larger: vectorOf(0xeb),
  fromIntegers: vectorOf(0xfa),
} as const;

export const f64x2 = {
  splat: vectorOf(0x14),
  add: vectorOf(0xf0),
  subtract: vectorOf(0xf1),
  multiply: vectorOf(0xf2),
  /** The two low lanes of a float32 vector. */
  fromLow: vectorOf(0x5f),
} as const;

export const i32x4 = {
  splat: vectorOf(0x11),
  shiftLeft: vectorOf(0xab),
  shiftRight: vectorOf(0xad),
  subtract: vectorOf(0xb1),
  smaller: vectorOf(0xb6),
  larger: vectorOf(0xb8),
  /** Two float64 towards zero, and two zeros; NaN is 0. */
  truncate: vectorOf(0xfc),
  /** The low (high) four of eight unsigned 16-bit lanes. */
  fromLow16: vectorOf(0xa9),
  fromHigh16: vectorOf(0xaa),
} as const;
/** Two vectors of 32-bit (16-bit) lanes in one of half as wide ones. */
export const narrowTo16 = vectorOf(0x86);
export const narrowTo8 = vectorOf(0x66);

const ieee = (code: number, bytes: Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>): Code => [
  code,
  ...new Uint8Array(bytes.buffer),
];
export const f32 = {
  constant: (value: number): Code => ieee(0x43, Float32Array.of(value)),
  store: (address: Code, value: Code): Code => [...address, ...value, 0x38, 0, 0],
  absolute: (a: Code): Code => [...a, 0x8b],
  negative: (a: Code): Code => [...a, 0x8c],
  divide: (a: Code, b: Code): Code => [...a, ...b, 0x95],
  equal: (a: Code, b: Code): Code => [...a, ...b, 0x5b],
  atLeast: (a: Code, b: Code): Code => [...a, ...b, 0x60],
  fromDouble: (a: Code): Code => [...a, 0xb6],
} as const;
export const f64 = {
  constant: (value: number): Code => ieee(0x44, Float64Array.of(value)),
  divide: (a: Code, b: Code): Code => [...a, ...b, 0xa3],
  fromFloat: (a: Code): Code => [...a, 0xbb],
} as const;
export const choose = (condition: Code, yes: Code, no: Code): Code => [...yes, ...no, ...condition, 0x1b];

/** Adds to a pointer. */
export const advance = (pointer: number, ...bytes: Code): Code => set(pointer, ...i32.add(get(pointer), bytes));

const loopStart: Code = [0x03, 0x40];
const loopEndIfZero: Code = [0x0d, 0, 0x0b];
/** `\0asm`, version 1. */
const preamble: Code = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** Repeats until the counter, at least 1, reaches 0. */
export const countDown = (counter: number, ...body: Code): Code => [
  ...loopStart,
  ...body,
  ...set(counter, ...i32.subtract(get(counter), i32.constant(1))),
  ...get(counter),
  ...loopEndIfZero,
];

function encodeModule(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const text = (value: string): Code => [value.length, ...new TextEncoder().encode(value)];
  const section = (id: number, entries: readonly Code[]): Code => {
    const content = [...unsigned(entries.length), ...entries.flat()];
    return [id, ...unsigned(content.length), ...content];
  };
  const types = functions.map(({ parameterCount }) => [
    0x60,
    parameterCount,
    ...Array.from({ length: parameterCount }, () => valueTypes.i32),
    0,
  ]);
  const bodies = functions.map(({ locals, body }) => {
    const code = [locals.length, ...locals.flatMap(({ type, count }) => [count, valueTypes[type]]), ...body, 0x0b];
    return [...unsigned(code.length), ...code];
  });
  return Uint8Array.from([
    ...preamble,
    ...section(1, types),
    ...section(2, [[...text('host'), ...text('memory'), 0x02, 0x00, 1]]),
    ...section(
      3,
      functions.map((_, index) => [index]),
    ),
    ...section(
      7,
      functions.map(({ name }, index) => [...text(name), 0x00, index]),
    ),
    ...section(10, bodies),
  ]);
}
