/**
 * Parity with the PyTorch reference (trainer/golden), on every golden case of every checkpoint, in float32.
 *
 * Each case runs twice: once through its method, as a run does, and once through the engine's primitives with the
 * reference's own choices fed in, where hidden states, logits and token ids can be seen.
 */
import type { VisionDimensions } from '../../src/shared/bundle.ts';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { argmax, generate } from '../../src/main/engine/generate.ts';
import type { LanguageModel } from '../../src/main/engine/language-model.ts';
import { attentionMasses, visionFocus, type PositionKind } from '../../src/main/methods/latent-trace.ts';
import { reasoningMethods } from '../../src/main/methods/methods.ts';
import { embedQuestions, prepareQuestions, type EmbeddedQuestion } from '../../src/main/methods/prompted-question.ts';
import type { Backbone } from '../../src/main/backbones/backbone.ts';
import { gridOf } from '../../src/main/backbones/qwen2-vl/backbone.ts';
import { mropePositions } from '../../src/main/backbones/qwen2-vl/rope.ts';
import { plainPositions } from '../../src/main/backbones/positions.ts';
import { attentionMassesSchema } from '../../src/shared/trace.ts';
import { answerOf } from '../support/answer-of.ts';
import { expectClose } from '../support/expect-close.ts';
import {
  goldenCheckpoints,
  goldenQuestion,
  goldenSettings,
  readGolden,
  type Golden,
  type GoldenCase,
} from '../support/golden.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { importTiny, TinyModels } from '../support/tiny-bundles.ts';

const newFolder = temporaryFolders();
const goldens = await Promise.all(goldenCheckpoints.map(readGolden));

const attentionTolerance = { absolute: 1e-5 };
const visionTolerance = { relativeToLargest: 1e-4 };
const stateTolerance = { relativeToLargest: 1e-3 };

describe.each(goldens)('$checkpoint', (golden) => {
  let models: TinyModels;
  beforeAll(async () => {
    const path = join(await newFolder(), golden.checkpoint);
    await importTiny(golden.checkpoint, path);
    models = new TinyModels(path);
  });
  afterAll(() => models.dispose());

  it.each(golden.cases)('$id: the answer and its trace', async (wanted) => {
    const model = await models.for(wanted.settings.imageSize);
    const method = reasoningMethods[wanted.method];
    const [prediction] = await method.answer(model, goldenSettings(wanted), [await goldenQuestion(wanted)]);
    expect(prediction?.sampleId).toBe(wanted.sample.sampleId);
    const answer = answerOf(prediction);
    expect(answer.prompt).toBe(wanted.prompt);
    expect(answer).toMatchObject({
      outputText: wanted.outputText,
      outputTokenCount: wanted.outputTokenIds.length,
      arSteps: wanted.arSteps,
      finishReason: wanted.finishReason,
    });
    const [, gridRows, gridColumns] = wanted.gridThw;
    expect(answer.trace).toMatchObject({
      promptTokenCount: wanted.promptTokenIds.length,
      imageCount: 1,
      stoppedEarly: wanted.stoppedAtStep !== null,
      image: {
        resize: wanted.method === 'no-cot' ? 'dynamic' : 'stretch',
        resizedWidth: gridColumns * 14,
        resizedHeight: gridRows * 14,
        gridRows: gridRows / 2,
        gridColumns: gridColumns / 2,
      },
    });
    expect(answer.trace?.steps).toHaveLength(wanted.steps.length);
    for (const [stepIndex, step] of wanted.steps.entries()) {
      const label = `step ${stepIndex}`;
      const found = answer.trace?.steps[stepIndex];
      if (found === undefined) throw new Error(`${label} is missing`);
      expect(found.stepIndex, label).toBe(stepIndex);
      expect(found.selectedSlots, `${label}: slots`).toEqual(step.selectedSlots);
      expect(found.ranks, `${label}: ranks`).toEqual(step.ranks);
      expect(found.pool, `${label}: pool`).toEqual(step.pool);
      expectClose(found.imageAttention, step.scores, attentionTolerance, `${label}: attention over the image`);
      const scores = step.selectedSlots.map((slot) => step.scores[slot] ?? Number.NaN);
      expectClose(found.scores, scores, attentionTolerance, `${label}: scores`);
      expectMasses({ ...found }, step, label);
    }
  });

  it.each(golden.cases)('$id: vision, hidden states, attention, logits and token ids', async (wanted) => {
    const model = await models.for(wanted.settings.imageSize);
    if (wanted.method === 'no-cot') await replayPrompt(model, golden, wanted);
    else await replayLatentSteps(model, golden, wanted);
  });
});

