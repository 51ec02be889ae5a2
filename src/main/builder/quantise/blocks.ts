/**
 * Symmetric block quantisation in the layout of ONNX Runtime's MatMulNBits: each row of a weight [N, K] is cut into
 * blocks along K; a block holds unsigned integers around the default zero point (8 for 4 bits, 128 for 8) and one
 * float32 scale. 4-bit values are packed two to a byte, low nibble first; the last block of a row is zero-padded.
 *
 *   value ≈ (q - zeroPoint) * scale
 *
 * 4 bits: the scale maps the value of largest magnitude to q = 0, so that all 16 levels are used (as ONNX Runtime's
 * own quantiser does). 8 bits: the largest magnitude maps to ±127.
 */
export type QuantisedRows = Readonly<{
  /** [rows, ceil(K / block), block * bits / 8] uint8 */
  blocks: Uint8Array;
  /** [rows, ceil(K / block)] float32 */
  scales: Float32Array;
}>;

/** @param values rows x columns, row-major. A value that is not finite is a failure of the caller to check. */
export function quantiseRows(values: Float32Array, columns: number, bits: 4 | 8, blockSize: number): QuantisedRows {
  const rows = values.length / columns;
  const blockCount = Math.ceil(columns / blockSize);
  const blobSize = (blockSize * bits) / 8;
  const scales = new Float32Array(rows * blockCount);
  // Zero-point bytes: padding at the end of a row stands for zeros.
  const blocks = new Uint8Array(rows * blockCount * blobSize).fill(bits === 4 ? 0x88 : 0x80);
  const encode = bits === 4 ? encodeBlock4 : encodeBlock8;
  for (let row = 0; row < rows; row++) {
    for (let block = 0; block < blockCount; block++) {
      const start = row * columns + block * blockSize;
      const end = Math.min(start + blockSize, (row + 1) * columns);
      const index = row * blockCount + block;
      scales[index] = encode(values, start, end, blocks, index * blobSize);
    }
  }
  return { blocks, scales };
}

/** The value of largest magnitude, with its sign. */
function extreme(values: Float32Array, start: number, end: number): number {
  let largest = 0;
  let smallest = 0;
  for (let i = start; i < end; i++) {
    const value = values[i] as number;
    if (value > largest) largest = value;
    else if (value < smallest) smallest = value;
  }
  return largest >= -smallest ? largest : smallest;
}

function encodeBlock4(values: Float32Array, start: number, end: number, target: Uint8Array, offset: number): number {
  const scale = Math.fround(extreme(values, start, end) / -8);
  if (scale === 0) return 0;
  const inverse = 1 / scale;
  let position = offset;
  for (let i = start; i < end; i += 2, position++) {
    // Values lie in [-8, 8] after scaling, so truncation of v + 8.5 is rounding; 16 is clamped to 15.
    let low = ((values[i] as number) * inverse + 8.5) | 0;
    if (low > 15) low = 15;
    let high = i + 1 < end ? ((values[i + 1] as number) * inverse + 8.5) | 0 : 8;
    if (high > 15) high = 15;
    target[position] = low | (high << 4);
  }
  return scale;
}

function encodeBlock8(values: Float32Array, start: number, end: number, target: Uint8Array, offset: number): number {
  const scale = Math.fround(Math.abs(extreme(values, start, end)) / 127);
  if (scale === 0) return 0;
  const inverse = 1 / scale;
  for (let i = start; i < end; i++) {
    target[offset + i - start] = ((values[i] as number) * inverse + 128.5) | 0;
  }
  return scale;
}
