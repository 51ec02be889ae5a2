/** Everything that a test of runs needs: a dataset, a nominal bundle, a store, and services over the fake engine. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createForkEngineHost, type EngineHost } from '../../src/main/runs/engine-host.ts';
import { createRunService, type RunService } from '../../src/main/runs/run-service.ts';
import { openStore, type Store } from '../../src/main/store/store.ts';
import { evaluationRequestSchema, type EvaluationRequest } from '../../src/shared/contract/runs.ts';
import type { RunEvent } from '../../src/shared/run.ts';
import type { FakeEngineBehaviour } from './fake-engine.ts';
import { writeNominalBundle } from './nominal-bundle.ts';
import { writeSmallDataset, type SmallDatasetOptions } from './small-dataset.ts';

export const fakeEngineEntry = fileURLToPath(new URL('fake-engine.ts', import.meta.url));

export type Workplace = Readonly<{
  folder: string;
  dataset: string;
  model: string;
  storePath: string;
  /** A store and a service over it, closed with `closeAll`. */
  open: (behaviour?: FakeEngineBehaviour) => Readonly<{ store: Store; runs: RunService }>;
  closeAll: () => Promise<void>;
  request: (changes?: Partial<EvaluationRequest>) => EvaluationRequest;
}>;

/** Makes a workplace in an empty folder. */
export function createWorkplace(folder: string, options: SmallDatasetOptions): Workplace {
  const dataset = writeSmallDataset(join(folder, 'dataset'), options);
  const model = writeNominalBundle(join(folder, 'model'));
  const storePath = join(folder, 'store.sqlite');
  const opened: { store: Store; runs: RunService }[] = [];
  return {
    folder,
    dataset,
    model,
    storePath,
    open: (behaviour = {}) => {
      const store = openStore(storePath);
      const runs = createRunService({ store, engineHost: fakeEngineHost(behaviour), version: '0.0.0-test' });
      opened.push({ store, runs });
      return { store, runs };
    },
    closeAll: async () => {
      for (const { store, runs } of opened.splice(0)) {
        await runs.close();
        store.close();
      }
    },
    request: (changes = {}) => ({ ...evaluationRequestSchema.parse({ dataset, model }), ...changes }),
  };
}

export function fakeEngineHost(behaviour: FakeEngineBehaviour): EngineHost {
  return createForkEngineHost({
    entry: fakeEngineEntry,
    env: { ...process.env, FAKE_ENGINE: JSON.stringify(behaviour) },
  });
}

/** Follows a run to its end and returns all events. */
export async function follow(runs: RunService, runId: string): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of runs.watch({ runId })) events.push(event);
  return events;
}