type Masses = GoldenCase['steps'][number] | NonNullable<GoldenCase['final']>;

function expectMasses(found: Omit<Masses, 'selectedSlots'>, wanted: Masses, label: string): void {
  const names = [...attentionMassesSchema.keyof().options, 'visionFocus'] as const;
  for (const name of names) expectClose([found[name]], [wanted[name]], attentionTolerance, `${label}: ${name}`);
}

/** Preprocesses a case's image and prompt, encodes the image, and compares all three. */
async function embedCase(model: LanguageModel, golden: Golden, wanted: GoldenCase): Promise<EmbeddedQuestion> {
  const { imageSize } = wanted.settings;
  const sizing = imageSize === null ? 'ordinary' : 'latent';
  const { bundle, backbone } = model;
  // The case's own size: a bundle knows one.
  const imageJob: Backbone['imageJob'] = (bytes, label) => ({
    ...backbone.imageJob(bytes, label, sizing),
    ...(imageSize === null ? {} : { resize: { kind: 'stretch', ...imageSize } }),
  });
  const questions = [await goldenQuestion(wanted)];
  const [prepared] = await prepareQuestions(
    { bundle, backbone: { ...backbone, imageJob } },
    goldenSettings(wanted),
    questions,
    {
      sizing,
      ahead: null,
      latentPositions: 0,
    },
  );
  if (prepared?.ok !== true) throw new Error(JSON.stringify(prepared));
  const { prompted } = prepared;
  expect(prompted.prompt.tokenIds).toEqual(wanted.promptTokenIds);
  const [start, count] = wanted.imageSlots;
  expect(prompted.prompt.imageSpans).toEqual([{ start, count }]);
  const [image] = prompted.images;
  if (image === undefined) throw new Error('the question has an image');
  const { resizedWidth, resizedHeight } = image.geometry;
  if (imageSize !== null) expect({ width: resizedWidth, height: resizedHeight }).toEqual(imageSize);
  expect(gridOf(image.geometry, visionOfBundle(model))).toEqual(wanted.gridThw);
  const pixels = golden.optionalTensor(wanted.id, 'pixel_values');
  if (pixels !== null) {
    expectClose(image.pixelValues, pixels, { absolute: 1e-5 }, 'pixel values');
  }
  const [embedded] = await embedQuestions(model, [prompted]);
  if (embedded === undefined) throw new Error('the question was not embedded');
  expectClose(visionOf(embedded), golden.tensor(wanted.id, 'vision'), visionTolerance, 'vision');
  return embedded;
}

function visionOfBundle({ bundle }: LanguageModel): VisionDimensions {
  if (bundle.architecture !== 'qwen2-vl') throw new Error('the golden models are of Qwen2-VL');
  return bundle.vision;
}

const visionOf = ({ imageEmbeds }: EmbeddedQuestion): Float32Array => imageEmbeds[0] ?? new Float32Array(0);

/** Ordinary prompting: mRoPE positions, first logits, tokens. */
async function replayPrompt(model: LanguageModel, golden: Golden, wanted: GoldenCase): Promise<void> {
  const { promptEmbeds } = await embedCase(model, golden, wanted);
  const [start, count] = wanted.imageSlots;
  const placed = [{ start, count, gridThw: wanted.gridThw }];
  const positions = mropePositions(wanted.promptTokenIds.length, placed, visionOfBundle(model).spatialMergeSize);
  expect(positions.positions).toEqual(golden.tensor(wanted.id, 'position_ids'));
  expect(positions.next - wanted.promptTokenIds.length).toBe(wanted.ropeDelta);
  expect(model.bundle.specialTokens.endOfSequence).toEqual(wanted.stopTokenIds);

  const batch = model.startBatch(1);
  await batch.feed([{ embeds: promptEmbeds, positions }]);
  await expectTokens(model, golden, wanted, batch, positions.next);
}

