/** Pickles assembled opcode by opcode: state dicts as torch.save writes them, and programs that must not run. */

export type Op = Uint8Array;

const bytes = (...values: number[]): Op => Uint8Array.from(values);
const join = (...parts: readonly Uint8Array[]): Op => Buffer.concat(parts);
const ascii = (text: string): Op => new TextEncoder().encode(text);

export const proto = (version: number): Op => bytes(0x80, version);
export const stop = bytes(0x2e);
export const mark = bytes(0x28);
export const emptyDict = bytes(0x7d);
export const emptyList = bytes(0x5d);
export const emptyTuple = bytes(0x29);
export const tuple = bytes(0x74);
export const tuple1 = bytes(0x85);
export const tuple2 = bytes(0x86);
export const tuple3 = bytes(0x87);
export const reduce = bytes(0x52);
export const build = bytes(0x62);
export const newObject = bytes(0x81);
export const object = bytes(0x6f);
export const persistentId = bytes(0x51);
export const setItem = bytes(0x73);
export const setItems = bytes(0x75);
export const appends = bytes(0x65);
export const none = bytes(0x4e);
export const newFalse = bytes(0x89);
export const memoize = bytes(0x94);
export const stackGlobal = bytes(0x93);

export const global = (module: string, name: string): Op => ascii(`c${module}\n${name}\n`);
export const instance = (module: string, name: string): Op => ascii(`i${module}\n${name}\n`);
export const extension = (code: number): Op => bytes(0x82, code);

export function text(value: string): Op {
  const encoded = ascii(value);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, encoded.length, true);
  return join(bytes(0x58), length, encoded);
}

export function shortText(value: string): Op {
  const encoded = ascii(value);
  return join(bytes(0x8c, encoded.length), encoded);
}

/** LONG1, which holds any size. */
export function integer(value: number | bigint): Op {
  const digits = new Uint8Array(9);
  new DataView(digits.buffer).setBigInt64(0, BigInt(value), true);
  return join(
    bytes(0x8a, 9),
    digits.map((byte, i) => (i === 8 && value < 0 ? 0xff : byte)),
  );
}

export const program = (...ops: readonly Op[]): Op => join(...ops);

export type PickledTensor = {
  key: string;
  storageType?: string;
  storageElements: number | bigint;
  offset?: number | bigint;
  shape: readonly (number | bigint)[];
  strides?: readonly (number | bigint)[];
};

const tupleOf = (values: readonly (number | bigint)[]): Op => join(mark, ...values.map(integer), tuple);

/** What torch.save writes for a tensor. */
export function tensor({ key, storageType = 'FloatStorage', storageElements, ...rest }: PickledTensor): Op {
  const strides = rest.strides ?? contiguous(rest.shape.map(Number));
  return join(
    global('torch._utils', '_rebuild_tensor_v2'),
    mark,
    join(mark, text('storage'), global('torch', storageType), text(key), text('cpu'), integer(storageElements), tuple),
    persistentId,
    integer(rest.offset ?? 0),
    tupleOf(rest.shape),
    tupleOf(strides),
    newFalse,
    join(global('collections', 'OrderedDict'), emptyTuple, reduce),
    tuple,
    reduce,
  );
}

function contiguous(shape: readonly number[]): number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
}

/** A state dict of named values. */
export function stateDict(values: Readonly<Record<string, Op>>): Op {
  const items = Object.entries(values).map(([name, value]) => join(text(name), value));
  return join(proto(2), emptyDict, mark, ...items, setItems, stop);
}
