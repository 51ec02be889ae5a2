/**
 * Positions of a sequence and the cosine/sine tables that the decoders take as inputs. Rotation itself happens in the
 * graph (first half against second half of a head); here are only angles. A position has three rows (time, height, width),
 * which Qwen2-VL's mRoPE tells apart for image slots; three equal rows are ordinary RoPE.
 *
 * Legend: S positions, Dh head size.
 */
import type { TextDimensions } from '../../shared/bundle.ts';

/** Rows: time, height, width. */
export type Positions = Readonly<{
  /** [3, S] int32 */
  positions: Int32Array;
  /** The position of the next token: S plus the rope delta. */
  next: number;
}>;

export type RotaryTable = Readonly<{
  /** [S, Dh / 2] float32 */
  cos: Float32Array;
  /** [S, Dh / 2] float32 */
  sin: Float32Array;
}>;

/** `count` positions from `start` on, three equal rows. */
export function plainPositions(count: number, start = 0): Positions {
  const positions = new Int32Array(3 * count);
  for (let row = 0; row < 3; row++) {
    for (let i = 0; i < count; i++) positions[row * count + i] = start + i;
  }
  return { positions, next: start + count };
}

/** 1 / theta^(2i / size) for i < size / 2, each operation rounded to float32 as the reference does. */
export function inverseFrequencies(theta: number, size: number): Float32Array {
  const frequencies = new Float32Array(Math.floor(size / 2));
  for (let i = 0; i < frequencies.length; i++) {
    frequencies[i] = 1 / Math.fround(theta ** Math.fround((2 * i) / size));
  }
  return frequencies;
}

/**
 * Table of a sequence from its positions [3, S]. Pair i takes the row of its mRoPE section, so equal rows give
 * ordinary RoPE. Angles are float32 products, as in the reference.
 */
export function rotaryTable(positions: Int32Array, text: TextDimensions): RotaryTable {
  const count = positions.length / 3;
  const pairs = text.headSize / 2;
  const rowOfPair = text.mropeSections.flatMap((size, section) => Array.from({ length: size }, () => section % 3));
  if (rowOfPair.length !== pairs) {
    throw new Error(`mRoPE sections [${text.mropeSections.join(', ')}] do not add up to ${pairs}`);
  }
  const frequencies = inverseFrequencies(text.ropeTheta, text.headSize);
  const cos = new Float32Array(count * pairs);
  const sin = new Float32Array(count * pairs);
  for (let s = 0; s < count; s++) {
    for (let i = 0; i < pairs; i++) {
      const angle = Math.fround((positions[(rowOfPair[i] ?? 0) * count + s] ?? 0) * (frequencies[i] ?? 0));
      cos[s * pairs + i] = Math.cos(angle);
      sin[s * pairs + i] = Math.sin(angle);
    }
  }
  return { cos, sin };
}
