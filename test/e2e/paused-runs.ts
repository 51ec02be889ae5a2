/** A store with paused runs of the demo model over a small dataset, for tests that go on with them. */
import { join } from 'node:path';
import { randomCheckpoint, runPenumbra } from '../support/run-penumbra.ts';
import { writeShapesDataset } from '../support/shapes-dataset.ts';
import { serveStore } from './served-store.ts';

export type PausedRuns = Readonly<{ store: string; dataset: string; runIds: readonly string[] }>;

/** Fills a store below `folder` with runs that have only just begun; `lengths`: the questions of each. */
export async function makePausedRuns(folder: string, lengths: readonly number[]): Promise<PausedRuns> {
  const [dataset, model, store] = ['dataset', 'model', 'store.sqlite'].map((name) => join(folder, name));
  if (dataset === undefined || model === undefined || store === undefined) throw new Error('no paths');
  await writeShapesDataset(dataset, Math.max(...lengths));
  const imported = await runPenumbra(['model', 'import', randomCheckpoint, '--out', model, '--precision', 'f32'], {
    dataFolder: folder,
  });
  if (imported.code !== 0) throw new Error(imported.stderr);
  const { client, stop } = await serveStore(folder, store);
  const runIds: string[] = [];
  for (const limit of lengths) {
    const { runId } = await client.runs.start({ dataset, model, limit, settings: { batchSize: 1 } });
    await client.runs.pause({ runId });
    runIds.push(runId);
  }
  await stop();
  return { store, dataset, runIds };
}
