/** The drawn overlay against Pillow's (trainer/golden/make_dot_matrix.py), which the original draws with. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { glyphsFile, labelGlyphsSource } from '../../../scripts/label-glyphs.ts';
import { drawDotMatrix } from '../../../src/main/vlm/image/draw-dot-matrix.ts';
import { rgbImage, type RgbImage } from '../../../src/main/vlm/image/rgb-image.ts';
import { congruentialBytes, readGoldenJson } from '../vlm-golden.ts';

const golden = readGoldenJson(
  z.object({
    dots: z.array(z.object({ radius: z.int(), rows: z.array(z.string()) })),
    images: z.array(
      z.object({
        width: z.int(),
        height: z.int(),
        labels: z.array(
          z.object({
            label: z.string(),
            x: z.int(),
            y: z.int(),
            left: z.int(),
            top: z.int(),
            right: z.int(),
            bottom: z.int(),
            coverage: z.number(),
            centreX: z.number(),
            centreY: z.number(),
          }),
        ),
      }),
    ),
  }),
  'dot-matrix.json',
);

async function drawnOn(image: RgbImage): Promise<RgbImage> {
  const overlay = await drawDotMatrix(image);
  if (!overlay.ok) throw new Error(overlay.reason);
  expect([overlay.image.width, overlay.image.height]).toEqual([image.width, image.height]);
  return overlay.image;
}

function plain(width: number, height: number, value: number): RgbImage {
  return rgbImage(width, height, new Uint8Array(width * height * 3).fill(value));
}

const valueAt = ({ data, width }: RgbImage, x: number, y: number): number => data[(y * width + x) * 3] ?? -1;

type Pixel = Readonly<{ x: number; y: number }>;

/**
 * A label's ink between its dot and the next ones, the dot's square left out: the box around the pixels of at least
 * half coverage, the coverage of all, and its centre.
 */
function inkBeside(image: RgbImage, dot: Pixel, radius: number) {
  const box = { left: Infinity, top: Infinity, right: -1, bottom: -1 };
  const sum = { coverage: 0, x: 0, y: 0 };
  const spacing = { x: Math.floor(image.width / 7), y: Math.floor(image.height / 7) };
  for (let y = dot.y - radius; y < dot.y + spacing.y - radius; y++) {
    for (let x = dot.x - radius; x < dot.x + spacing.x - radius; x++) {
      if (x <= dot.x + radius && y <= dot.y + radius) continue;
      const value = valueAt(image, x, y);
      sum.coverage += value / 255;
      sum.x += (value / 255) * x;
      sum.y += (value / 255) * y;
      if (value < 128) continue;
      box.left = Math.min(box.left, x);
      box.right = Math.max(box.right, x);
      box.top = Math.min(box.top, y);
      box.bottom = Math.max(box.bottom, y);
    }
  }
  return { box, coverage: sum.coverage, centre: { x: sum.x / sum.coverage, y: sum.y / sum.coverage } };
}

describe('labels', () => {
  it.each(golden.images)("$width x $height: where Pillow's are", async ({ width, height, labels }) => {
    const drawn = await drawnOn(plain(width, height, 0));
    expect(labels).toHaveLength(36);
    for (const { label, x, y, coverage, centreX, centreY, ...box } of labels) {
      const ink = inkBeside(drawn, { x, y }, Math.max(1, Math.floor(width / 240)));
      // Hinting moves edges by parts of a pixel, which is much of a stroke in the smallest letters; a missing digit would
      // be a quarter of the ink.
      const isSmall = width < 640;
      expect(Math.abs(ink.centre.x - centreX), `centre of ${label}`).toBeLessThan(0.75);
      expect(Math.abs(ink.centre.y - centreY), `centre of ${label}`).toBeLessThan(0.75);
      expect(Math.abs(ink.coverage / coverage - 1), `ink of ${label}`).toBeLessThan(isSmall ? 0.2 : 0.08);
      if (isSmall) continue;
      for (const side of ['left', 'top', 'right', 'bottom'] as const) {
        expect(Math.abs(ink.box[side] - box[side]), `${side} of ${label}`).toBeLessThanOrEqual(1);
      }
    }
  });

  it('are outlines of the font that the package holds', async () => {
    expect(readFileSync(glyphsFile, 'utf8')).toBe(await labelGlyphsSource());
  });
});

describe('dots', () => {
  // 240 px of width for each pixel of radius; the left half, beside which no label begins.
  it.each(golden.dots)("radius $radius: Pillow's pixels", async ({ radius, rows }) => {
    const size = radius * 240;
    const drawn = await drawnOn(plain(size, size, 0));
    const centre = Math.floor(size / 7);
    for (const [row, pixels] of rows.entries()) {
      const left = Array.from({ length: radius + 1 }, (_, dx) =>
        valueAt(drawn, centre - radius + dx, centre - radius + row),
      );
      expect(left.map((value) => (value === 255 ? '#' : value === 0 ? '.' : '?')).join('')).toBe(
        pixels.slice(0, radius + 1),
      );
    }
  });

  it('are black on white', async () => {
    const drawn = await drawnOn(plain(480, 480, 255));
    // 480 / 7 = 68; radius 2: its middle row and the pixel before it.
    expect([65, 66, 67, 68].map((x) => valueAt(drawn, x, 68))).toEqual([255, 0, 0, 0]);
  });
});

it('changes nothing apart from dots and labels', async () => {
  const noise = rgbImage(480, 480, congruentialBytes(480 * 480 * 3, 7));
  const before = Uint8Array.from(noise.data);
  const drawn = await drawnOn(noise);
  expect(noise.data).toEqual(before);
  // Rows above the first dots (68 - 2) and left of the first column are the image's own.
  expect(drawn.data.subarray(0, 66 * 480 * 3)).toEqual(before.subarray(0, 66 * 480 * 3));
  for (let y = 66; y < 480; y++) {
    expect(drawn.data.subarray(y * 1440, y * 1440 + 66 * 3)).toEqual(before.subarray(y * 1440, y * 1440 + 66 * 3));
  }
});

it('says why it draws nothing', async () => {
  expect(await drawDotMatrix(plain(100, 100, 0))).toMatchObject({ ok: false, reason: 'letters-too-small' });
});
