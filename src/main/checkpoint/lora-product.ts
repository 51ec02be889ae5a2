/**
 * The arithmetic of a LoRA merge: W + scale · B · A in float32. A plain triple loop would read A from memory for
 * every row; here four rows of W take four ranks of A at a time over a tile of columns that stays in the cache.
 */

/** Columns of a tile: a tile of A at rank 64 has 128 KiB. */
const tileColumns = 512;

/**
 * Adds scale · B · A to W, in place.
 *
 * @param w [rows, columns] float32
 * @param b [rows, rank] float32
 * @param a [rank, columns] float32
 */
export function addLowRankProduct(
  w: Float32Array,
  b: Float32Array,
  a: Float32Array,
  shape: Readonly<{ rows: number; columns: number; rank: number }>,
  scale: number,
): void {
  const { rows, columns, rank } = shape;
  if (w.length !== rows * columns || b.length !== rows * rank || a.length !== rank * columns) {
    throw new RangeError(`W ${w.length}, B ${b.length}, A ${a.length} for [${rows}, ${columns}] of rank ${rank}`);
  }
  const scaled = b.map((value) => value * scale);
  for (let start = 0; start < columns; start += tileColumns) {
    const width = Math.min(tileColumns, columns - start);
    for (let row = 0; row < rows; row++) addRow(w, row * columns + start, scaled, row * rank, a, start, shape, width);
  }
}

/** One row of a tile: four ranks at a time, then those that are left. */
function addRow(
  w: Float32Array,
  wStart: number,
  b: Float32Array,
  bStart: number,
  a: Float32Array,
  aStart: number,
  { columns, rank }: Readonly<{ columns: number; rank: number }>,
  width: number,
): void {
  let k = 0;
  for (; k + 4 <= rank; k += 4) {
    const b0 = b[bStart + k] ?? 0;
    const b1 = b[bStart + k + 1] ?? 0;
    const b2 = b[bStart + k + 2] ?? 0;
    const b3 = b[bStart + k + 3] ?? 0;
    const a0 = aStart + k * columns;
    const a1 = a0 + columns;
    const a2 = a1 + columns;
    const a3 = a2 + columns;
    for (let j = 0; j < width; j++) {
      w[wStart + j] =
        (w[wStart + j] ?? 0) +
        (b0 * (a[a0 + j] ?? 0) + b1 * (a[a1 + j] ?? 0) + b2 * (a[a2 + j] ?? 0) + b3 * (a[a3 + j] ?? 0));
    }
  }
  for (; k < rank; k++) {
    const value = b[bStart + k] ?? 0;
    const from = aStart + k * columns;
    for (let j = 0; j < width; j++) w[wStart + j] = (w[wStart + j] ?? 0) + value * (a[from + j] ?? 0);
  }
}
