/**
 * Symmetric block quantisation in the layout of ONNX Runtime's MatMulNBits: each row of a weight [N, K] is cut into
 * blocks along K; a block holds unsigned integers around the default zero point (8 for 4 bits, 128 for 8) and one
 * float32 scale. 4-bit values are packed two to a byte, low nibble first; the last block of a row is zero-padded.
 *
 *   value ≈ (q - zeroPoint) * scale
 *
 * 4 bits: the scale maps the value of largest magnitude to q = 0, so that all 16 levels are used (as ONNX Runtime's
 * own quantiser does). 8 bits: the largest magnitude maps to ±127. The arithmetic is block-kernel.ts's.
 */
import { dtypeSizes, type WeightDtype } from '../../checkpoint/dtype.ts';
import { toFloat32 } from '../../checkpoint/float-conversion.ts';
import { wasmPageBytes } from '../../checkpoint/wasm-module.ts';
import { instantiateBlockKernel, kernelBlockSize, type BlockKernel } from './block-kernel.ts';
import type { ErrorSums } from './weight-error.ts';

/** Weights that share a scale. */
export const blockSize = kernelBlockSize;

export type QuantisedRows = Readonly<{
  /** [rows, ceil(K / block), block * bits / 8] uint8 */
  blocks: Uint8Array<ArrayBuffer>;
  /** [rows, ceil(K / block)] float32 */
  scales: Float32Array<ArrayBuffer>;
  /** Not finite where a value is not. */
  sums: ErrorSums;
}>;

/** Values that pass through the kernel's memory at once: they and what they become fit in a core's cache. */
const stripValues = 64 * 1024;

let kernel: BlockKernel | undefined;

/** @param stored rows x columns as a checkpoint stores them, row-major, little-endian */
export function quantiseRows(
  stored: Uint8Array<ArrayBuffer>,
  dtype: WeightDtype,
  columns: number,
  bits: 4 | 8,
): QuantisedRows {
  // Float16 has no instruction of its own: it takes the way through a table first.
  if (dtype === 'F16') return quantiseRows(bytesOf(toFloat32(stored, 'F16')), 'F32', columns, bits);
  const rows = stored.byteLength / dtypeSizes[dtype] / columns;
  if (!Number.isInteger(rows)) throw new RangeError(`${stored.byteLength} bytes of ${dtype} in rows of ${columns}`);
  const blockCount = Math.ceil(columns / blockSize);
  const blobSize = (blockSize * bits) / 8;
  const strip = createStrip(columns, bits, rows);
  const blocks = new Uint8Array(rows * blockCount * blobSize);
  const scales = new Float32Array(rows * blockCount);
  strip.sums.fill(0);
  for (let row = 0; row < rows; row += strip.rowCount) {
    const count = Math.min(strip.rowCount, rows - row);
    const rowBytes = columns * dtypeSizes[dtype];
    strip.quantise(stored.subarray(row * rowBytes, (row + count) * rowBytes), dtype, count);
    blocks.set(strip.blocks.subarray(0, count * blockCount * blobSize), row * blockCount * blobSize);
    scales.set(strip.scales.subarray(0, count * blockCount), row * blockCount);
  }
  const [squaredError = 0, squaredWeight = 0] = strip.sums;
  return { blocks, scales, sums: { squaredError, squaredWeight } };
}

type Strip = Readonly<{
  rowCount: number;
  /** Rows as stored become `blocks` and `scales`, and add to `sums`. */
  quantise: (stored: Uint8Array<ArrayBuffer>, dtype: 'F32' | 'BF16', rows: number) => void;
  blocks: Uint8Array;
  scales: Float32Array;
  sums: Float64Array;
}>;

/** The kernel's memory, laid out for rows of one length: sums, scales, blocks, values, and values as stored. */
function createStrip(columns: number, bits: 4 | 8, rows: number): Strip {
  const { memory, quantise, widen } = (kernel ??= instantiateBlockKernel());
  const blockCount = Math.ceil(columns / blockSize);
  const width = blockCount * blockSize;
  const rowCount = Math.min(rows, Math.max(1, Math.floor(stripValues / width)));
  const scalesAt = 16;
  const blocksAt = scalesAt + Math.ceil((rowCount * blockCount) / 4) * 16;
  const valuesAt = blocksAt + (rowCount * width * bits) / 8;
  const storedAt = valuesAt + rowCount * width * 4;
  const missing =
    Math.ceil((storedAt + rowCount * width * 2) / wasmPageBytes) - memory.buffer.byteLength / wasmPageBytes;
  if (missing > 0) memory.grow(missing);
  const { buffer } = memory;
  const floats = new Uint8Array(buffer, valuesAt, rowCount * width * 4);
  const halves = new Uint8Array(buffer, storedAt, rowCount * width * 2);
  return {
    rowCount,
    quantise(stored, dtype, count) {
      copyRows(stored, dtype === 'F32' ? floats : halves, columns * dtypeSizes[dtype], width * dtypeSizes[dtype]);
      if (dtype === 'BF16') widen(storedAt, valuesAt, (count * width) / 8);
      quantise[bits](valuesAt, blocksAt, scalesAt, count * blockCount, 0);
    },
    blocks: new Uint8Array(buffer, blocksAt, (rowCount * width * bits) / 8),
    scales: new Float32Array(buffer, scalesAt, rowCount * blockCount),
    sums: new Float64Array(buffer, 0, 2),
  };
}

/** Zeros behind each row up to a whole block: they become the zero point, and are no error. */
function copyRows(from: Uint8Array, to: Uint8Array, rowBytes: number, strideBytes: number): void {
  if (rowBytes === strideBytes) {
    to.set(from);
    return;
  }
  for (let at = 0, target = 0; at < from.length; at += rowBytes, target += strideBytes) {
    to.set(from.subarray(at, at + rowBytes), target);
    to.fill(0, target + rowBytes, target + strideBytes);
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array<ArrayBuffer>): Uint8Array<ArrayBuffer> =>
  new Uint8Array(buffer, byteOffset, byteLength);
