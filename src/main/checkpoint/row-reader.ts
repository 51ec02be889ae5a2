/** Rows of a stored matrix as float32, whatever it is stored in. */
import { fail } from '../../shared/failure.ts';
import { isWeightDtype, weightDtypes } from './dtype.ts';
import { toFloat32 } from './float-conversion.ts';
import type { WeightSource } from './weight-source.ts';

/**
 * Rows `startRow` to `startRow + rowCount` along the first axis, as float32 [rowCount, elements of a row].
 * A vector has rows of one element.
 *
 * @param into where to write instead of into a new array: of exactly that many elements
 * Fails: `unsupported-dtype`, and what `WeightSource.read` fails with.
 */
export async function readRowsAsFloat32(
  source: WeightSource,
  name: string,
  startRow: number,
  rowCount: number,
  into?: Float32Array<ArrayBuffer>,
): Promise<Float32Array<ArrayBuffer>> {
  const tensor = source.tensors.get(name);
  if (tensor === undefined) throw new RangeError(`no tensor ${name}`);
  if (!isWeightDtype(tensor.dtype)) {
    fail('unsupported-dtype', `${name} is stored as ${tensor.dtype}, which weights can't be.`, {
      file: tensor.file,
      place: `tensor ${name}`,
      expected: weightDtypes.join(', '),
      found: tensor.dtype,
    });
  }
  const rowSize = tensor.shape.slice(1).reduce((product, size) => product * size, 1);
  return toFloat32(await source.read(name, startRow * rowSize, rowCount * rowSize), tensor.dtype, into);
}
