/**
 * IVT-LR: interleaved vision-text latent reasoning (arXiv 2510.12603 and its released code).
 *
 *   seq = prompt embeddings, image slots filled ; pool = all slots of the last image
 *   repeat N times:  h, a = decoder(seq), last position ; P = K slots of pool by a ; seq = seq ++ E[P] ++ [h]
 *   answer = tokens until end-of-sequence, greedy by default
 *
 * Positions are plain 0..T-1, image slots included; the image is stretched to one fixed size. A cache makes this
 * exact: one prefill, then K + 1 positions for each step. Interventions are ours (docs/method.md).
 */
import { latentSlotCount } from '../../shared/bundle.ts';
import type { Prediction } from '../../shared/prediction.ts';
import type { RunSettings } from '../../shared/run-settings.ts';
import type { LatentStep } from '../../shared/trace.ts';
import { generate } from '../engine/generate.ts';
import type { ImagesAhead } from '../engine/images-ahead.ts';
import type { LanguageModel } from '../engine/language-model.ts';
import type { EngineQuestion } from '../engine/protocol.ts';
import { withBatch, type RowFeed, type RowState, type SequenceBatch } from '../engine/sequence-batch.ts';
import { plainPositions } from '../backbones/positions.ts';
import { batchTimings, PhaseClock } from './batch-timings.ts';
import { attentionMasses, cosine, visionFocus, type PositionKind } from './latent-trace.ts';
import type { ReasoningMethod } from './method.ts';
import { attentionRanks, seededOrder, selectPatches, topSlots } from './patch-selection.ts';
import { answeredPrediction } from './prediction.ts';
import {
  embedQuestions,
  prepareQuestions,
  type EmbeddedQuestion,
  type Preparation,
  type PromptedQuestion,
} from './prompted-question.ts';
import { mergePredictions } from './merge-predictions.ts';
import { tokenChoice } from './token-choice.ts';

/** One question's latent reasoning while it goes on. */
export type Reasoner = {
  readonly prompted: PromptedQuestion;
  /** Vision tower's output of the pool's image, [J, D]. */
  readonly slotEmbeds: Float32Array;
  readonly firstSlot: number;
  readonly slotCount: number;
  pool: number[];
  kinds: PositionKind[];
  steps: LatentStep[];
  /** Hidden state and unrestricted top-K of the previous step, for the adaptive criterion. */
  previous: { hidden: Float32Array; top: Set<number> } | null;
  stoppedEarly: boolean;
};

export const ivtLr: ReasoningMethod = {
  name: 'ivt-lr',
  title: 'IVT-LR',
  summary: 'Interleaved vision-text latent reasoning: N latent steps, each of which takes K patches, then the answer.',
  isLatent: true,
  imageSizing: 'latent',
  async answer(model, settings, questions, ahead = null) {
    const preparations = await prepareForLatentSteps(model, settings, questions, ahead);
    return await mergePredictions(preparations, (prompted) => answerBatch(model, settings, prompted));
  },
};

/** Prompts with images at the fixed size of latent reasoning. */
export function prepareForLatentSteps(
  model: LanguageModel,
  settings: RunSettings,
  questions: readonly EngineQuestion[],
  ahead: ImagesAhead | null = null,
): Promise<Preparation[]> {
  return prepareQuestions(model, settings, questions, {
    sizing: ivtLr.imageSizing,
    ahead,
    latentPositions: latentPositions(settings, latentSlotCount(model.bundle)),
  });
}

/** The most positions that N steps append to a question of J slots: K patches while the pool has them, and h. */
export function latentPositions(
  { latentSteps, patchesPerStep, intervention }: RunSettings,
  /** J */ slotCount: number,
): number {
  if (intervention === 'no-latent') return 0;
  const perStep = Math.min(patchesPerStep, slotCount);
  const patches =
    intervention === 'no-latent-vision'
      ? 0
      : intervention === 'allow-reuse'
        ? latentSteps * perStep
        : Math.min(latentSteps * perStep, slotCount);
  return patches + (intervention === 'no-latent-text' ? 0 : latentSteps);
}

