/**
 * SCAFFOLD's dot matrix (arXiv 2402.12058 and its published code) over an image: where each dot and its label lie,
 * and in which colour. `draw-dot-matrix.ts` draws it.
 *
 * In the original's label `(x,y)` the first number counts rows from the top and the second columns from the left: its
 * instructions say that x grows downwards. Here they are called row and column. Two differences: the original reads a
 * dot's colour from the picture on which it has drawn the dots before, here it is that of the untouched picture; and
 * its radius is 0, a single pixel, below a width of 240, here it is at least 1.
 */
import { ascender, descender, unitsPerEm } from './label-glyphs.ts';
import type { RgbImage } from './rgb-image.ts';

/** Dots in each row and in each column. */
export const matrixSide = 6;
/** Below this height in pixels a digit is a smudge. */
const leastLetterHeight = 5;
/** R + G + B from which a pixel counts as light: half of white. */
const lightFrom = (255 * 3) / 2;

export type Dot = Readonly<{
  /** 1-based, from the top. */
  row: number;
  /** 1-based, from the left. */
  column: number;
  /** The pixel at the dot's centre. */
  x: number;
  y: number;
  /** Black on light pixels, white on dark ones; the label has the same. */
  colour: 'black' | 'white';
  /** "(row,column)" */
  label: string;
}>;

export type DotMatrix = Readonly<{
  /** Row by row. */
  dots: readonly Dot[];
  /** Pixels around the centre that belong to a dot. */
  radius: number;
  /** Size of the label's font in pixels. */
  letterHeight: number;
}>;

export type DotPlacement =
  | Readonly<{ ok: true; matrix: DotMatrix }>
  /** The image is too small for this overlay, or too wide for its height: nobody could read the labels. */
  | Readonly<{
      ok: false;
      reason: 'letters-too-small' | 'rows-too-close';
      /** What the overlay needs, and what the image gives, for a failure's text. */
      expected: string;
      found: string;
    }>;

/** Pixels from a label's first line to its last, at this size of font. */
export function labelLineHeight(letterHeight: number): number {
  return Math.ceil(((ascender - descender) / unitsPerEm) * letterHeight);
}

/** Where SCAFFOLD puts its dots on this image, or why it cannot. */
export function placeDots(image: RgbImage): DotPlacement {
  const { width, height } = image;
  const found = `${width} x ${height} pixels`;
  const letterHeight = Math.floor(width / 40);
  if (letterHeight < leastLetterHeight) {
    const expected = `a width of at least ${leastLetterHeight * 40} pixels`;
    return { ok: false, reason: 'letters-too-small', expected, found };
  }
  const radius = Math.max(1, Math.floor(width / 240));
  // A label begins at its dot's height and has to end above the dot of the next row.
  const rowSpacing = labelLineHeight(letterHeight) + radius;
  if (Math.floor(height / (matrixSide + 1)) < rowSpacing) {
    const expected = `a height of at least ${rowSpacing * (matrixSide + 1)} pixels at this width`;
    return { ok: false, reason: 'rows-too-close', expected, found };
  }
  const numbers = Array.from({ length: matrixSide }, (_, index) => index + 1);
  const dots = numbers.flatMap((row) => numbers.map((column) => dotAt(image, row, column)));
  return { ok: true, matrix: { dots, radius, letterHeight } };
}

function dotAt(image: RgbImage, row: number, column: number): Dot {
  const x = Math.floor((column * image.width) / (matrixSide + 1));
  const y = Math.floor((row * image.height) / (matrixSide + 1));
  const at = (y * image.width + x) * 3;
  const sum = (image.data[at] ?? 0) + (image.data[at + 1] ?? 0) + (image.data[at + 2] ?? 0);
  return { row, column, x, y, colour: sum >= lightFrom ? 'black' : 'white', label: `(${row},${column})` };
}
