/**
 * The Python names that a state dict refers to, and what calling them means. The list is closed: any other name is
 * refused where it is mentioned, before anything could call it.
 */
import type { Dtype } from '../dtype.ts';
import { PickleError } from './byte-cursor.ts';
import {
  describe,
  isKind,
  type PickleCallable,
  type PickleValue,
  type StorageReference,
  type StorageType,
  type TensorReference,
} from './values.ts';

const storageDtypes: Readonly<Record<string, Dtype>> = {
  'torch.FloatStorage': 'F32',
  'torch.HalfStorage': 'F16',
  'torch.BFloat16Storage': 'BF16',
  'torch.DoubleStorage': 'F64',
  'torch.LongStorage': 'I64',
  'torch.IntStorage': 'I32',
  'torch.ShortStorage': 'I16',
  'torch.CharStorage': 'I8',
  'torch.ByteStorage': 'U8',
  'torch.BoolStorage': 'BOOL',
};

const calls: Readonly<Record<string, (args: readonly PickleValue[]) => PickleValue>> = {
  'collections.OrderedDict': orderedDict,
  'torch._utils._rebuild_tensor_v2': rebuildTensor,
  'torch._utils._rebuild_parameter': rebuildParameter,
};

/** The value that stands for a Python name, or `undefined` if the name is not one of ours. */
export function knownName(name: string): PickleCallable | StorageType | undefined {
  if (Object.hasOwn(calls, name)) return { kind: 'callable', name };
  const dtype = Object.hasOwn(storageDtypes, name) ? storageDtypes[name] : undefined;
  return dtype === undefined ? undefined : { kind: 'storage-type', dtype };
}

/** What a known callable returns. */
export function callKnown(callable: PickleCallable, args: readonly PickleValue[]): PickleValue {
  const call = calls[callable.name];
  if (call === undefined) throw new Error(`no callable ${callable.name}`);
  return call(args);
}

/** The storage that a persistent id names: ('storage', type, key, device, element count). */
export function storageOf(id: PickleValue): StorageReference {
  if (!isKind(id, 'tuple')) throw new PickleError(`a persistent id that is a ${describe(id)}`);
  const [tag, type, key, , elementCount] = id.items;
  if (tag !== 'storage' || id.items.length !== 5) throw new PickleError('a persistent id of another kind');
  if (type === undefined || !isKind(type, 'storage-type')) throw new PickleError('a storage without a type');
  if (typeof key !== 'string') throw new PickleError('a storage without a key');
  return { kind: 'storage', key, dtype: type.dtype, elementCount: count(elementCount, 'a storage size') };
}

function orderedDict(args: readonly PickleValue[]): PickleValue {
  const entries = new Map<PickleValue, PickleValue>();
  const [pairs] = args;
  if (args.length > 1) throw new PickleError('OrderedDict of several arguments');
  if (pairs !== undefined) {
    if (!isKind(pairs, 'list')) throw new PickleError(`OrderedDict of a ${describe(pairs)}`);
    for (const pair of pairs.items) {
      const [key, value] = isKind(pair, 'list') || isKind(pair, 'tuple') ? pair.items : [];
      if (key === undefined || value === undefined) throw new PickleError('OrderedDict of something else than pairs');
      entries.set(key, value);
    }
  }
  return { kind: 'dict', entries };
}

/** (storage, storage offset, shape, strides, requires_grad, backward hooks, …) */
function rebuildTensor(args: readonly PickleValue[]): TensorReference {
  const [storage, storageOffset, shape, strides] = args;
  if (storage === undefined || !isKind(storage, 'storage')) {
    throw new PickleError(`a tensor over a ${describe(storage)}`);
  }
  const reference = {
    kind: 'tensor' as const,
    storage,
    storageOffset: count(storageOffset, 'a storage offset'),
    shape: counts(shape, 'a shape'),
    strides: counts(strides, 'strides'),
  };
  if (reference.shape.length !== reference.strides.length) throw new PickleError('a shape and strides that differ');
  return reference;
}

/** (tensor, requires_grad, backward hooks) */
function rebuildParameter(args: readonly PickleValue[]): TensorReference {
  const [tensor] = args;
  if (tensor === undefined || !isKind(tensor, 'tensor')) {
    throw new PickleError(`a parameter that is a ${describe(tensor)}`);
  }
  return tensor;
}

function counts(value: PickleValue | undefined, what: string): number[] {
  if (value === undefined || !isKind(value, 'tuple') || value.items.length > 8) throw new PickleError(`no ${what}`);
  return value.items.map((item) => count(item, what));
}

function count(value: PickleValue | undefined, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new PickleError(`${what} that is no count`);
  }
  return value;
}
