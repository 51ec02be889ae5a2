/** The golden values under test/golden/chameleon: images on Chameleon's way (trainer/golden/make_chameleon_images.py). */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { rgbImage, type RgbImage } from '../../src/main/vlm/image/rgb-image.ts';
import { congruentialBytes } from './vlm-golden.ts';

export const chameleonGoldenFolder = fileURLToPath(new URL('../golden/chameleon', import.meta.url));

const sizeSchema = z.object({ width: z.int(), height: z.int() });
const processedSchema = z.object({
  side: z.int(),
  /** Before the crop. */
  resized: sizeSchema,
  /** Of [side, side, 3] bytes. */
  croppedSha256: z.string(),
  /** Of [3, side, side] float32. */
  sha256: z.string(),
});

const imagesSchema = z.object({
  mean: z.array(z.number()),
  std: z.array(z.number()),
  rescaleFactor: z.number(),
  /** Files of test/golden/vlm/images; the hash is that of the RGB bytes after blending. */
  files: z.array(sizeSchema.extend({ file: z.string(), sha256: z.string(), processed: z.array(processedSchema) })),
  /** Noise of a size and seed. */
  shapes: z.array(sizeSchema.extend({ seed: z.int(), processed: processedSchema })),
  lanczos: z.array(
    z.object({
      seed: z.int(),
      from: sizeSchema,
      to: sizeSchema,
      sha256: z.string(),
      window: sizeSchema.extend({ left: z.int(), top: z.int() }),
      windowSha256: z.string(),
    }),
  ),
  /** PNG files of one row with a transparent grey, and the row after blending. */
  greys: z.array(z.object({ bits: z.int(), key: z.int(), png: z.base64(), greys: z.array(z.int()) })),
});

export const goldenChameleonImages = imagesSchema.parse(
  JSON.parse(readFileSync(`${chameleonGoldenFolder}/images.json`, 'utf8')),
);

/** The golden script's noise: black and white for every third seed. */
export function noiseImage({ width, height }: Readonly<{ width: number; height: number }>, seed: number): RgbImage {
  const noise = congruentialBytes(width * height * 3, seed);
  return rgbImage(width, height, seed % 3 === 0 ? noise.map((value) => (value > 127 ? 255 : 0)) : noise);
}
