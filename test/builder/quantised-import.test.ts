/**
 * int8 and int4 imports run, and stay near f32. Random weights are the worst case for quantisation, and scores of
 * neighbouring slots lie close together: so the bounds here are loose, and the measured agreement is annotated.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LanguageModel } from '../../src/main/engine/language-model.ts';
import { reasoningMethods } from '../../src/main/methods/methods.ts';
import type { Answer } from '../../src/shared/prediction.ts';
import { answerOf } from '../support/answer-of.ts';
import { deviation } from '../support/expect-close.ts';
import { goldenQuestion, goldenSettings, readGolden, type Golden, type GoldenCase } from '../support/golden.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { importTiny, openTiny } from '../support/tiny-bundles.ts';

const newFolder = temporaryFolders();

describe.each([
  { precision: 'int8', overlapAtLeast: 0.8, attentionWithin: 0.3 },
  { precision: 'int4', overlapAtLeast: 0.4, attentionWithin: 1 },
] as const)('$precision', ({ precision, overlapAtLeast, attentionWithin }) => {
  let golden: Golden;
  let cases: GoldenCase[];
  let model: LanguageModel;
  beforeAll(async () => {
    golden = await readGolden('tiny-untied');
    cases = golden.cases.filter(({ id }) => id.startsWith('default-'));
    const path = join(await newFolder(), 'bundle');
    const { bundle } = await importTiny('tiny-untied', path, precision);
    expect(bundle.precision).toBe(precision);
    model = await openTiny(path, cases[0]?.settings.imageSize ?? null);
  });
  afterAll(() => model.dispose());

  it('selects mostly the same patches as the float32 reference', async ({ annotate }) => {
    const answers: { wanted: GoldenCase; answer: Answer }[] = [];
    for (const wanted of cases) {
      const questions = [await goldenQuestion(wanted)];
      const [prediction] = await reasoningMethods['ivt-lr'].answer(model, goldenSettings(wanted), questions);
      answers.push({ wanted, answer: answerOf(prediction) });
    }
    // The first step alone: what later steps see depends on what was selected before.
    const overlaps = answers.map(({ wanted, answer }) => {
      const slots = new Set(answer.trace?.steps[0]?.selectedSlots);
      const expected = wanted.steps[0]?.selectedSlots ?? [];
      expect(slots.size).toBe(expected.length);
      return expected.filter((slot) => slots.has(slot)).length / expected.length;
    });
    const overlap = overlaps.reduce((sum, value) => sum + value, 0) / overlaps.length;
    const attention = answers.map(({ wanted, answer }) => {
      const { largest, scale } = deviation(answer.trace?.steps[0]?.imageAttention ?? [], wanted.steps[0]?.scores ?? []);
      return largest / scale;
    });
    const sameAnswers = answers.filter(({ wanted, answer }) => answer.outputText === wanted.outputText).length;
    await annotate(
      `${precision}: ${(overlap * 100).toFixed(0)} % of the first step's patches and ${sameAnswers} of ${answers.length} ` +
        `answers as in float32; attention within ${(Math.max(...attention) * 100).toFixed(1)} % of its largest value`,
    );
    expect(overlap).toBeGreaterThanOrEqual(overlapAtLeast);
    expect(Math.max(...attention)).toBeLessThan(attentionWithin);
  });
});
