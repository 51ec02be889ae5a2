/** Trying a question and looking into its layers with the real engine, on the golden checkpoint of random weights. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createForkEngineHost } from '../../src/main/runs/engine-host.ts';
import { createRunService, type RunService } from '../../src/main/runs/run-service.ts';
import { openStore, type Store } from '../../src/main/store/store.ts';
import { evaluationRequestSchema } from '../../src/shared/contract/runs.ts';
import type { Trace } from '../../src/shared/trace.ts';
import { answerOf } from '../support/answer-of.ts';
import { follow } from '../support/run-workplace.ts';
import { sampleIdOf, writeSmallDataset } from '../support/small-dataset.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { importTiny } from '../support/tiny-bundles.ts';

const entry = fileURLToPath(new URL('../../src/main/methods/engine-entry.ts', import.meta.url));
const newFolder = temporaryFolders();
const never = new AbortController().signal;
let store: Store;
let runs: RunService;
let runId: string;

beforeAll(async () => {
  const folder = await newFolder();
  const dataset = writeSmallDataset(join(folder, 'dataset'), { questionCount: 5 });
  const model = join(folder, 'model');
  await importTiny('tiny-tied', model);
  store = openStore(join(folder, 'store.sqlite'));
  const engineHost = createForkEngineHost({ entry });
  runs = createRunService({ store, engineHost, version: '0.0.0-test', threadCount: 1 });
  const settings = { latentSteps: 3, patchesPerStep: 4, maxTokens: 6, batchSize: 2 };
  ({ runId } = await runs.start(evaluationRequestSchema.parse({ dataset, model, settings })));
  await follow(runs, runId);
});
afterAll(async () => {
  await runs.close();
  store.close();
});

const sampleId = sampleIdOf(3);
async function storedTrace(): Promise<Trace> {
  const { trace } = answerOf((await runs.getQuestion({ runId, sampleId, where: [] })).prediction);
  if (trace === null) throw new Error('the answer has a trace');
  return trace;
}

describe('a probe', () => {
  it('with the settings of its run gives the same answer and patches', async () => {
    const { prediction } = await runs.tryQuestion({ runId, sampleId, settings: {} }, never);
    const stored = answerOf((await runs.getQuestion({ runId, sampleId, where: [] })).prediction);
    const again = answerOf(prediction);
    expect(again.outputText).toBe(stored.outputText);
    expect(again.trace?.steps.map(({ selectedSlots }) => selectedSlots)).toEqual(
      stored.trace?.steps.map(({ selectedSlots }) => selectedSlots),
    );
  });

  it('takes forced patches, leaves banned ones, and has as many steps as it is told', async () => {
    const { steps } = await storedTrace();
    const banned = steps[0]?.selectedSlots ?? [];
    const forced = steps[0]?.pool.filter((slot) => !banned.includes(slot)).slice(-2) ?? [];
    const settings = {
      latentSteps: 2,
      forcedPatches: [{ step: 0, slots: forced }],
      bannedPatches: [{ step: 0, slots: banned }],
    };
    const { prediction, settings: used } = await runs.tryQuestion({ runId, sampleId, settings }, never);
    const tried = answerOf(prediction).trace?.steps ?? [];
    expect(tried).toHaveLength(2);
    expect(tried[0]?.selectedSlots).toEqual(expect.arrayContaining(forced));
    expect(tried[0]?.selectedSlots.filter((slot) => banned.includes(slot))).toEqual([]);
    expect(used).toMatchObject({ ...settings, patchesPerStep: 4, batchSize: 1 });
  });
});

describe('attention by layer', () => {
  it('has the stored attention as its mean, and each layer its own', async () => {
    const { steps } = await storedTrace();
    const found = await runs.layerAttention({ runId, sampleId }, never);
    expect(found.steps).toHaveLength(3);
    for (const [stepIndex, layers] of found.steps.entries()) {
      expect(layers).toHaveLength(found.layerCount);
      expect(layers[0]).not.toEqual(layers[1]);
      for (const [slot, stored] of (steps[stepIndex]?.imageAttention ?? []).entries()) {
        const mean = layers.reduce((sum, layer) => sum + (layer[slot] ?? Number.NaN), 0) / found.layerCount;
        // The store keeps half precision: 11 significant bits.
        expect(Math.abs(mean - stored), `step ${stepIndex}, slot ${slot}`).toBeLessThanOrEqual(stored / 2 ** 10);
      }
    }
  });
});