async function answerBatch(
  model: LanguageModel,
  settings: RunSettings,
  prompted: readonly PromptedQuestion[],
): Promise<Prediction[]> {
  const clock = new PhaseClock();
  const embedded = await embedQuestions(model, prompted);
  clock.end('vision');

  const reasoners = embedded.map(startReasoner);
  const generated = await withBatch(model.startBatch(embedded.length), async (batch) => {
    await feedPrompts(batch, embedded);
    clock.end('prefill');

    await reasonInLatentSpace(model, settings, batch, reasoners);
    await feedClosings(model, batch, reasoners);
    clock.end('latent');

    const endTokens = model.bundle.specialTokens.endOfSequence.slice(0, 1);
    const { rows } = await generate(
      model,
      batch,
      reasoners.map(({ kinds, prompted: { question, prompt } }) => ({
        maxTokens: settings.maxTokens,
        endTokens,
        nextPosition: kinds.length,
        ...tokenChoice(settings, {
          sampleId: question.sampleId,
          callIndex: 0,
          promptTokenIds: prompt.tokenIds,
          tokenizer: model.tokenizer,
          stopStrings: [],
        }),
      })),
    );
    return rows;
  });
  clock.end('decode');

  const timings = batchTimings(clock, prompted);
  return reasoners.map((reasoner, index) =>
    answeredPrediction(model, { ...reasoner, tokens: generated[index], timings: timings[index] }),
  );
}

/** Lets a new batch read the prompts, image slots at plain positions like text. */
export async function feedPrompts(batch: SequenceBatch, embedded: readonly EmbeddedQuestion[]): Promise<void> {
  await batch.feed(
    embedded.map(({ promptEmbeds, prompted: { prompt } }) => ({
      embeds: promptEmbeds,
      positions: plainPositions(prompt.tokenIds.length),
    })),
  );
}

/** Lets the batch read what a family has between the steps and the answer. */
async function feedClosings(model: LanguageModel, batch: SequenceBatch, reasoners: readonly Reasoner[]): Promise<void> {
  if (reasoners.every(({ prompted }) => prompted.prompt.closingIds.length === 0)) return;
  await batch.feed(
    reasoners.map(({ kinds, prompted: { prompt } }) => {
      const positions = plainPositions(prompt.closingIds.length, kinds.length);
      kinds.push(...prompt.closingIds.map((): PositionKind => 'text'));
      return { embeds: model.embed(prompt.closingIds), positions };
    }),
  );
}

export function startReasoner({ prompted, imageEmbeds }: EmbeddedQuestion): Reasoner {
  const span = prompted.prompt.imageSpans.at(-1) ?? { start: 0, count: 0 };
  const kinds = prompted.prompt.tokenIds.map((): PositionKind => 'text');
  for (const { start, count } of prompted.prompt.imageSpans) kinds.fill('image', start, start + count);
  return {
    prompted,
    slotEmbeds: imageEmbeds.at(-1) ?? new Float32Array(0),
    firstSlot: span.start,
    slotCount: span.count,
    pool: Array.from({ length: span.count }, (_, slot) => slot),
    kinds,
    steps: [],
    previous: null,
    stoppedEarly: false,
  };
}

/** Runs the latent steps of all rows in lock-step; a row that has converged feeds nothing more. */
async function reasonInLatentSpace(
  model: LanguageModel,
  settings: RunSettings,
  batch: SequenceBatch,
  reasoners: readonly Reasoner[],
): Promise<void> {
  const stepCount = settings.intervention === 'no-latent' ? 0 : settings.latentSteps;
  for (let stepIndex = 0; stepIndex < stepCount; stepIndex++) {
    const feeds = reasoners.map((reasoner, row) => takeStep(model, settings, reasoner, batch.state(row), stepIndex));
    await batch.feed(feeds);
  }
}

