/**
 * What a pickle may build here: plain data, and descriptions of PyTorch tensors. Nothing in it is code, and names of
 * Python objects exist only as `callable` or `storage-type`, for the few that are known.
 */
import type { Dtype } from '../dtype.ts';

export type PickleList = { kind: 'list'; items: PickleValue[] };
export type PickleTuple = { kind: 'tuple'; items: PickleValue[] };
export type PickleDict = { kind: 'dict'; entries: Map<PickleValue, PickleValue> };
export type PickleBytes = { kind: 'bytes'; bytes: Uint8Array };
/** A Python function or class that may be called, because its effect is imitated here. */
export type PickleCallable = { kind: 'callable'; name: string };
export type StorageType = { kind: 'storage-type'; dtype: Dtype };

/** A storage of the archive: elements in the entry `data/<key>`. */
export type StorageReference = { kind: 'storage'; key: string; dtype: Dtype; elementCount: number };

/** A tensor over a storage; offset and strides count elements. */
export type TensorReference = {
  kind: 'tensor';
  storage: StorageReference;
  storageOffset: number;
  shape: number[];
  strides: number[];
};

export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleList
  | PickleTuple
  | PickleDict
  | PickleBytes
  | PickleCallable
  | StorageType
  | StorageReference
  | TensorReference;

export type PickleKind = Extract<PickleValue, { kind: string }>['kind'];

/** Narrows a value to one of the kinds above. */
export function isKind<Kind extends PickleKind>(
  value: PickleValue,
  kind: Kind,
): value is Extract<PickleValue, { kind: Kind }> {
  return typeof value === 'object' && value !== null && value.kind === kind;
}

/** The name of a value's type, for messages. */
export function describe(value: PickleValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'None';
  return typeof value === 'object' ? value.kind : typeof value;
}
