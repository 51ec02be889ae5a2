/** Rows of a stored matrix as float32, whatever it is stored in. */
import { fail } from '../../shared/failure.ts';
import { isWeightDtype, weightDtypes, type WeightDtype } from './dtype.ts';
import { toFloat32 } from './float-conversion.ts';
import type { WeightSource } from './weight-source.ts';

export type StoredRows = Readonly<{ bytes: Uint8Array<ArrayBuffer>; dtype: WeightDtype }>;

/**
 * Rows `startRow` to `startRow + rowCount` along the first axis, as they are stored. A vector has rows of one element.
 *
 * @param into as `WeightSource.read`'s
 * Fails: `unsupported-dtype`, and what `WeightSource.read` fails with.
 */
export async function readStoredRows(
  source: WeightSource,
  name: string,
  startRow: number,
  rowCount: number,
  into?: Uint8Array<ArrayBuffer>,
): Promise<StoredRows> {
  const tensor = source.tensors.get(name);
  if (tensor === undefined) throw new RangeError(`no tensor ${name}`);
  const { dtype } = tensor;
  if (!isWeightDtype(dtype)) {
    return fail('unsupported-dtype', `${name} is stored as ${dtype}, which weights can't be.`, {
      file: tensor.file,
      place: `tensor ${name}`,
      expected: weightDtypes.join(', '),
      found: dtype,
    });
  }
  const rowSize = tensor.shape.slice(1).reduce((product, size) => product * size, 1);
  return { bytes: await source.read(name, startRow * rowSize, rowCount * rowSize, into), dtype };
}

/**
 * The same as float32 [rowCount, elements of a row].
 *
 * @param into where to write instead of into a new array: of exactly that many elements
 */
export async function readRowsAsFloat32(
  source: WeightSource,
  name: string,
  startRow: number,
  rowCount: number,
  into?: Float32Array<ArrayBuffer>,
): Promise<Float32Array<ArrayBuffer>> {
  const { bytes, dtype } = await readStoredRows(source, name, startRow, rowCount);
  return toFloat32(bytes, dtype, into);
}
