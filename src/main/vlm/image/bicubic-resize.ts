/**
 * Pillow 13's bicubic resize for 8-bit RGB, bit for bit: antialiased convolution with a = -0.5 whose support grows
 * with the reduction, fixed-point coefficients of 22 bits, one pass for each axis, each rounded and clipped to a
 * byte.
 *
 * Written from the algorithm of Pillow's ImagingResample (8 bits per channel), which the reference's
 * `Image.resize` runs; other libraries' "bicubic" differs by several levels on reduction. Boxes, other filters
 * and alpha are out of scope.
 */
import { rgbImage, type RgbImage } from './rgb-image.ts';

/** Bits of a coefficient's fraction: 32 less 8 for the pixel and 2 for the negative lobes. */
const precisionBits = 32 - 8 - 2;
const half = 1 << (precisionBits - 1);
const filterSupport = 2;

/** One axis: for each output position the first input position, the number of taps and their weights. */
type Taps = Readonly<{
  firsts: Int32Array;
  counts: Int32Array;
  /** [outputSize, stride] int32, scaled by 2^22. */
  weights: Int32Array;
  stride: number;
}>;

/** Keys' cubic convolution kernel with a = -0.5. */
function bicubic(x: number): number {
  const a = -0.5;
  const d = Math.abs(x);
  if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  if (d < 2) return (((d - 5) * d + 8) * d - 4) * a;
  return 0;
}

/** Weights of one axis; the order of the float64 operations is the reference's, since rounding follows. */
function computeTaps(inputSize: number, outputSize: number): Taps {
  const scale = inputSize / outputSize;
  const filterScale = Math.max(scale, 1);
  const support = filterSupport * filterScale;
  const stride = Math.ceil(support) * 2 + 1;
  const firsts = new Int32Array(outputSize);
  const counts = new Int32Array(outputSize);
  const weights = new Int32Array(outputSize * stride);
  const exact = new Float64Array(stride);
  const inverseScale = 1 / filterScale;
  for (let o = 0; o < outputSize; o++) {
    const center = (o + 0.5) * scale;
    const first = Math.max(0, Math.trunc(center - support + 0.5));
    const count = Math.min(inputSize, Math.trunc(center + support + 0.5)) - first;
    let sum = 0;
    for (let k = 0; k < count; k++) {
      const weight = bicubic((k + first - center + 0.5) * inverseScale);
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

function resizeWidth(source: Uint8Array, width: number, height: number, outputWidth: number): Uint8ClampedArray {
  const { firsts, counts, weights, stride } = computeTaps(width, outputWidth);
  const output = new Uint8ClampedArray(outputWidth * height * 3);
  let target = 0;
  for (let y = 0; y < height; y++) {
    const row = y * width * 3;
    for (let x = 0; x < outputWidth; x++) {
      let red = half;
      let green = half;
      let blue = half;
      let at = row + (firsts[x] ?? 0) * 3;
      const start = x * stride;
      const end = start + (counts[x] ?? 0);
      for (let k = start; k < end; k++) {
        const weight = weights[k] ?? 0;
        red += (source[at] ?? 0) * weight;
        green += (source[at + 1] ?? 0) * weight;
        blue += (source[at + 2] ?? 0) * weight;
        at += 3;
      }
      output[target] = red >> precisionBits;
      output[target + 1] = green >> precisionBits;
      output[target + 2] = blue >> precisionBits;
      target += 3;
    }
  }
  return output;
}

function resizeHeight(source: Uint8Array, width: number, height: number, outputHeight: number): Uint8ClampedArray {
  const { firsts, counts, weights, stride } = computeTaps(height, outputHeight);
  const rowLength = width * 3;
  const output = new Uint8ClampedArray(rowLength * outputHeight);
  const sums = new Int32Array(rowLength);
  for (let y = 0; y < outputHeight; y++) {
    sums.fill(half);
    for (let k = 0; k < (counts[y] ?? 0); k++) {
      const weight = weights[y * stride + k] ?? 0;
      const row = ((firsts[y] ?? 0) + k) * rowLength;
      for (let x = 0; x < rowLength; x++) sums[x] = (sums[x] ?? 0) + (source[row + x] ?? 0) * weight;
    }
    const target = y * rowLength;
    for (let x = 0; x < rowLength; x++) output[target + x] = (sums[x] ?? 0) >> precisionBits;
  }
  return output;
}

/**
 * Pillow 13 begins with the height where that loses more than twice as many pixels as the width (found by
 * comparing both orders on 3,000 sizes); before, it always began with the width. The passes' rounding makes the
 * orders differ by up to two levels on photographs (docs/decisions/0005-pillow-13-pass-order.md).
 */
function beginsWithHeight(image: RgbImage, width: number, height: number): boolean {
  return height < image.height && image.height - height > 2 * (image.width - width);
}

function resizeAxis(image: RgbImage, axis: 'width' | 'height', size: number): RgbImage {
  if (image[axis] === size) return image;
  const { data, width, height } = image;
  const resized = axis === 'width' ? resizeWidth(data, width, height, size) : resizeHeight(data, width, height, size);
  return rgbImage(
    axis === 'width' ? size : width,
    axis === 'height' ? size : height,
    new Uint8Array(resized.buffer, resized.byteOffset, resized.length),
  );
}

/** Resizes to `width` x `height` pixels as Pillow does; an axis that keeps its size is not filtered. */
export function resizeBicubic(image: RgbImage, width: number, height: number): RgbImage {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new RangeError(`cannot resize to ${width} x ${height}`);
  }
  const order = beginsWithHeight(image, width, height)
    ? (['height', 'width'] as const)
    : (['width', 'height'] as const);
  const sizes = { width, height };
  return order.reduce((done, axis) => resizeAxis(done, axis, sizes[axis]), image);
}
