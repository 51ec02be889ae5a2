/** The resize alone, on noise and on black-and-white noise (overshoot on both sides), bit for bit Pillow's. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { resizeBicubic } from '../../../src/main/vlm/image/bicubic-resize.ts';
import { resizeLikePillow } from '../../../src/main/vlm/image/pillow-resize.ts';
import { rgbImage, type RgbImage } from '../../../src/main/vlm/image/rgb-image.ts';
import { goldenChameleonImages, noiseImage } from '../chameleon-golden.ts';
import { congruentialBytes, readGoldenJson, sha256 } from '../vlm-golden.ts';

const sizeSchema = z.object({ width: z.int(), height: z.int() });
const { bicubic } = readGoldenJson(
  z.object({
    bicubic: z.array(
      z.object({ seed: z.int(), blackAndWhite: z.boolean(), from: sizeSchema, to: sizeSchema, sha256: z.string() }),
    ),
  }),
  'resize.json',
);

describe('bicubic against Pillow', () => {
  it.each(bicubic)(
    '$from.width x $from.height to $to.width x $to.height',
    ({ seed, blackAndWhite, from, to, sha256: digest }) => {
      const noise = congruentialBytes(from.width * from.height * 3, seed);
      const data = blackAndWhite ? noise.map((value) => (value > 127 ? 255 : 0)) : noise;
      const resized = resizeBicubic(rgbImage(from.width, from.height, data), to.width, to.height);
      expect([resized.width, resized.height]).toEqual([to.width, to.height]);
      expect(sha256(resized.data)).toBe(digest);
    },
  );
});

describe('Lanczos against Pillow', () => {
  it.each(goldenChameleonImages.lanczos)(
    '$from.width x $from.height to $to.width x $to.height, whole and in part',
    ({ seed, from, to, sha256: digest, window, windowSha256 }) => {
      const image = noiseImage(from, seed);
      const resized = resizeLikePillow(image, { ...to, filter: 'lanczos' });
      expect([resized.width, resized.height]).toEqual([to.width, to.height]);
      expect(sha256(resized.data)).toBe(digest);
      const part = resizeLikePillow(image, { ...to, filter: 'lanczos', window });
      expect([part.width, part.height]).toEqual([window.width, window.height]);
      expect(sha256(part.data)).toBe(windowSha256);
    },
  );
});

describe('a photograph', () => {
  const photograph = rgbImage(1000, 1000, congruentialBytes(3_000_000, 1));

  it.each<[string, (image: RgbImage) => RgbImage]>([
    ['bicubic, 280 x 280', (image) => resizeBicubic(image, 280, 280)],
    ['Lanczos, 512 x 512', (image) => resizeLikePillow(image, { width: 512, height: 512, filter: 'lanczos' })],
  ])('takes well under a second: %s', (_, resize) => {
    resize(photograph);
    const started = performance.now();
    for (let i = 0; i < 5; i++) resize(photograph);
    expect((performance.now() - started) / 5).toBeLessThan(300);
  });
});

it('computes a window of a result that would not fit the memory', () => {
  const line = rgbImage(1, 100_000, new Uint8Array(300_000).fill(7));
  const window = { left: 0, top: 25_600_000, width: 512, height: 512 };
  const part = resizeLikePillow(line, { width: 512, height: 51_200_000, filter: 'lanczos', window });
  expect([part.width, part.height]).toEqual([512, 512]);
  expect(part.data.every((value) => value === 7)).toBe(true);
});

describe('refuses', () => {
  const image = rgbImage(2, 2, new Uint8Array(12));

  it('sizes that are no pixel counts', () => {
    expect(() => resizeBicubic(image, 0, 3)).toThrow(RangeError);
    expect(() => resizeBicubic(image, 1.5, 3)).toThrow(RangeError);
  });

  it.each([
    { left: -1, top: 0, width: 2, height: 2 },
    { left: 0, top: 0, width: 0, height: 2 },
    { left: 3, top: 0, width: 2, height: 2 },
    { left: 0, top: 0.5, width: 2, height: 2 },
  ])('the window %j of 4 x 4', (window) => {
    expect(() => resizeLikePillow(image, { width: 4, height: 4, filter: 'bicubic', window })).toThrow(RangeError);
  });
});
