/** Element types of stored tensors, under the names that safetensors gives them. */

/** Bytes of one element. */
export const dtypeSizes = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  F64: 8,
  I64: 8,
  U64: 8,
} as const;
export type Dtype = keyof typeof dtypeSizes;

/** Types that model weights may have: those that convert to float32 exactly. */
export const weightDtypes = ['F32', 'F16', 'BF16'] as const;
export type WeightDtype = (typeof weightDtypes)[number];

export function isDtype(name: string): name is Dtype {
  return Object.hasOwn(dtypeSizes, name);
}

export function isWeightDtype(dtype: Dtype): dtype is WeightDtype {
  return dtype === 'F32' || dtype === 'F16' || dtype === 'BF16';
}
