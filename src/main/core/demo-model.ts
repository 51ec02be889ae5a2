/**
 * The built-in demo models as bundles, imported once into folders beside the store: the one trained for latent reasoning,
 * which is the demo, and for comparison those trained for direct answers and for written rationales. An import of other
 * source files, or by another version of the builder, is not reused.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Bundle } from '../../shared/bundle.ts';
import { evaluationRequestSchema, type EvaluationRequest } from '../../shared/contract/runs.ts';
import { failureOf } from '../../shared/failure.ts';
import { programFiles } from './program-files.ts';

export const demoKinds = ['latent', 'direct', 'explicit'] as const;
export type DemoKind = (typeof demoKinds)[number];

/** What the demo models are called, and the folders of their bundles. */
const demoModels: Readonly<Record<DemoKind, Readonly<{ name: string; folder: string }>>> = {
  latent: { name: 'Demo model', folder: 'demo-f32' },
  direct: { name: 'Demo model, direct answers', folder: 'demo-direct-f32' },
  explicit: { name: 'Demo model, chain-of-thought', folder: 'demo-explicit-f32' },
};

export const demoModelName = (kind: DemoKind = 'latent'): string => demoModels[kind].name;

export type DemoModel = Readonly<{ path: string; bundle: Bundle }>;

/** Where the program puts the bundles it makes: beside the store. */
export function modelsFolder(storePath: string): string {
  return join(dirname(resolve(storePath)), 'models');
}

/** Folder of a demo model for a store. */
export function demoModelPath(storePath: string, kind: DemoKind = 'latent'): string {
  return join(modelsFolder(storePath), demoModels[kind].folder);
}

/** A demo model if it is there and up to date. */
export async function findDemoModel(storePath: string, kind: DemoKind = 'latent'): Promise<DemoModel | null> {
  const path = demoModelPath(storePath, kind);
  const { readBundle } = await import('../files/read-bundle.ts');
  try {
    const bundle = await readBundle(path);
    return (await hasSameSources(bundle, kind)) ? { path, bundle } : null;
  } catch (error) {
    // Missing or half-made: the caller imports it (again). Anything that is no typed failure is a bug.
    if (failureOf(error) === undefined) throw error;
    return null;
  }
}

/** The demo's run: the settings that a new run of the model has too, so that the two compare like for like. */
export function demoRequest(model: string, label = 'Demo'): EvaluationRequest {
  return evaluationRequestSchema.parse({ dataset: programFiles.demoDataset, model, split: 'test', label });
}

async function hasSameSources(bundle: Bundle, kind: DemoKind): Promise<boolean> {
  for (const { path, sha256 } of bundle.sources) {
    const bytes = await readFile(resolve(programFiles.demoCheckpoints[kind], path));
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) return false;
  }
  return bundle.sources.length > 0;
}
