/**
 * The golden values under test/golden/vlm: what Pillow, transformers and tokenizers give (trainer/golden/make_preprocessing.py).
 * Arrays lie in one file, named by offset and shape; everything is checked by schema.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { imageSettingsSchema, type ImageSettings } from '../../src/shared/bundle.ts';

export const goldenFolder = fileURLToPath(new URL('../golden/vlm', import.meta.url));
export const checkpointFolder = fileURLToPath(new URL('../golden/qwen2-vl', import.meta.url));

export const arraySchema = z.object({
  offset: z.int(),
  dtype: z.enum(['uint8', 'float32']),
  shape: z.array(z.int()),
});
export type GoldenArray = z.infer<typeof arraySchema>;

const sizeSchema = z.object({ width: z.int(), height: z.int() });
const processedSchema = z.union([
  z.object({ error: z.string() }),
  z.object({
    gridThw: z.tuple([z.int(), z.int(), z.int()]),
    shape: z.tuple([z.int(), z.int()]),
    sha256: z.string(),
    resizedSha256: z.string().optional(),
    resized: arraySchema.optional(),
    pixelValues: arraySchema.optional(),
  }),
]);

const imagesSchema = z.object({
  stretch: sizeSchema,
  minPixels: z.int(),
  maxPixels: z.int(),
  mean: z.array(z.number()),
  std: z.array(z.number()),
  rescaleFactor: z.number(),
  cases: z.array(
    sizeSchema.extend({
      file: z.string(),
      /** Mode in which Pillow opened the file. */
      mode: z.string(),
      /** Of the RGB bytes. */
      sha256: z.string(),
      rgb: arraySchema.optional(),
      stretched: processedSchema,
      dynamic: processedSchema,
    }),
  ),
});

export function readGoldenJson<T>(schema: z.ZodType<T>, name: string): T {
  return schema.parse(JSON.parse(readFileSync(join(goldenFolder, name), 'utf8')));
}

export const goldenImages = readGoldenJson(imagesSchema, 'images.json');
export type GoldenImage = (typeof goldenImages.cases)[number];

export const goldenImageSettings: ImageSettings = imageSettingsSchema.parse({
  mean: goldenImages.mean,
  std: goldenImages.std,
  rescaleFactor: goldenImages.rescaleFactor,
  minPixels: goldenImages.minPixels,
  maxPixels: goldenImages.maxPixels,
  latentWidth: goldenImages.stretch.width,
  latentHeight: goldenImages.stretch.height,
});

const arrays = readFileSync(join(goldenFolder, 'arrays.bin'));

function elementCount({ shape }: GoldenArray): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function goldenBytes(entry: GoldenArray): Uint8Array {
  return Uint8Array.from(arrays.subarray(entry.offset, entry.offset + elementCount(entry)));
}

export function goldenFloats(entry: GoldenArray): Float32Array {
  const bytes = Uint8Array.from(arrays.subarray(entry.offset, entry.offset + 4 * elementCount(entry)));
  return new Float32Array(bytes.buffer);
}

export function goldenImageBytes(file: string): Uint8Array {
  return readFileSync(join(goldenFolder, 'images', file));
}

/** Of the values' bytes, little-endian on every machine that runs these tests. */
export function sha256(data: Uint8Array | Float32Array | Int32Array): string {
  return createHash('sha256')
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest('hex');
}

/** x -> (1103515245 x + 12345) mod 2^31, bits 16..23: the generator of the golden script's noise. */
export function congruentialBytes(count: number, seed: number): Uint8Array {
  let x = seed;
  return Uint8Array.from({ length: count }, () => {
    x = (Math.imul(1_103_515_245, x) + 12_345) & 0x7fffffff;
    return (x >> 16) & 0xff;
  });
}