/** The reference's steps with the reference's own slots: each state is compared before it is fed back. */
async function replayLatentSteps(model: LanguageModel, golden: Golden, wanted: GoldenCase): Promise<void> {
  const { settings } = wanted;
  const embedded = await embedCase(model, golden, wanted);
  const vision = visionOf(embedded);
  expect(model.bundle.specialTokens.endOfSequence.slice(0, 1)).toEqual(wanted.stopTokenIds);
  const [firstSlot, slotCount] = wanted.imageSlots;
  const size = model.bundle.text.hiddenSize;
  const kinds = wanted.promptTokenIds.map((): PositionKind => 'text').fill('image', firstSlot, firstSlot + slotCount);

  const batch = model.startBatch(1);
  await batch.feed([{ embeds: embedded.promptEmbeds, positions: plainPositions(kinds.length) }]);
  for (const [stepIndex, step] of wanted.steps.entries()) {
    const { hidden } = expectState(golden, wanted, batch.state(0), `step${stepIndex}`);
    const patches = step.selectedSlots.map((slot) => ({
      kind: 'latentVision' as const,
      embedding: vision.subarray(slot * size, (slot + 1) * size),
    }));
    const text = settings.intervention === 'no-latent-text' ? [] : [{ kind: 'latentText' as const, embedding: hidden }];
    const appended = settings.stepLayout === 'patches-then-hidden' ? [...patches, ...text] : [...text, ...patches];
    const embeds = new Float32Array(appended.length * size);
    for (const [index, { embedding }] of appended.entries()) embeds.set(embedding, index * size);
    await batch.feed([{ embeds, positions: plainPositions(appended.length, kinds.length) }]);
    kinds.push(...appended.map(({ kind }) => kind));
  }

  const { attention } = expectState(golden, wanted, batch.state(0), 'final');
  const imageAttention = attention.slice(firstSlot, firstSlot + slotCount);
  const masses = { ...attentionMasses(attention, kinds), visionFocus: visionFocus(imageAttention) };
  if (wanted.final === undefined) throw new Error('the case has no final masses');
  expectMasses(masses, wanted.final, 'final');
  await expectTokens(model, golden, wanted, batch, kinds.length);
}

type State = ReturnType<ReturnType<LanguageModel['startBatch']>['state']>;

/** Compares hidden state and attention of the last position with those of `step0`, `final`, … */
function expectState(golden: Golden, wanted: GoldenCase, state: State, name: string): State {
  expectClose(state.hidden, golden.tensor(wanted.id, `${name}.hidden`), stateTolerance, `${name}: hidden`);
  const attention = golden.tensor(wanted.id, `${name}.attention`);
  expectClose(state.attention, attention, attentionTolerance, `${name}: attention`);
  const byLayer = golden.optionalTensor(wanted.id, `${name}.attention_by_layer`);
  if (byLayer !== null) {
    expectClose(state.attentionByLayer(), byLayer, attentionTolerance, `${name}: attention by layer`);
  }
  return state;
}

/** Decodes greedily after what the batch was fed. */
async function expectTokens(
  model: LanguageModel,
  golden: Golden,
  wanted: GoldenCase,
  batch: ReturnType<LanguageModel['startBatch']>,
  nextPosition: number,
): Promise<void> {
  let firstLogits: Float32Array | null = null;
  const { rows } = await generate(model, batch, [
    {
      maxTokens: wanted.settings.maxTokens,
      endTokens: wanted.stopTokenIds,
      nextPosition,
      choose: (logits) => {
        firstLogits ??= logits.slice();
        return argmax(logits);
      },
    },
  ]);
  const [tokens] = rows;
  expectClose(firstLogits ?? [], golden.tensor(wanted.id, 'final.logits'), stateTolerance, 'logits');
  expect(tokens?.tokenIds).toEqual(wanted.outputTokenIds);
  expect(tokens?.finishReason).toBe(wanted.finishReason);
}
