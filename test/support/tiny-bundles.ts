/** The golden checkpoints imported as bundles into temporary folders, and opened for an image size. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { importModel, type ImportResult } from '../../src/main/import/import-model.ts';
import { LanguageModel } from '../../src/main/engine/language-model.ts';
import { bundleSchema, type Precision } from '../../src/shared/bundle.ts';
import { devices } from '../../src/shared/run-settings.ts';
import { goldenRoot, type GoldenCheckpoint, type LatentImageSize } from './golden.ts';

/** Where the golden suite runs: the CPU, or what `npm run test:device` names. */
export const testDevice = z
  .enum(devices)
  .exclude(['auto'])
  .parse(process.env['PENUMBRA_TEST_DEVICE'] ?? 'cpu');

/** What a user would import: the released one is a base folder and a `model.pth` whose alpha is 2 (rank 8: 0.25). */
export function tinySource(checkpoint: GoldenCheckpoint): { source: string; adapter?: string; loraAlpha?: number } {
  if (checkpoint !== 'tiny-released') return { source: join(goldenRoot, checkpoint) };
  return {
    source: join(goldenRoot, 'tiny-untied'),
    adapter: join(goldenRoot, 'tiny-released', 'model.pth'),
    loraAlpha: 2,
  };
}

/** Imports a checkpoint to `out`. */
export async function importTiny(
  checkpoint: GoldenCheckpoint,
  out: string,
  precision: Precision = 'f32',
): Promise<ImportResult> {
  return await importModel(
    { ...tinySource(checkpoint), out, precision },
    { onProgress: () => undefined, signal: new AbortController().signal },
  );
}

/**
 * Opens a bundle for a fixed image size of its own. The size belongs to what a model was trained for, so it is the
 * bundle's and no run setting; a checkpoint that states none (tiny-untied) gets the released models' 280 x 280, and
 * the golden cases use other sizes. Hence a copy of the bundle whose description has the size of the case.
 */
export async function openTiny(bundlePath: string, size: LatentImageSize | null): Promise<LanguageModel> {
  if (size === null) return await LanguageModel.open(bundlePath, { device: testDevice, threadCount: 1 });
  const copy = `${bundlePath}-${size.width}x${size.height}`;
  await cp(bundlePath, copy, { recursive: true });
  const file = join(copy, 'bundle.json');
  const bundle = bundleSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  const image = { ...bundle.image, latentWidth: size.width, latentHeight: size.height };
  await writeFile(file, JSON.stringify({ ...bundle, image }));
  return await LanguageModel.open(copy, { device: testDevice, threadCount: 1 });
}

/** A bundle opened once for each image size that is asked for. */
export class TinyModels {
  readonly #bundlePath: string;
  readonly #models = new Map<string, Promise<LanguageModel>>();

  constructor(bundlePath: string) {
    this.#bundlePath = bundlePath;
  }

  for(size: LatentImageSize | null): Promise<LanguageModel> {
    const key = size === null ? 'as-imported' : `${size.width}x${size.height}`;
    const known = this.#models.get(key) ?? openTiny(this.#bundlePath, size);
    this.#models.set(key, known);
    return known;
  }

  async dispose(): Promise<void> {
    for (const model of this.#models.values()) await (await model).dispose();
  }
}
