/** Boxes and crops of Chain-of-Focus, worked out by hand from its description. */
import { describe, expect, it } from 'vitest';
import { cropForZoom, placeZoomBox, type ZoomRegion } from '../../src/main/methods/zoom-box.ts';
import type { WrittenBox } from '../../src/main/methods/zoom-call.ts';
import { rgbImage, type RgbImage } from '../../src/main/vlm/image/rgb-image.ts';
import { preprocessImage } from '../../src/main/backbones/qwen2-vl/image-processor.ts';
import type { ImageSize } from '../../src/main/backbones/qwen2-vl/smart-resize.ts';
import { nominalVision } from '../support/nominal-bundle.ts';
import { goldenImageSettings } from '../vlm/vlm-golden.ts';

type BoxCase = Readonly<{
  what: string;
  box: WrittenBox;
  seen: ImageSize;
  source: ImageSize;
  region: readonly [left: number, top: number, width: number, height: number];
}>;

const thousand = { width: 1000, height: 1000 };

const inside: BoxCase[] = [
  {
    // Source: 200..400 and 100..300, so 300 +- 150 and 200 +- 150.
    what: 'seen at half the size',
    box: [100, 50, 200, 150],
    seen: { width: 560, height: 280 },
    source: { width: 1120, height: 560 },
    region: [150, 50, 300, 300],
  },
  {
    // Source: 25..50 and 200..400: 37.5 +- 18.75 is 18.75..56.25; 300 +- 150 ends at 400.
    what: 'seen stretched',
    box: [70, 140, 140, 280],
    seen: { width: 280, height: 280 },
    source: { width: 100, height: 400 },
    region: [18, 150, 38, 250],
  },
  {
    // 15.5 +- 8.25 is 7.25..23.75.
    what: 'parts of pixels cut downwards',
    box: [10, 10, 21, 21],
    seen: thousand,
    source: thousand,
    region: [7, 7, 16, 16],
  },
  // 50 +- 75
  { what: 'top left corner', box: [0, 0, 100, 100], seen: thousand, source: thousand, region: [0, 0, 125, 125] },
  {
    what: 'bottom right corner',
    box: [900, 900, 1000, 1000],
    seen: thousand,
    source: thousand,
    region: [875, 875, 125, 125],
  },
  { what: 'the whole image', box: [0, 0, 1000, 1000], seen: thousand, source: thousand, region: [0, 0, 1000, 1000] },
  {
    // 0..2500 by 47.5..62.5: 15 pixels, 166.7 to one.
    what: 'nearly too narrow',
    box: [0, 50, 2000, 60],
    seen: { width: 3000, height: 100 },
    source: { width: 3000, height: 100 },
    region: [0, 47, 2500, 15],
  },
];

const partly: BoxCase[] = [
  // What is left of it: 0..50 and 100..200, so 25 +- 37.5 and 150 +- 75.
  { what: 'left', box: [-50, 100, 50, 200], seen: thousand, source: thousand, region: [0, 75, 62, 150] },
  { what: 'all sides', box: [-1, -1, 1001, 1001], seen: thousand, source: thousand, region: [0, 0, 1000, 1000] },
  // As a model writes that thinks in thousandths: 500..560 by 100..200 of the picture are left.
  {
    what: 'right',
    box: [500, 100, 900, 200],
    seen: { width: 560, height: 280 },
    source: { width: 560, height: 280 },
    region: [485, 75, 75, 150],
  },
];

function regionOf([left, top, width, height]: BoxCase['region']): ZoomRegion {
  return { left, top, width, height };
}

