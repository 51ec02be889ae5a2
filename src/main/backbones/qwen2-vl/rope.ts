/**
 * Positions that are Qwen2-VL's own. IVT-LR numbers the whole sequence 0..T-1, image slots included. Ordinary prompting
 * uses mRoPE: image slots carry (time, row, column), and text goes on after the largest of them (transformers'
 * `get_rope_index`). The vision tower turns its patches by their row and column.
 *
 * Legend: S positions, Dh head size, Np vision patches.
 */
import type { VisionDimensions } from '../../../shared/bundle.ts';
import { inverseFrequencies, type Positions, type RotaryTable } from '../positions.ts';
import type { GridThw } from './image-processor.ts';

/** A run of image slots in the prompt and the patch grid that fills it. */
export type PlacedImage = Readonly<{ start: number; count: number; gridThw: GridThw }>;

/** Qwen2-VL's vision tower always uses this base. */
const visionRopeTheta = 10_000;

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
