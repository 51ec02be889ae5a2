/**
 * The built-in demo model as a bundle, imported once into a folder beside the store. An import of other source
 * files, or by another version of the builder, is not reused.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Bundle } from '../../shared/bundle.ts';
import { evaluationRequestSchema, type EvaluationRequest } from '../../shared/contract/runs.ts';
import { failureOf } from '../../shared/failure.ts';
import { programFiles } from './program-files.ts';

/** What the demo model is called. */
export const demoModelName = 'Demo model';

export type DemoModel = Readonly<{ path: string; bundle: Bundle }>;

/** Where the program puts the bundles it makes: beside the store. */
export function modelsFolder(storePath: string): string {
  return join(dirname(resolve(storePath)), 'models');
}

/** Folder of the demo model for a store. */
export function demoModelPath(storePath: string): string {
  return join(modelsFolder(storePath), 'demo-f32');
}

/** The demo model if it is there and up to date. */
export async function findDemoModel(storePath: string): Promise<DemoModel | null> {
  const path = demoModelPath(storePath);
  const { readBundle } = await import('../files/read-bundle.ts');
  try {
    const bundle = await readBundle(path);
    return (await hasSameSources(bundle)) ? { path, bundle } : null;
  } catch (error) {
    // Missing or half-made: the caller imports it (again). Anything that is no typed failure is a bug.
    if (failureOf(error) === undefined) throw error;
    return null;
  }
}

/** The demo's run: the settings that a new run of the model has too, so that the two compare like for like. */
export function demoRequest(model: string): EvaluationRequest {
  return evaluationRequestSchema.parse({ dataset: programFiles.demoDataset, model, split: 'test', label: 'Demo' });
}

async function hasSameSources(bundle: Bundle): Promise<boolean> {
  for (const { path, sha256 } of bundle.sources) {
    const bytes = await readFile(resolve(programFiles.demoCheckpoint, path));
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) return false;
  }
  return bundle.sources.length > 0;
}
