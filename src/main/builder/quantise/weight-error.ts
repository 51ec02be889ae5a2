/**
 * How far the stored weights are from the checkpoint's, measured while they are written: for each quantised tensor
 * the root mean square error relative to the weights' own root mean square.
 */
import type { WeightError } from '../../../shared/bundle.ts';

/** Over the values of a tensor, or of some of its rows. */
export type ErrorSums = Readonly<{ squaredError: number; squaredWeight: number }>;

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
