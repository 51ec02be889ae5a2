/**
 * How far the stored weights are from the checkpoint's, measured while they are written: for each quantised tensor
 * the root mean square error relative to the weights' own root mean square.
 */
import type { WeightError } from '../../../shared/bundle.ts';
import type { QuantisedRows } from './blocks.ts';

export type ErrorSums = Readonly<{ squaredError: number; squaredWeight: number }>;

/** Sums over rows x columns values and what their blocks (`quantiseRows`) stand for. */
export function blockErrorSums(
  values: Float32Array,
  { blocks, scales }: QuantisedRows,
  columns: number,
  bits: 4 | 8,
  blockSize: number,
): ErrorSums {
  const blockCount = Math.ceil(columns / blockSize);
  const blobSize = (blockSize * bits) / 8;
  const zeroPoint = bits === 4 ? 8 : 128;
  let squaredError = 0;
  let squaredWeight = 0;
  for (let index = 0; index < scales.length; index++) {
    const scale = scales[index] as number;
    const row = Math.floor(index / blockCount);
    const column = (index % blockCount) * blockSize;
    const size = Math.min(blockSize, columns - column);
    const start = row * columns + column;
    const offset = index * blobSize;
    for (let i = 0; i < size; i++) {
      const byte = blocks[offset + (bits === 4 ? i >> 1 : i)] as number;
      const q = bits === 8 ? byte : (i & 1) === 0 ? byte & 15 : byte >> 4;
      const value = values[start + i] as number;
      // What the runtime computes with: a float32 product.
      const error = value - Math.fround((q - zeroPoint) * scale);
      squaredError += error * error;
      squaredWeight += value * value;
    }
  }
  return { squaredError, squaredWeight };
}

/** Collects the sums of every quantised tensor of an import. */
export class WeightErrorMeter {
  readonly #tensors = new Map<string, ErrorSums>();

  add(tensor: string, { squaredError, squaredWeight }: ErrorSums): void {
    const sums = this.#tensors.get(tensor) ?? { squaredError: 0, squaredWeight: 0 };
    this.#tensors.set(tensor, {
      squaredError: sums.squaredError + squaredError,
      squaredWeight: sums.squaredWeight + squaredWeight,
    });
  }

  /** Null where nothing was quantised. */
  result(): WeightError | null {
    const total = { squaredError: 0, squaredWeight: 0 };
    let worst = { tensor: '', error: -1 };
    for (const [tensor, sums] of this.#tensors) {
      total.squaredError += sums.squaredError;
      total.squaredWeight += sums.squaredWeight;
      const error = relative(sums);
      if (error > worst.error) worst = { tensor, error };
    }
    return worst.error < 0 ? null : { overall: relative(total), worst: worst.error, worstTensor: worst.tensor };
  }
}

/** A tensor of zeros is stored exactly. */
const relative = ({ squaredError, squaredWeight }: ErrorSums): number =>
  squaredWeight === 0 ? 0 : Math.sqrt(squaredError / squaredWeight);
