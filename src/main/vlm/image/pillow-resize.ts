/**
 * Pillow 13's resize for 8-bit RGB, bit for bit: antialiased convolution whose support grows with the reduction,
 * fixed-point coefficients of 22 bits, one pass for each axis, each rounded and clipped to a byte.
 *
 * Written from the algorithm of Pillow's ImagingResample (8 bits per channel), which the references'
 * `Image.resize` runs; other libraries' "bicubic" differs by several levels on reduction. A window of the result can
 * be asked for, so that what a crop cuts off is never computed; source boxes, other filters and alpha are out of scope.
 */
import { rgbImage, type RgbImage } from './rgb-image.ts';

/** Bits of a coefficient's fraction: 32 less 8 for the pixel and 2 for the negative lobes. */
const precisionBits = 32 - 8 - 2;
const half = 1 << (precisionBits - 1);

/** Keys' cubic convolution kernel with a = -0.5. */
function bicubic(x: number): number {
  const a = -0.5;
  const d = Math.abs(x);
  if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  if (d < 2) return (((d - 5) * d + 8) * d - 4) * a;
  return 0;
}

function sinc(x: number): number {
  if (x === 0) return 1;
  const angle = x * Math.PI;
  return Math.sin(angle) / angle;
}

/** The sinc under the middle lobe of a three times wider one. */
function lanczos(x: number): number {
  return -3 <= x && x < 3 ? sinc(x) * sinc(x / 3) : 0;
}

type Filter = Readonly<{ weight: (x: number) => number; support: number }>;

const filters = {
  bicubic: { weight: bicubic, support: 2 },
  lanczos: { weight: lanczos, support: 3 },
} satisfies Record<string, Filter>;
export type FilterName = keyof typeof filters;

export type PixelWindow = Readonly<{ left: number; top: number; width: number; height: number }>;

export type ResizeTo = Readonly<{
  /** Pixels of the whole result. */
  width: number;
  height: number;
  filter: FilterName;
  /** The part of the result to compute; without it the whole. */
  window?: PixelWindow;
}>;

/** `count` positions from `first` on. */
type Range = Readonly<{ first: number; count: number }>;

/** One axis: for each output position the first input position, the number of taps and their weights. */
type Taps = Readonly<{
  firsts: Int32Array;
  counts: Int32Array;
  /** [output positions, stride] int32, scaled by 2^22. */
  weights: Int32Array;
  stride: number;
}>;

/** Weights of one axis; the order of the float64 operations is the reference's, since rounding follows. */
function computeTaps(inputSize: number, outputSize: number, { weight: weightAt, support }: Filter, part: Range): Taps {
  const scale = inputSize / outputSize;
  const filterScale = Math.max(scale, 1);
  const reach = support * filterScale;
  const stride = Math.ceil(reach) * 2 + 1;
  const firsts = new Int32Array(part.count);
  const counts = new Int32Array(part.count);
  const weights = new Int32Array(part.count * stride);
  const exact = new Float64Array(stride);
  const inverseScale = 1 / filterScale;
  for (let o = 0; o < part.count; o++) {
    const center = (part.first + o + 0.5) * scale;
    const first = Math.max(0, Math.trunc(center - reach + 0.5));
    const count = Math.min(inputSize, Math.trunc(center + reach + 0.5)) - first;
    let sum = 0;
    for (let k = 0; k < count; k++) {
      const weight = weightAt((k + first - center + 0.5) * inverseScale);
      exact[k] = weight;
      sum += weight;
    }
    firsts[o] = first;
    counts[o] = count;
    for (let k = 0; k < count; k++) {
      const weight = sum === 0 ? (exact[k] ?? 0) : (exact[k] ?? 0) / sum;
      weights[o * stride + k] = Math.trunc(weight * (1 << precisionBits) + (weight < 0 ? -0.5 : 0.5));
    }
  }
  return { firsts, counts, weights, stride };
}

/** An axis that keeps its size is not filtered: each position is its own only tap. */
function keptPositions(part: Range): Taps {
  return {
    firsts: Int32Array.from({ length: part.count }, (_, i) => part.first + i),
    counts: new Int32Array(part.count).fill(1),
    weights: new Int32Array(part.count).fill(1 << precisionBits),
    stride: 1,
  };
}

/** Input positions that an axis's taps read; the first and the last output position reach furthest. */
function positionsRead({ firsts, counts }: Taps): Range {
  const first = firsts[0] ?? 0;
  const last = firsts.length - 1;
  return { first, count: (firsts[last] ?? 0) + (counts[last] ?? 0) - first };
}

