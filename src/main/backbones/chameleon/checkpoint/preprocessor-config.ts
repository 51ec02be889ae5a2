/**
 * Image settings of a Chameleon folder: `preprocessor_config.json`. Only what its processor does is followed: the shortest
 * edge to the image tokenizer's resolution with Lanczos, the middle square of that side, rescaled and normalised.
 */
import { z } from 'zod';
import type { CropSettings, VqDimensions } from '../../../../shared/bundle.ts';
import { expectConfig } from '../../../checkpoint/config-checks.ts';
import { readJsonFile } from '../../../checkpoint/json-file.ts';
import { resolveInside } from '../../../files/safe-path.ts';

const side = z.int().min(1).max(8192);
const channels = z.array(z.number()).length(3).default([1, 1, 1]);

// Defaults are those of transformers' ChameleonImageProcessor.
const processorSchema = z.looseObject({
  size: z
    .union([side, z.looseObject({ shortest_edge: side })])
    .default({ shortest_edge: 512 })
    .transform((size) => (typeof size === 'number' ? size : size.shortest_edge)),
  crop_size: z
    .union([side, z.looseObject({ height: side, width: side })])
    .default({ height: 512, width: 512 })
    .transform((size) => (typeof size === 'number' ? { height: size, width: size } : size)),
  resample: z.int().default(1),
  rescale_factor: z.number().positive().default(0.0078),
  image_mean: channels,
  image_std: z.array(z.number().positive()).length(3).default([1, 1, 1]),
  do_resize: z.boolean().default(true),
  do_center_crop: z.boolean().default(true),
  do_rescale: z.boolean().default(true),
  do_normalize: z.boolean().default(true),
});

/** Pillow's number of Lanczos. */
const lanczos = 1;

/** Fails: `missing-file`, `malformed-config` (also where it contradicts the image tokenizer). */
export async function readCropSettings(
  folder: string,
  vq: VqDimensions,
): Promise<Readonly<{ file: string; settings: CropSettings }>> {
  const file = await resolveInside(folder, 'preprocessor_config.json');
  const fields = await readJsonFile(file, processorSchema, 'malformed-config');
  const expectEqual = (place: string, expected: number | boolean, found: number | boolean): void =>
    expectConfig(file, place, expected, found, 'malformed-config');
  expectEqual('size.shortest_edge', vq.resolution, fields.size);
  expectEqual('crop_size.height', vq.resolution, fields.crop_size.height);
  expectEqual('crop_size.width', vq.resolution, fields.crop_size.width);
  expectEqual('resample', lanczos, fields.resample);
  for (const place of ['do_resize', 'do_center_crop', 'do_rescale', 'do_normalize'] as const) {
    expectEqual(place, true, fields[place]);
  }
  const settings = {
    side: vq.resolution,
    slotSide: vq.resolution / Math.sqrt(vq.placeCount),
    mean: fields.image_mean,
    std: fields.image_std,
    rescaleFactor: fields.rescale_factor,
  };
  return { file, settings };
}
