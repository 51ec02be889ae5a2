/**
 * Positions of a prompt and the cosine/sine tables that the graphs take as inputs. Rotation itself happens in the
 * graph (first half against second half of a head); here are only angles.
 *
 * IVT-LR numbers the whole sequence 0..T-1, image slots included, so its three rows are equal. Ordinary Qwen2-VL
 * prompting uses mRoPE: image slots carry (time, row, column), and text goes on after the largest of them
 * (transformers' `get_rope_index`).
 *
 * Legend: S positions, Dh head size, Np vision patches.
 */
import type { TextDimensions, VisionDimensions } from '../../../shared/bundle.ts';
import type { GridThw } from './image-processor.ts';

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

/** A run of image slots in the prompt and the patch grid that fills it. */
export type PlacedImage = Readonly<{ start: number; count: number; gridThw: GridThw }>;

/** Qwen2-VL's vision tower always uses this base. */
const visionRopeTheta = 10_000;

/** `count` positions from `start` on, three equal rows. */
export function plainPositions(count: number, start = 0): Positions {
  const positions = new Int32Array(3 * count);
  for (let row = 0; row < 3; row++) {
    for (let i = 0; i < count; i++) positions[row * count + i] = start + i;
  }
  return { positions, next: start + count };
}

/**
 * mRoPE positions of a prompt of `tokenCount` tokens. `images` in prompt order; `merge` is the merge side in patches.
 * `next - tokenCount` is the reference's rope delta. Spans that do not fit their grids are a bug.
 */
export function mropePositions(tokenCount: number, images: readonly PlacedImage[], merge: number): Positions {
  const positions = new Int32Array(3 * tokenCount);
  let next = 0;
  let at = 0;
  const placeText = (end: number): void => {
    for (; at < end; at++, next++) {
      for (let row = 0; row < 3; row++) positions[row * tokenCount + at] = next;
    }
  };
  for (const { start, count, gridThw } of images) {
    const [times, patchRows, patchColumns] = gridThw;
    const rows = Math.floor(patchRows / merge);
    const columns = Math.floor(patchColumns / merge);
    if (times * rows * columns !== count || start < at || start + count > tokenCount) {
      throw new Error(`image of ${times} x ${rows} x ${columns} slots does not fit ${count} tokens at ${start}`);
    }
    placeText(start);
    for (let slot = 0; slot < count; slot++, at++) {
      positions[at] = next + Math.floor(slot / (rows * columns));
      positions[tokenCount + at] = next + (Math.floor(slot / columns) % rows);
      positions[2 * tokenCount + at] = next + (slot % columns);
    }
    next += Math.floor(Math.max(patchRows, patchColumns) / merge);
  }
  placeText(tokenCount);
  return { positions, next };
}

/** 1 / theta^(2i / size) for i < size / 2, each operation rounded to float32 as the reference does. */
function inverseFrequencies(theta: number, size: number): Float32Array {
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

/**
 * Table of one image's patches [Np, Dh / 2] in the processor's patch order (grouped by merge block): the first
 * half of the pairs turns with the patch row, the second with the column.
 */
export function visionRotaryTable(gridThw: GridThw, vision: VisionDimensions): RotaryTable {
  const [times, rows, columns] = gridThw;
  const headSize = vision.embedDim / vision.headCount;
  const frequencies = inverseFrequencies(visionRopeTheta, Math.floor(headSize / 2));
  const perAxis = frequencies.length;
  const pairs = 2 * perAxis;
  const merge = vision.spatialMergeSize;
  const blockColumns = columns / merge;
  const framePatches = rows * columns;
  const cos = new Float32Array(times * framePatches * pairs);
  const sin = new Float32Array(times * framePatches * pairs);
  for (let patch = 0; patch < framePatches; patch++) {
    const block = Math.floor(patch / (merge * merge));
    const inBlock = patch % (merge * merge);
    const row = Math.floor(block / blockColumns) * merge + Math.floor(inBlock / merge);
    const column = (block % blockColumns) * merge + (inBlock % merge);
    for (let i = 0; i < pairs; i++) {
      const angle = Math.fround((i < perAxis ? row : column) * (frequencies[i % perAxis] ?? 0));
      cos[patch * pairs + i] = Math.cos(angle);
      sin[patch * pairs + i] = Math.sin(angle);
    }
  }
  for (let time = 1; time < times; time++) {
    cos.copyWithin(time * framePatches * pairs, 0, framePatches * pairs);
    sin.copyWithin(time * framePatches * pairs, 0, framePatches * pairs);
  }
  return { cos, sin };
}
