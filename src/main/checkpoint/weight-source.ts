/**
 * Where weights come from, whatever the file format: named tensors whose elements can be read in any contiguous
 * range. Nothing here ever holds a whole tensor, so that a 16 GB checkpoint imports within a fixed memory.
 */
import type { Dtype } from './dtype.ts';

export type TensorInfo = Readonly<{
  name: string;
  dtype: Dtype;
  /** Row-major; an empty shape is a scalar. */
  shape: readonly number[];
  elementCount: number;
  sizeBytes: number;
  /** Absolute path of the file that holds the tensor (for a computed one: its base weight's). */
  file: string;
  /** First byte in `file`; null where the values are computed (a merged LoRA weight) and lie in no file. */
  byteOffset: number | null;
}>;

export interface WeightSource {
  /** Absolute paths of every file that the weights come from, for fingerprints. */
  readonly files: readonly string[];
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /**
   * The raw little-endian bytes of `elementCount` elements from `startElement` on, in the tensor's own dtype,
   * in a buffer of their own (offset 0), or at the start of `into` where the source can use it. An unknown name or a range outside the tensor is a bug and throws
   * `RangeError`. `into` has room for them and offset 0: fresh memory for each chunk costs more than reading it.
   * Fails: `malformed-checkpoint` (the file shrank), `io`.
   */
  read(
    name: string,
    startElement: number,
    elementCount: number,
    into?: Uint8Array<ArrayBuffer>,
  ): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}

/** The tensor a caller asks for, its range checked: a caller's mistake is a bug, not a failure of the outside. */
export function tensorForRead(
  source: Pick<WeightSource, 'tensors'>,
  name: string,
  startElement: number,
  elementCount: number,
): TensorInfo {
  const tensor = source.tensors.get(name);
  if (tensor === undefined) throw new RangeError(`no tensor ${name}`);
  const whole = Number.isSafeInteger(startElement) && Number.isSafeInteger(elementCount);
  if (!whole || startElement < 0 || elementCount < 0 || startElement + elementCount > tensor.elementCount) {
    throw new RangeError(`elements ${startElement} + ${elementCount} of ${name} [${tensor.shape.join(', ')}]`);
  }
  return tensor;
}
