/**
 * What a question's answer depends on: never on the batch it is in, nor on a question beside it that fails.
 * Prompts differ in length, rows leave at different times, adaptive rows stop at different steps.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LanguageModel } from '../../src/main/engine/language-model.ts';
import type { EngineQuestion } from '../../src/main/engine/protocol.ts';
import { reasoningMethods } from '../../src/main/methods/methods.ts';
import { prepareQuestions } from '../../src/main/methods/prompted-question.ts';
import type { Prediction } from '../../src/shared/prediction.ts';
import { isLatent, methods, type Method, type RunSettings } from '../../src/shared/run-settings.ts';
import type { ModelCall } from '../../src/shared/trace.ts';
import { answerOf } from '../support/answer-of.ts';
import { expectClose } from '../support/expect-close.ts';
import { goldenQuestion, goldenSettings, readGolden, type Golden, type GoldenCase } from '../support/golden.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { importTiny, openTiny } from '../support/tiny-bundles.ts';

const newFolder = temporaryFolders();

let golden: Golden;
let model: LanguageModel;
/** Eight questions with prompts of 87 to 168 tokens; images of eight sizes. */
let questions: EngineQuestion[];

beforeAll(async () => {
  golden = await readGolden('tiny-tied');
  const path = join(await newFolder(), 'tiny-tied');
  await importTiny('tiny-tied', path);
  model = await openTiny(path, { width: 112, height: 112 });
  questions = await Promise.all(golden.cases.filter(({ id }) => id.startsWith('default-')).map(goldenQuestion));
  expect(questions).toHaveLength(8);
});
afterAll(() => model.dispose());

