/**
 * What each precision means for each part. Embeddings keep the checkpoint's own type (they are looked up, not
 * multiplied); the head and the vision tower are never below 8 bits: their errors move answers and patches most.
 */
import type { Precision } from '../../shared/bundle.ts';
import type { LinearEncoding } from './ops/linear.ts';

export type PartEncodings = Readonly<{ vision: LinearEncoding; decoder: LinearEncoding; head: LinearEncoding }>;

const float32: LinearEncoding = { kind: 'float32' };
const float16: LinearEncoding = { kind: 'float16' };
const int8: LinearEncoding = { kind: 'blocks', bits: 8 };
const int4: LinearEncoding = { kind: 'blocks', bits: 4 };

export const partEncodings: Readonly<Record<Precision, PartEncodings>> = {
  f32: { vision: float32, decoder: float32, head: float32 },
  f16: { vision: float16, decoder: float16, head: float16 },
  int8: { vision: int8, decoder: int8, head: int8 },
  int4: { vision: int8, decoder: int4, head: int8 },
};
