/**
 * `latent_config.json`: what a checkpoint was trained for. Our own file, written by `trainer/` beside the weights;
 * the released checkpoints and ordinary ones have none.
 */
import { z } from 'zod';
import type { ImageSettings } from '../../shared/bundle.ts';
import { methods, promptFormats, stepLayouts, type LatentDefaults } from '../../shared/run-settings.ts';
import { failureOf } from '../../shared/failure.ts';
import { resolveInside } from '../files/safe-path.ts';
import { readJsonFile } from './json-file.ts';

const side = z.int().min(1).max(8192);
const latentConfigSchema = z.object({
  format_version: z.literal(1),
  method: z.enum(methods),
  trained: z.boolean(),
  latent_steps: z.int().min(0).max(64),
  patches_per_step: z.int().min(0).max(4096),
  step_layout: z.enum(stepLayouts),
  prompt_format: z.enum(promptFormats),
  image_size: z.object({ width: side, height: side }),
  note: z.string().optional(),
});

export type LatentConfig = Readonly<{
  trainedFor: LatentDefaults;
  /** Null where nothing is stated. */
  imageSize: Pick<ImageSettings, 'latentWidth' | 'latentHeight'> | null;
  trained: boolean;
  /** Null when there is none, and the released settings stand in. */
  file: string | null;
}>;

/** The settings of the released checkpoints (paper and code), K that of Qwen2-VL. */
const releasedDefaults = {
  latentSteps: 3,
  patchesPerStep: 32,
  stepLayout: 'patches-then-hidden',
  promptFormat: 'released-inference',
} as const;

export type LatentOptions = Readonly<{
  /** Folders to look in before the checkpoint's own: an adapter's. */
  latentFolders?: readonly string[];
  /** What a checkpoint without the file is: `plain` (method no-cot, the default) or `ivt-lr` (the released weights). */
  absent?: 'plain' | 'ivt-lr';
  /** K of the family's released checkpoint; default: Qwen2-VL's. */
  releasedPatchesPerStep?: number;
}>;

/** Reads the file, or stands in for it. Fails: `malformed-config`. */
export async function readLatentConfig(folder: string, options: LatentOptions = {}): Promise<LatentConfig> {
  for (const place of [...(options.latentFolders ?? []), folder]) {
    const stated = await readStated(place);
    if (stated !== undefined) return stated;
  }
  return {
    trainedFor: {
      method: options.absent === 'ivt-lr' ? 'ivt-lr' : 'no-cot',
      ...releasedDefaults,
      patchesPerStep: options.releasedPatchesPerStep ?? releasedDefaults.patchesPerStep,
    },
    imageSize: null,
    trained: true,
    file: null,
  };
}

async function readStated(folder: string): Promise<LatentConfig | undefined> {
  const path = await resolveInside(folder, 'latent_config.json');
  try {
    const stated = await readJsonFile(path, latentConfigSchema, 'malformed-config');
    return {
      trainedFor: {
        method: stated.method,
        latentSteps: stated.latent_steps,
        patchesPerStep: stated.patches_per_step,
        stepLayout: stated.step_layout,
        promptFormat: stated.prompt_format,
      },
      imageSize: { latentWidth: stated.image_size.width, latentHeight: stated.image_size.height },
      trained: stated.trained,
      file: path,
    };
  } catch (error) {
    if (failureOf(error)?.kind !== 'missing-file') throw error;
    return undefined;
  }
}
