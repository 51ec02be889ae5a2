/** Comparing tensors: the largest difference, where it is, and a message that says so. */
import { expect } from 'vitest';

type Numbers = Float32Array | Int32Array | readonly number[];

export type Tolerance = Readonly<
  | { /** Largest difference allowed. */ absolute: number }
  | { /** The same, as a fraction of the largest magnitude of the expected values. */ relativeToLargest: number }
>;

export type Deviation = Readonly<{
  /** Largest |actual - expected|; infinite where one of them is not a number. */
  largest: number;
  index: number;
  /** Largest magnitude of the expected values. */
  scale: number;
}>;

export function deviation(actual: Numbers, expected: Numbers): Deviation {
  let largest = 0;
  let index = 0;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    const wanted = expected[i] ?? Number.NaN;
    const difference = Math.abs((actual[i] ?? Number.NaN) - wanted);
    if (!(difference <= largest)) {
      largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
      index = i;
    }
    scale = Math.max(scale, Math.abs(wanted));
  }
  return { largest, index, scale };
}

/** Fails unless both have the same length and differ nowhere by more than the tolerance. */
export function expectClose(actual: Numbers, expected: Numbers, tolerance: Tolerance, label: string): Deviation {
  expect(actual.length, `${label}: number of values`).toBe(expected.length);
  const found = deviation(actual, expected);
  const limit = 'absolute' in tolerance ? tolerance.absolute : tolerance.relativeToLargest * found.scale;
  const { largest, index, scale } = found;
  if (!(largest <= limit)) {
    expect.fail(
      `${label}: differs by ${largest.toExponential(2)} at ${index} (${actual[index]} for ${expected[index]}; ` +
        `allowed ${limit.toExponential(2)}, largest expected value ${scale.toExponential(2)})`,
    );
  }
  return found;
}
