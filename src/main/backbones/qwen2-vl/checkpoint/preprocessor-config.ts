/**
 * Image settings of a Qwen2-VL folder: `preprocessor_config.json`, or the `image_processor` of the newer
 * `processor_config.json`. The bounds of the dynamic resize have had three spellings: `min_pixels` / `max_pixels`,
 * the same inside `size`, and `size.shortest_edge` / `size.longest_edge` (also pixel counts, despite the names).
 */
import { z } from 'zod';
import type { ImageSettings, VisionDimensions } from '../../../../shared/bundle.ts';
import { fail, failureOf } from '../../../../shared/failure.ts';
import { resolveInside } from '../../../files/safe-path.ts';
import { readJsonFile } from '../../../checkpoint/json-file.ts';

export type ImageProcessing = Omit<ImageSettings, 'latentWidth' | 'latentHeight'>;

const pixels = z
  .int()
  .min(1)
  .max(2 ** 40)
  .nullish();
const channels = z.array(z.number()).length(3);
const processorSchema = z.looseObject({
  min_pixels: pixels,
  max_pixels: pixels,
  size: z
    .looseObject({ min_pixels: pixels, max_pixels: pixels, shortest_edge: pixels, longest_edge: pixels })
    .nullish(),
  patch_size: z.int().nullish(),
  temporal_patch_size: z.int().nullish(),
  merge_size: z.int().nullish(),
  image_mean: channels.default([0.48145466, 0.4578275, 0.40821073]),
  image_std: z.array(z.number().positive()).length(3).default([0.26862954, 0.26130258, 0.27577711]),
  rescale_factor: z
    .number()
    .positive()
    .default(1 / 255),
  resample: z.int().default(3),
  do_resize: z.boolean().default(true),
  do_rescale: z.boolean().default(true),
  do_normalize: z.boolean().default(true),
});

/**
 * Reads how images are prepared; what a file leaves out is the reference processor's default.
 * Fails: `missing-file`, `malformed-config` (also where it contradicts the vision tower's dimensions).
 */
export async function readImageProcessing(
  folder: string,
  vision: VisionDimensions,
): Promise<{ file: string; processing: ImageProcessing }> {
  const { path, fields } = await readProcessor(folder);
  const expectEqual = (place: string, expected: number | boolean, found: number | boolean): void => {
    if (expected === found) return;
    fail('malformed-config', `${path} has a ${place} that Penumbra can't follow.`, {
      file: path,
      place,
      expected: String(expected),
      found: String(found),
    });
  };
  expectEqual('patch_size', vision.patchSize, fields.patch_size ?? vision.patchSize);
  expectEqual('temporal_patch_size', vision.temporalPatchSize, fields.temporal_patch_size ?? vision.temporalPatchSize);
  expectEqual('merge_size', vision.spatialMergeSize, fields.merge_size ?? vision.spatialMergeSize);
  expectEqual('do_resize', true, fields.do_resize);
  // PIL's number of bicubic.
  expectEqual('resample', 3, fields.resample);
  const minPixels = fields.min_pixels ?? fields.size?.shortest_edge ?? fields.size?.min_pixels ?? 56 * 56;
  const maxPixels = fields.max_pixels ?? fields.size?.longest_edge ?? fields.size?.max_pixels ?? 28 * 28 * 1280;
  if (minPixels > maxPixels) {
    fail('malformed-config', `${path} bounds the image size from both sides so that nothing fits.`, {
      file: path,
      place: 'min_pixels',
      expected: `at most ${maxPixels}`,
      found: `${minPixels}`,
    });
  }
  const processing = {
    mean: fields.do_normalize ? fields.image_mean : [0, 0, 0],
    std: fields.do_normalize ? fields.image_std : [1, 1, 1],
    rescaleFactor: fields.do_rescale ? fields.rescale_factor : 1,
    minPixels,
    maxPixels,
  };
  return { file: path, processing };
}

async function readProcessor(folder: string): Promise<{ path: string; fields: z.infer<typeof processorSchema> }> {
  const path = await resolveInside(folder, 'preprocessor_config.json');
  try {
    return { path, fields: await readJsonFile(path, processorSchema, 'malformed-config') };
  } catch (error) {
    if (failureOf(error)?.kind !== 'missing-file') throw error;
    const newer = await resolveInside(folder, 'processor_config.json');
    const nested = z.looseObject({ image_processor: processorSchema });
    try {
      return { path: newer, fields: (await readJsonFile(newer, nested, 'malformed-config')).image_processor };
    } catch (newerError) {
      // Where neither exists, the first name is the one to tell.
      throw failureOf(newerError)?.kind === 'missing-file' ? error : newerError;
    }
  }
}
