/**
 * A Qwen2-VL checkpoint ready to be imported: its configuration and its weights under canonical names, a LoRA
 * adapter merged on the fly. The weights come from the folder, or, with the released `model.pth`, from that file
 * alone: the folder then gives only config, tokenizer and preprocessor.
 */
import type { Bundle, ImageSettings, TextDimensions, VisionDimensions } from '../../shared/bundle.ts';
import type { LatentDefaults } from '../../shared/run-settings.ts';
import { resolveInside } from '../files/safe-path.ts';
import { resolveModelFolder } from './model-folder.ts';
import { readQwen2VlConfig } from './qwen2-vl-config.ts';
import { mapQwen2VlNames } from './qwen2-vl-names.ts';
import { validateQwen2Vl } from './qwen2-vl-tensors.ts';
import { openWeightFolder } from './weight-folder.ts';
import type { WeightSource } from './weight-source.ts';

export type CheckpointRequest = Readonly<{
  source: string;
  adapter?: string | undefined;
  /** LoRA's alpha where the adapter does not state it; the released checkpoints were trained with 16. */
  loraAlpha?: number | undefined;
}>;

export type Checkpoint = Readonly<{
  /** Absolute folder of config and tokenizer. */
  folder: string;
  name: string;
  text: TextDimensions;
  vision: VisionDimensions;
  image: ImageSettings;
  trainedFor: LatentDefaults;
  trained: boolean;
  /** Canonical names; adapters merged. */
  source: WeightSource;
  /** Stored tensors that are no part of the model. */
  unknownTensors: readonly string[];
  merged: Bundle['merged'];
  /** Files that make the model what it is, for fingerprints: weights and configuration. */
  files: readonly string[];
}>;

/**
 * Opens and validates a checkpoint.
 *
 * @param tokenizerLength tells, for the checkpoint's folder, the highest token id + 1
 * Fails with what reading configuration, weights and adapter fails with; see the modules used here.
 */
export async function openCheckpoint(
  request: CheckpointRequest,
  tokenizerLength: (folder: string, trainedFor: LatentDefaults) => Promise<number>,
): Promise<Checkpoint> {
  const { folder, name } = await resolveModelFolder(request.source);
  const config = await readQwen2VlConfig(folder, 'plain');
  const stored = await openWeightFolder(folder);
  try {
    const { source, unknown } = mapQwen2VlNames(stored);
    const dimensions = { text: config.text, vision: config.vision };
    const validated = validateQwen2Vl(source, dimensions, {
      tokenizerLength: await tokenizerLength(folder, config.trainedFor),
    });
    return {
      folder,
      name,
      text: { ...config.text, vocabularySize: validated.vocabularySize },
      vision: config.vision,
      image: config.image,
      trainedFor: config.trainedFor,
      trained: config.trained,
      source,
      unknownTensors: [...unknown, ...validated.unknown],
      merged: null,
      files: [...stored.files, await resolveInside(folder, 'config.json')],
    };
  } catch (error) {
    await stored.close();
    throw error;
  }
}