/** The given rows, each as wide as there are taps. */
function resizeWidth({ data, width }: RgbImage, rows: Range, taps: Taps): RgbImage {
  const { firsts, counts, weights, stride } = taps;
  const outputWidth = firsts.length;
  const output = new Uint8ClampedArray(outputWidth * rows.count * 3);
  let target = 0;
  for (let y = 0; y < rows.count; y++) {
    const row = (rows.first + y) * width * 3;
    for (let x = 0; x < outputWidth; x++) {
      let red = half;
      let green = half;
      let blue = half;
      let at = row + (firsts[x] ?? 0) * 3;
      const start = x * stride;
      const end = start + (counts[x] ?? 0);
      for (let k = start; k < end; k++) {
        const weight = weights[k] ?? 0;
        red += (data[at] ?? 0) * weight;
        green += (data[at + 1] ?? 0) * weight;
        blue += (data[at + 2] ?? 0) * weight;
        at += 3;
      }
      output[target] = red >> precisionBits;
      output[target + 1] = green >> precisionBits;
      output[target + 2] = blue >> precisionBits;
      target += 3;
    }
  }
  return rgbImage(outputWidth, rows.count, bytesOf(output));
}

/** The given columns, each as high as there are taps. */
function resizeHeight({ data, width }: RgbImage, columns: Range, taps: Taps): RgbImage {
  const { firsts, counts, weights, stride } = taps;
  const outputHeight = firsts.length;
  const rowLength = columns.count * 3;
  const output = new Uint8ClampedArray(rowLength * outputHeight);
  const sums = new Int32Array(rowLength);
  for (let y = 0; y < outputHeight; y++) {
    sums.fill(half);
    for (let k = 0; k < (counts[y] ?? 0); k++) {
      const weight = weights[y * stride + k] ?? 0;
      const row = (((firsts[y] ?? 0) + k) * width + columns.first) * 3;
      for (let x = 0; x < rowLength; x++) sums[x] = (sums[x] ?? 0) + (data[row + x] ?? 0) * weight;
    }
    const target = y * rowLength;
    for (let x = 0; x < rowLength; x++) output[target + x] = (sums[x] ?? 0) >> precisionBits;
  }
  return rgbImage(columns.count, outputHeight, bytesOf(output));
}

function bytesOf({ buffer, byteOffset, length }: Uint8ClampedArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}

/**
 * Pillow 13 begins with the height where that loses more than twice as many pixels as the width (found by
 * comparing both orders on 3,000 sizes); before, it always began with the width. The passes' rounding makes the
 * orders differ by up to two levels on photographs (docs/decisions/0005-pillow-13-pass-order.md).
 */
function beginsWithHeight(image: RgbImage, width: number, height: number): boolean {
  return height < image.height && image.height - height > 2 * (image.width - width);
}

function checkWindow({ left, top, width, height }: PixelWindow, whole: PixelWindow): void {
  const numbers = [left, top, width, height];
  const isInside =
    left >= 0 && top >= 0 && width >= 1 && height >= 1 && left + width <= whole.width && top + height <= whole.height;
  if (!isInside || !numbers.every((number) => Number.isSafeInteger(number))) {
    throw new RangeError(`no window ${numbers.join(', ')} in ${whole.width} x ${whole.height}`);
  }
}

/** Resizes as Pillow does; an axis that keeps its size is not filtered. The result has the window's size. */
export function resizeLikePillow(image: RgbImage, { width, height, filter, window }: ResizeTo): RgbImage {
  const whole = { left: 0, top: 0, width, height };
  if (!Number.isSafeInteger(width) || !Number.isSafeInteger(height) || width < 1 || height < 1) {
    throw new RangeError(`cannot resize to ${width} x ${height}`);
  }
  const wanted = window ?? whole;
  checkWindow(wanted, whole);
  const axisTaps = (inputSize: number, outputSize: number, part: Range): Taps | null => {
    if (inputSize !== outputSize) return computeTaps(inputSize, outputSize, filters[filter], part);
    return part.count === inputSize ? null : keptPositions(part);
  };
  const across = axisTaps(image.width, width, { first: wanted.left, count: wanted.width });
  const down = axisTaps(image.height, height, { first: wanted.top, count: wanted.height });
  if (across === null) return down === null ? image : resizeHeight(image, { first: 0, count: image.width }, down);
  if (down === null) return resizeWidth(image, { first: 0, count: image.height }, across);
  // The first pass gives only what the second reads.
  return beginsWithHeight(image, width, height)
    ? resizeWidth(
        resizeHeight(image, positionsRead(across), down),
        { first: 0, count: wanted.height },
        fromZero(across),
      )
    : resizeHeight(resizeWidth(image, positionsRead(down), across), { first: 0, count: wanted.width }, fromZero(down));
}

/** The taps on an input that begins where they begin to read. */
function fromZero(taps: Taps): Taps {
  const { first } = positionsRead(taps);
  return first === 0 ? taps : { ...taps, firsts: taps.firsts.map((position) => position - first) };
}