describe('placeZoomBox', () => {
  it.each(inside)('inside: $what', ({ box, seen, source, region }) => {
    expect(placeZoomBox(box, seen, source)).toEqual({ kind: 'inside', region: regionOf(region) });
  });

  it.each(partly)('partly outside: $what', ({ box, seen, source, region }) => {
    expect(placeZoomBox(box, seen, source)).toEqual({ kind: 'partly-outside', region: regionOf(region) });
  });

  it.each([
    { kind: 'outside', box: [1000, 0, 1100, 50] },
    { kind: 'outside', box: [0, 1200, 50, 1300] },
    { kind: 'outside', box: [-10, -10, 0, 50] },
    { kind: 'outside', box: [10, -10, 50, 0] },
    { kind: 'swapped-corners', box: [200, 50, 100, 150] },
    { kind: 'swapped-corners', box: [100, 150, 200, 50] },
    { kind: 'swapped-corners', box: [200, 150, 100, 50] },
    { kind: 'empty', box: [100, 50, 100, 150] },
    { kind: 'empty', box: [100, 50, 150, 50] },
    { kind: 'empty', box: [0, 0, 0, 0] },
    // 10.2 +- 0.15 lies within one pixel's bounds and reaches no next one.
    { kind: 'empty', box: [10.1, 10, 10.3, 20] },
    // 1000 by 2..5.
    { kind: 'too-narrow', box: [0, 2.5, 1000, 4.5] },
  ] as const)('$kind: $box', ({ kind, box }) => {
    expect(placeZoomBox(box, thousand, thousand)).toEqual({ kind });
  });

  it('is empty where the source has fewer pixels than the model saw', () => {
    expect(placeZoomBox([0, 0, 50, 50], thousand, { width: 10, height: 10 })).toEqual({ kind: 'empty' });
  });
});

/** Red in the region, blue elsewhere. */
function redRegion(width: number, height: number, { left, top, ...size }: ZoomRegion): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const isRed = x >= left && x < left + size.width && y >= top && y < top + size.height;
      data.set(isRed ? [255, 0, 0] : [0, 0, 255], (y * width + x) * 3);
    }
  }
  return rgbImage(width, height, data);
}

describe('cropForZoom', () => {
  const limits = { factor: 28, minPixels: 28 * 28, maxPixels: 1_000_000 };

  it.each([
    // 200 x 140: 7.1 and 5 times 28.
    { size: [100, 70], limits, zoomed: [196, 140] },
    // 60 x 40: 2.1 and 1.4 times 28.
    { size: [30, 20], limits, zoomed: [56, 28] },
    // 2,400 pixels where at least 3,136 are asked: 1.143 times 60 is 2.4 times 28, 1.143 times 40 1.6, both upwards.
    { size: [30, 20], limits: { ...limits, minPixels: 3136 }, zoomed: [84, 56] },
    // 28,000 pixels where 7,840 are allowed: divided by 1.89, 3.8 and 2.6 times 28, both downwards.
    { size: [100, 70], limits: { ...limits, maxPixels: 7840 }, zoomed: [84, 56] },
    // Shorter than 28 after doubling: 28.
    { size: [3, 3], limits, zoomed: [28, 28] },
    // 2 x 280 would be 140 to one as it is; 28 x 560.
    { size: [2, 280], limits, zoomed: [28, 560] },
  ])('$size becomes $zoomed', ({ size: [width = 0, height = 0], limits: given, zoomed }) => {
    const image = rgbImage(300, 300, new Uint8Array(300 * 300 * 3));
    const crop = cropForZoom(image, { left: 10, top: 5, width, height }, given);
    expect([crop.width, crop.height]).toEqual(zoomed);
  });

  it('shows the region and nothing beside it', () => {
    const region = { left: 13, top: 7, width: 41, height: 29 };
    const image = redRegion(90, 60, region);
    const blueIn = ({ data }: RgbImage): number => data.filter((value, at) => at % 3 === 2 && value > 0).length;
    expect(blueIn(cropForZoom(image, region, limits))).toBe(0);
    // One pixel more on any side shows.
    for (const wider of [
      { ...region, left: 12, width: 42 },
      { ...region, width: 42 },
      { ...region, top: 6, height: 30 },
      { ...region, height: 30 },
    ]) {
      expect(blueIn(cropForZoom(image, wider, limits))).toBeGreaterThan(0);
    }
  });

  it('has a size that the processor keeps, the narrowest too', () => {
    const image = rgbImage(2500, 100, new Uint8Array(2500 * 100 * 3));
    const region = { left: 0, top: 40, width: 2500, height: 13 };
    const zoomed = cropForZoom(image, region, limits);
    const settings = { ...goldenImageSettings, minPixels: limits.minPixels, maxPixels: limits.maxPixels };
    const { geometry } = preprocessImage(zoomed, settings, nominalVision, { kind: 'dynamic' });
    // 5000 x 26, the shorter side made 28: 178.6 and 1 times 28.
    expect([zoomed.width, zoomed.height]).toEqual([5012, 28]);
    expect([geometry.resizedWidth, geometry.resizedHeight]).toEqual([5012, 28]);
  });
});
