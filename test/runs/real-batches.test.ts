/**
 * A run of the real engine, whose batches are sorted by length and prepared ahead in threads, stores what each question
 * alone gives without any of that.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDataset } from '../../src/main/datasets/open-dataset.ts';
import { LanguageModel } from '../../src/main/engine/language-model.ts';
import { reasoningMethods } from '../../src/main/methods/methods.ts';
import { createForkEngineHost } from '../../src/main/runs/engine-host.ts';
import { requireRun } from '../../src/main/runs/run-state.ts';
import { createRunService, type RunService } from '../../src/main/runs/run-service.ts';
import { openStore, type Store } from '../../src/main/store/store.ts';
import { evaluationRequestSchema } from '../../src/shared/contract/runs.ts';
import type { Prediction } from '../../src/shared/prediction.ts';
import { runSettingsSchema } from '../../src/shared/run-settings.ts';
import { follow } from '../support/run-workplace.ts';
import { writeShapesDataset } from '../support/shapes-dataset.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { importTiny } from '../support/tiny-bundles.ts';

const entry = fileURLToPath(new URL('../../src/main/methods/engine-entry.ts', import.meta.url));
const newFolder = temporaryFolders();
const questionCount = 23;
const brokenId = 'physical-commonsense-6';
let dataset: string;
let modelPath: string;
let model: LanguageModel;
let store: Store;
let runs: RunService;

beforeAll(async () => {
  const folder = await newFolder();
  dataset = join(folder, 'dataset');
  await writeShapesDataset(dataset, questionCount);
  writeFileSync(join(dataset, 'data', 'images', `${brokenId}.png`), 'this is no picture');
  modelPath = join(folder, 'model');
  await importTiny('tiny-tied', modelPath);
  model = await LanguageModel.open(modelPath, { device: 'cpu', threadCount: 1 });
  store = openStore(join(folder, 'store.sqlite'));
  runs = createRunService({
    store,
    engineHost: createForkEngineHost({ entry }),
    version: '0.0.0-test',
    threadCount: 1,
  });
});
afterAll(async () => {
  await runs.close();
  store.close();
  await model.dispose();
});

/** What must not depend on batches. */
const contentOf = (prediction: Prediction | undefined) =>
  prediction?.status !== 'answered'
    ? { failed: prediction?.failure.kind }
    : {
        text: prediction.answer.outputText,
        tokens: prediction.answer.outputTokenCount,
        prompt: prediction.answer.prompt,
        image: prediction.answer.trace?.image,
        patches: prediction.answer.trace?.steps.map(({ selectedSlots, ranks, pool }) => ({
          selectedSlots,
          ranks,
          pool,
        })),
      };

describe.each(['ivt-lr', 'no-cot'] as const)('a run of %s', (method) => {
  it.each([4, 10])('in batches of %i', async (batchSize) => {
    const settings = { method, latentSteps: 2, patchesPerStep: 3, maxTokens: 6, batchSize };
    const { runId } = await runs.start(evaluationRequestSchema.parse({ dataset, model: modelPath, settings }));
    await follow(runs, runId);
    const run = requireRun(store, runId);
    const stored = store.predictions.after(run.runRow, -1, questionCount + 1, { steps: 'all' });

    const used = runSettingsSchema.parse(run.settings);
    const opened = await openDataset(dataset);
    const expected: { id: string; content: unknown }[] = [];
    for await (const { sampleId, question, choices, context, image } of opened.samples({ split: 'test' })) {
      const images = image === null ? [] : [await opened.readImage(image)];
      const asked = { sampleId, question, choices, context, images };
      const [prediction] = await reasoningMethods[method].answer(model, used, [asked]);
      expected.push({ id: sampleId, content: contentOf(prediction) });
    }
    await opened.close();
    expect(expected).toHaveLength(questionCount);
    expect(expected.find(({ id }) => id === brokenId)?.content).toEqual({ failed: 'malformed-image' });
    expect(stored.map(({ sample, prediction }) => ({ id: sample.sampleId, content: contentOf(prediction) }))).toEqual(
      expected,
    );
    expect(stored.map(({ position }) => position)).toEqual(expected.map((_, position) => position));
  });
});
