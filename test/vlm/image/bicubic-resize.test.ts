/** The resize alone, on noise and on black-and-white noise (overshoot on both sides), bit for bit Pillow's. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { resizeBicubic } from '../../../src/main/vlm/image/bicubic-resize.ts';
import { rgbImage } from '../../../src/main/vlm/image/rgb-image.ts';
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

describe('resizeBicubic against Pillow', () => {
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

it('takes well under a second for a photograph', () => {
  const photograph = rgbImage(1000, 1000, congruentialBytes(3_000_000, 1));
  resizeBicubic(photograph, 280, 280);
  const started = performance.now();
  for (let i = 0; i < 5; i++) resizeBicubic(photograph, 280, 280);
  expect((performance.now() - started) / 5).toBeLessThan(300);
});

it('refuses sizes that are no pixel counts', () => {
  const image = rgbImage(2, 2, new Uint8Array(12));
  expect(() => resizeBicubic(image, 0, 3)).toThrow(RangeError);
  expect(() => resizeBicubic(image, 1.5, 3)).toThrow(RangeError);
});
