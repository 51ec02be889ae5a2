/** Attention by layer against the PyTorch reference's (trainer/golden), and against the mean that answers carry. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ivtLr } from '../../src/main/methods/ivt-lr.ts';
import { layerAttention } from '../../src/main/methods/layer-attention.ts';
import { answerOf } from '../support/answer-of.ts';
import { expectClose } from '../support/expect-close.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { goldenCheckpoints, goldenQuestion, goldenSettings, readGolden } from '../support/golden.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { importTiny, TinyModels } from '../support/tiny-bundles.ts';

const newFolder = temporaryFolders();
const goldens = await Promise.all(goldenCheckpoints.map(readGolden));

describe.each(goldens)('$checkpoint', (golden) => {
  let models: TinyModels;
  beforeAll(async () => {
    const path = join(await newFolder(), golden.checkpoint);
    await importTiny(golden.checkpoint, path);
    models = new TinyModels(path);
  });
  afterAll(() => models.dispose());

  const latent = golden.cases.filter(({ steps }) => steps.length > 0);
  const withLayers = latent.filter(({ id }) => golden.optionalTensor(id, 'step0.attention_by_layer') !== null);

  it("gives the reference's attention of each layer", async () => {
    expect(withLayers.length).toBeGreaterThan(0);
    for (const wanted of withLayers) {
      const model = await models.for(wanted.settings.imageSize);
      const { layerCount, steps } = await layerAttention(
        model,
        goldenSettings(wanted),
        await goldenQuestion(wanted),
        wanted.steps.map(({ selectedSlots }) => selectedSlots),
      );
      expect(steps).toHaveLength(wanted.steps.length);
      const [firstSlot, slotCount] = wanted.imageSlots;
      for (const [stepIndex, found] of steps.entries()) {
        const all = golden.tensor(wanted.id, `step${stepIndex}.attention_by_layer`);
        const total = all.length / layerCount;
        const overImage = [...all].filter((_, index) => {
          const position = (index % total) - firstSlot;
          return position >= 0 && position < slotCount;
        });
        expectClose(found, overImage, { absolute: 1e-5 }, `${wanted.id}: step ${stepIndex}`);
      }
    }
  });

  it.each(latent)('$id: the mean over layers is what the answer carries', async (wanted) => {
    const model = await models.for(wanted.settings.imageSize);
    const [settings, question] = [goldenSettings(wanted), await goldenQuestion(wanted)];
    const [prediction] = await ivtLr.answer(model, settings, [question]);
    const answered = answerOf(prediction).trace?.steps ?? [];
    const { layerCount, steps } = await layerAttention(
      model,
      settings,
      question,
      answered.map(({ selectedSlots }) => selectedSlots),
    );
    expect(steps).toHaveLength(wanted.steps.length);
    for (const [stepIndex, { imageAttention }] of answered.entries()) {
      const values = steps[stepIndex] ?? new Float32Array(0);
      const slotCount = values.length / layerCount;
      const mean = imageAttention.map((_, slot) => {
        let sum = 0;
        for (let layer = 0; layer < layerCount; layer++) sum += values[layer * slotCount + slot] ?? Number.NaN;
        return sum / layerCount;
      });
      expectClose(mean, imageAttention, { absolute: 1e-6 }, `step ${stepIndex}`);
    }
  });

  it('refuses stored patches that the image lacks', async () => {
    const [wanted] = latent;
    if (wanted === undefined) throw new Error('there is a case');
    const model = await models.for(wanted.settings.imageSize);
    const question = await goldenQuestion(wanted);
    await expectFailure(() => layerAttention(model, goldenSettings(wanted), question, [[9999]]), 'run-changed');
  });
});