function caseOf(id: string): GoldenCase {
  const found = golden.cases.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no golden case ${id}`);
  return found;
}

const inWords = methods.filter((method) => !isLatent(method));

/** Settings of the golden cases, with few tokens where a random model would never end. */
function settingsFor(method: Method): RunSettings {
  if (isLatent(method)) return goldenSettings(caseOf('default-0'));
  return { ...goldenSettings(caseOf('no-cot-scene')), method, maxTokens: 12 };
}

/** Answers all questions in batches of a size. */
async function answerInBatches(
  settings: RunSettings,
  batchSize: number,
  asked: readonly EngineQuestion[] = questions,
): Promise<Prediction[]> {
  const predictions: Prediction[] = [];
  for (let start = 0; start < asked.length; start += batchSize) {
    const batch = asked.slice(start, start + batchSize);
    predictions.push(...(await reasoningMethods[settings.method].answer(model, settings, batch)));
  }
  return predictions;
}

/** Everything that a user sees must be the same; attention may differ by rounding. */
function expectSame(actual: readonly Prediction[], expected: readonly Prediction[], label: string): void {
  expect(actual.map(({ sampleId }) => sampleId)).toEqual(expected.map(({ sampleId }) => sampleId));
  for (const [index, prediction] of actual.entries()) {
    const found = answerOf(prediction);
    const wanted = answerOf(expected[index]);
    const where = `${label}, ${prediction.sampleId}`;
    const { timings: _, trace, ...rest } = found;
    const { timings: __, trace: wantedTrace, ...wantedRest } = wanted;
    expect(rest, where).toEqual(wantedRest);
    const { steps = [], calls = [], ...about } = trace ?? {};
    const { steps: wantedSteps = [], calls: wantedCalls = [], ...wantedAbout } = wantedTrace ?? {};
    expect(about, where).toEqual(wantedAbout);
    expectSameCalls(calls, wantedCalls, where);
    expect(steps.length, where).toBe(wantedSteps.length);
    for (const [stepIndex, step] of steps.entries()) {
      const wantedStep = wantedSteps[stepIndex];
      expect(step.selectedSlots, where).toEqual(wantedStep?.selectedSlots);
      expect(step.ranks, where).toEqual(wantedStep?.ranks);
      expect(step.pool, where).toEqual(wantedStep?.pool);
      expectClose(step.imageAttention, wantedStep?.imageAttention ?? [], { absolute: 1e-6 }, where);
    }
  }
}

function expectSameCalls(actual: readonly ModelCall[], expected: readonly ModelCall[], where: string): void {
  expect(actual, where).toHaveLength(expected.length);
  for (const [index, { prefillMs: _, decodeMs: __, visionMasses, textMasses, ...call }] of actual.entries()) {
    expect(expected[index], where).toMatchObject(call);
    expectClose(visionMasses, expected[index]?.visionMasses ?? [], { absolute: 1e-6 }, where);
    expectClose(textMasses, expected[index]?.textMasses ?? [], { absolute: 1e-6 }, where);
  }
}

const stepCounts = (predictions: readonly Prediction[]): number[] =>
  predictions.map((prediction) => answerOf(prediction).trace?.steps.length ?? 0);

describe('batch sizes 1, 3 and 8 give the same patches and tokens', () => {
  it('ivt-lr, which are those of the reference', async () => {
    const settings = goldenSettings(caseOf('default-0'));
    const alone = await answerInBatches(settings, 1);
    for (const batchSize of [3, 8]) {
      expectSame(await answerInBatches(settings, batchSize), alone, `batches of ${batchSize}`);
    }
    for (const [index, question] of questions.entries()) {
      const wanted = caseOf(question.sampleId);
      const { outputText, arSteps, trace } = answerOf(alone[index]);
      expect([outputText, arSteps]).toEqual([wanted.outputText, wanted.arSteps]);
      expect(trace?.steps.map(({ selectedSlots }) => selectedSlots)).toEqual(
        wanted.steps.map(({ selectedSlots }) => selectedSlots),
      );
    }
    const counts = alone.map((prediction) => answerOf(prediction).outputTokenCount);
    expect(new Set(counts).size, 'rows end at different times').toBeGreaterThan(1);
  });

  it.each(['hidden', 'selection'] as const)('ivt-lr with rows that stop early on their own (%s)', async (criterion) => {
    const settings: RunSettings = {
      ...goldenSettings(caseOf('adaptive-hidden-stops')),
      adaptiveStop: criterion,
      adaptiveThreshold: criterion === 'hidden' ? 0.8 : 0.5,
    };
    const alone = await answerInBatches(settings, 1);
    expect(new Set(stepCounts(alone)).size, `steps ${stepCounts(alone).join(' ')}`).toBeGreaterThan(2);
    for (const batchSize of [3, 8]) {
      expectSame(await answerInBatches(settings, batchSize), alone, `batches of ${batchSize}`);
    }
  });

  it('ivt-lr with patches that are random, and the same again with another seed only', async () => {
    const settings = goldenSettings(caseOf('random-patches'));
    const alone = await answerInBatches(settings, 1);
    expectSame(await answerInBatches(settings, 8), alone, 'batch of 8');
    const slots = (predictions: readonly Prediction[]) =>
      predictions.map((prediction) => answerOf(prediction).trace?.steps.map(({ selectedSlots }) => selectedSlots));
    const reseeded = await answerInBatches({ ...settings, seed: settings.seed + 1 }, 8);
    for (const [index, found] of slots(reseeded).entries()) expect(found).not.toEqual(slots(alone)[index]);
  });

  it.each(inWords)('%s, with images of different sizes', async (method) => {
    const settings = { ...goldenSettings(caseOf('no-cot-scene')), method, maxTokens: 12 };
    const alone = await answerInBatches(settings, 1);
    for (const batchSize of [3, 8]) {
      expectSame(await answerInBatches(settings, batchSize), alone, `batches of ${batchSize}`);
    }
    const sizes = alone.map((prediction) => answerOf(prediction).trace?.image?.gridColumns);
    expect(new Set(sizes).size).toBeGreaterThan(3);
  });

  it('sampled tokens, which another seed changes', async () => {
    const sampled = { temperature: 1, topP: 0.9, repetitionPenalty: 1.05, maxTokens: 12 };
    const settings: RunSettings = { ...goldenSettings(caseOf('no-cot-scene')), ...sampled, method: 'cot' };
    const alone = await answerInBatches(settings, 1);
    expectSame(await answerInBatches(settings, 8), alone, 'batches of 8');
    const textsOf = (predictions: readonly Prediction[]) => predictions.map((each) => answerOf(each).outputText);
    const reseeded = await answerInBatches({ ...settings, seed: settings.seed + 1 }, 8);
    expect(textsOf(reseeded)).not.toEqual(textsOf(alone));
    const greedy = await answerInBatches({ ...settings, temperature: 0, repetitionPenalty: 1 }, 8);
    expect(textsOf(greedy)).not.toEqual(textsOf(alone));
  });

  it('whatever the order of the questions', async () => {
    const settings = goldenSettings(caseOf('default-0'));
    const forwards = await answerInBatches(settings, 8);
    const backwards = await answerInBatches(settings, 8, questions.toReversed());
    expectSame(backwards.toReversed(), forwards, 'backwards');
  });
});

describe.each(methods)('%s: a question that fails in the middle of a batch', (method) => {
  const settingsOf = (): RunSettings => settingsFor(method);

  it.each([
    { what: 'a corrupt image', kind: 'malformed-image' },
    { what: 'an image cut short', kind: 'malformed-image' },
    { what: 'a prompt that is too long', kind: 'prompt-too-long' },
  ])('$what fails alone', async ({ what, kind }) => {
    const settings = settingsOf();
    const [first, second, third] = questions.slice(0, 3);
    if (first === undefined || second === undefined || third === undefined) throw new Error('three questions exist');
    const image = second.images[0] ?? new Uint8Array(0);
    const broken: EngineQuestion =
      what === 'a corrupt image'
        ? { ...second, images: [new TextEncoder().encode('this is no picture')] }
        : what === 'an image cut short'
          ? { ...second, images: [image.slice(0, image.length / 2)] }
          : { ...second, question: 'Why? '.repeat(3000) };
    const predictions = await answerInBatches(settings, 3, [first, broken, third]);
    expect(predictions[1]).toMatchObject({ status: 'failed', sampleId: second.sampleId, failure: { kind } });
    const without = await answerInBatches(settings, 3, [first, third]);
    expectSame(
      predictions.filter(({ status }) => status === 'answered'),
      without,
      'beside the failed one',
    );
  });

  it('a batch in which all fail gives their failures', async () => {
    const broken = questions.slice(0, 2).map((question) => ({ ...question, images: [new Uint8Array(8)] }));
    const predictions = await answerInBatches(settingsOf(), 2, broken);
    expect(predictions.map(({ status }) => status)).toEqual(['failed', 'failed']);
  });
});

describe('more patches than the image has', () => {
  it('just use up the pool', async () => {
    const settings = { ...goldenSettings(caseOf('default-0')), patchesPerStep: 4096 };
    const { trace } = answerOf((await answerInBatches(settings, 1, questions.slice(0, 1)))[0]);
    expect(trace?.steps.map(({ selectedSlots }) => selectedSlots.length)).toEqual([16, 0, 0]);
  });

  it('are named where they are what does not fit', async () => {
    const settings = { ...goldenSettings(caseOf('default-0')), patchesPerStep: 77 };
    const prepare = async (latentPositions: number, maxTokens: number) => {
      const [prepared] = await prepareQuestions(model, { ...settings, maxTokens }, questions.slice(0, 1), {
        sizing: 'latent',
        ahead: null,
        latentPositions,
      });
      return prepared?.ok === false ? prepared.failure : null;
    };
    const { maxPositions } = model.bundle.text;
    expect(await prepare(3, 1)).toBeNull();
    expect(await prepare(maxPositions, 1)).toMatchObject({
      kind: 'prompt-too-long',
      action: 'Lower the patches per step (K = 77) or the latent steps (N = 3), or leave the question out.',
    });
    expect(await prepare(3, maxPositions)).toMatchObject({
      kind: 'prompt-too-long',
      action: 'Lower the token limit, or leave the question out.',
    });
  });
});

describe('questions with another number of images', () => {
  it.each(methods)('%s answers one without image beside others', async (method) => {
    const settings = settingsFor(method);
    const [first, second, third] = questions.slice(0, 3);
    if (first === undefined || second === undefined || third === undefined) throw new Error('three questions exist');
    const blind = { ...second, images: [] };
    const together = await answerInBatches(settings, 3, [first, blind, third]);
    expectSame(together, await answerInBatches(settings, 1, [first, blind, third]), 'beside others');
    const { trace } = answerOf(together[1]);
    expect(trace).toMatchObject({ image: null, imageCount: 0 });
    for (const step of trace?.steps ?? []) {
      expect(step).toMatchObject({ selectedSlots: [], pool: [], visionMass: 0, imageAttention: [] });
    }
  });

  it('ivt-lr takes the last of several images as the pool', async () => {
    const settings = goldenSettings(caseOf('default-0'));
    const [first, second] = questions;
    if (first === undefined || second === undefined) throw new Error('two questions exist');
    const both = { ...first, images: [...second.images, ...first.images] };
    const [prediction] = await answerInBatches(settings, 1, [both]);
    const { trace } = answerOf(prediction);
    expect(trace?.imageCount).toBe(2);
    // The trace describes the last image.
    const [alone] = await answerInBatches(settings, 1, [first]);
    expect(trace?.image).toEqual(answerOf(alone).trace?.image);
    expect(trace?.steps[0]?.pool).toEqual(Array.from({ length: 16 }, (_, slot) => slot));
    expect(trace?.steps[0]?.imageAttention).toHaveLength(16);
    expect(trace?.promptTokenCount).toBe((answerOf(alone).trace?.promptTokenCount ?? 0) + 16 + 2);
  });
});
