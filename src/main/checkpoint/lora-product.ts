/**
 * The arithmetic of a LoRA merge: W + scale · B · A in float32. Blocked so that A and B come out of the cache: A is
 * packed into panels of 8 columns (2 KiB each at rank 64), B into blocks of 4 rows, and W passes through in strips.
 */
import { instantiateLoraKernel, kernelColumns, kernelRows, type LoraKernel } from './lora-kernel.ts';

/** W's strip in the kernel's memory: 64 rows of 18,944 columns take 4.6 MiB. */
const stripRows = 64;
const pageBytes = 65_536;

export type ProductShape = Readonly<{ rows: number; columns: number; rank: number }>;

let kernel: LoraKernel | undefined;
/** The A whose panels lie in the kernel's memory: blocks of one matrix follow each other. */
let packed: Readonly<{ a: WeakRef<Float32Array>; rank: number }> | undefined;

/**
 * Adds scale · B · A to W, in place.
 *
 * @param w [rows, columns] float32
 * @param b [rows, rank] float32
 * @param a [rank, columns] float32; not to be changed between calls that pass the same array
 */
export function addLowRankProduct(
  w: Float32Array,
  b: Float32Array,
  a: Float32Array,
  { rows, columns, rank }: ProductShape,
  scale: number,
): void {
  if (w.length !== rows * columns || b.length !== rows * rank || a.length !== rank * columns) {
    throw new RangeError(`W ${w.length}, B ${b.length}, A ${a.length} for [${rows}, ${columns}] of rank ${rank}`);
  }
  if (w.length === 0 || rank === 0) return;
  const { memory, run } = (kernel ??= instantiateLoraKernel());
  const panelCount = Math.ceil(columns / kernelColumns);
  const wStride = panelCount * kernelColumns;
  const bStart = panelCount * rank * kernelColumns;
  const wStart = bStart + stripRows * rank;
  const neededPages = Math.ceil((4 * (wStart + stripRows * wStride)) / pageBytes);
  const heldPages = memory.buffer.byteLength / pageBytes;
  if (neededPages > heldPages) memory.grow(neededPages - heldPages);
  const floats = new Float32Array(memory.buffer);
  if (packed?.a.deref() !== a || packed.rank !== rank) {
    packPanels(floats, a, columns, rank);
    packed = { a: new WeakRef(a), rank };
  }
  for (let row = 0; row < rows; row += stripRows) {
    const height = Math.min(stripRows, rows - row);
    const blocks = Math.ceil(height / kernelRows);
    packFactors(floats.subarray(bStart, wStart), b.subarray(row * rank, (row + height) * rank), rank, scale);
    for (let i = 0; i < height; i++) {
      floats.set(w.subarray((row + i) * columns, (row + i + 1) * columns), wStart + i * wStride);
    }
    for (let panel = 0; panel < panelCount; panel++) {
      const column = panel * kernelColumns;
      run(4 * (wStart + column), 4 * wStride, 4 * column * rank, 4 * bStart, blocks, rank);
    }
    for (let i = 0; i < height; i++) {
      const from = wStart + i * wStride;
      w.set(floats.subarray(from, from + columns), (row + i) * columns);
    }
  }
}

/** A [rank, columns] -> [panel][rank][8], from the start of memory. What pads the last panel is never read back. */
function packPanels(floats: Float32Array, a: Float32Array, columns: number, rank: number): void {
  for (let k = 0; k < rank; k++) {
    for (let column = 0; column < columns; column++) {
      const inPanel = column % kernelColumns;
      floats[(column - inPanel) * rank + k * kernelColumns + inPanel] = a[k * columns + column] ?? 0;
    }
  }
}

/** B [rows, rank] -> [block of 4 rows][rank][4], scaled. */
function packFactors(blocks: Float32Array, b: Float32Array, rank: number, scale: number): void {
  for (let row = 0; row * rank < b.length; row++) {
    const inBlock = row % kernelRows;
    const start = (row - inBlock) * rank + inBlock;
    for (let k = 0; k < rank; k++) blocks[start + k * kernelRows] = (b[row * rank + k] ?? 0) * scale;
  }
}
