/** Row selection on a cache tensor [B, ...]. */
import type { FloatTensor } from './onnx-session.ts';

/** The given rows of a tensor, in the given order. */
export function gatherCacheRows(tensor: FloatTensor, rows: readonly number[]): FloatTensor {
  const [batch = 0, ...rest] = tensor.dims;
  const rowSize = rest.reduce((product, size) => product * size, 1);
  const data = new Float32Array(rows.length * rowSize);
  for (const [target, row] of rows.entries()) {
    if (row < 0 || row >= batch) throw new Error(`row ${row} of ${batch}`);
    data.set(tensor.data.subarray(row * rowSize, (row + 1) * rowSize), target * rowSize);
  }
  return { data, dims: [rows.length, ...rest] };
}