/** Decides one row's step and returns the positions that it appends, or null once the row has stopped. */
function takeStep(
  model: LanguageModel,
  settings: RunSettings,
  reasoner: Reasoner,
  state: RowState,
  stepIndex: number,
): RowFeed {
  if (reasoner.stoppedEarly) return null;
  const { firstSlot, slotCount } = reasoner;
  const imageAttention = state.attention.slice(firstSlot, firstSlot + slotCount);
  if (settings.adaptiveStop !== 'off') {
    const current = { hidden: state.hidden, top: topSlots(imageAttention, settings.patchesPerStep) };
    if (reasoner.previous !== null && hasConverged(settings, reasoner.previous, current)) {
      reasoner.stoppedEarly = true;
      return null;
    }
    reasoner.previous = current;
  }

  const selectedSlots = choosePatches(settings, reasoner, imageAttention, stepIndex);
  const ranks = attentionRanks(imageAttention, reasoner.pool);
  reasoner.steps.push({
    stepIndex,
    selectedSlots,
    scores: selectedSlots.map((slot) => imageAttention[slot] ?? 0),
    ranks: selectedSlots.map((slot) => ranks.get(slot) ?? 1),
    pool: reasoner.pool,
    ...attentionMasses(state.attention, reasoner.kinds),
    visionFocus: visionFocus(imageAttention),
    imageAttention: [...imageAttention],
  });
  if (settings.intervention !== 'allow-reuse') {
    const used = new Set(selectedSlots);
    reasoner.pool = reasoner.pool.filter((slot) => !used.has(slot));
  }
  return appendStep(model.bundle.text.hiddenSize, settings, reasoner, selectedSlots, state.hidden);
}

function choosePatches(
  settings: RunSettings,
  reasoner: Reasoner,
  imageAttention: Float32Array,
  stepIndex: number,
): number[] {
  if (settings.intervention === 'no-latent-vision') return [];
  const at = (choices: RunSettings['forcedPatches']) =>
    choices.filter(({ step }) => step === stepIndex).flatMap(({ slots }) => slots);
  return selectPatches({
    scores: imageAttention,
    pool: reasoner.pool,
    count: settings.patchesPerStep,
    rule:
      settings.intervention === 'random-patches'
        ? 'random'
        : settings.intervention === 'least-attended'
          ? 'least-attended'
          : 'most-attended',
    forced: at(settings.forcedPatches),
    banned: at(settings.bannedPatches),
    randomOrder: seededOrder(settings.seed, reasoner.prompted.question.sampleId, stepIndex),
  });
}

/** Embeddings and positions of one step in the chosen layout; the row's kinds grow with it. */
export function appendStep(
  size: number,
  settings: RunSettings,
  reasoner: Reasoner,
  selectedSlots: readonly number[],
  hidden: Float32Array,
): RowFeed {
  const patches = selectedSlots.map((slot) => ({
    kind: 'latentVision' as const,
    embedding: reasoner.slotEmbeds.subarray(slot * size, (slot + 1) * size),
  }));
  const latentText =
    settings.intervention === 'no-latent-text' ? [] : [{ kind: 'latentText' as const, embedding: hidden }];
  const appended =
    settings.stepLayout === 'patches-then-hidden' ? [...patches, ...latentText] : [...latentText, ...patches];
  const embeds = new Float32Array(appended.length * size);
  for (const [index, { embedding }] of appended.entries()) embeds.set(embedding, index * size);
  const positions = plainPositions(appended.length, reasoner.kinds.length);
  reasoner.kinds.push(...appended.map(({ kind }) => kind));
  return { embeds, positions };
}

/**
 * The adaptive criterion, checked before a step is appended: cosine of the last two hidden states, or the share of
 * the unrestricted top-K (over all J slots, the pool ignored) that the last two steps have in common.
 */
function hasConverged(
  settings: RunSettings,
  previous: { hidden: Float32Array; top: Set<number> },
  current: { hidden: Float32Array; top: Set<number> },
): boolean {
  const likeness =
    settings.adaptiveStop === 'hidden'
      ? cosine(previous.hidden, current.hidden)
      : current.top.intersection(previous.top).size / Math.max(1, current.top.size);
  return likeness >= settings.adaptiveThreshold;
}
