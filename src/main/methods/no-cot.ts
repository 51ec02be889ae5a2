/**
 * No-CoT: ordinary prompting, the answer straight after question and options. Qwen2-VL's own dynamic image size and
 * real mRoPE positions, greedy decoding: what transformers' `generate` does with the plain checkpoint.
 */
import type { Prediction } from '../../shared/prediction.ts';
import type { RunSettings } from '../../shared/run-settings.ts';
import { decodeGreedily } from '../engine/greedy.ts';
import type { LanguageModel } from '../engine/language-model.ts';
import { withBatch } from '../engine/sequence-batch.ts';
import { mropePositions, type PlacedImage } from '../vlm/qwen2-vl/rope.ts';
import { batchTimings, PhaseClock } from './batch-timings.ts';
import { mergePredictions } from './merge-predictions.ts';
import type { ReasoningMethod } from './method.ts';
import { answeredPrediction } from './prediction.ts';
import { embedQuestions, prepareQuestions, type PromptedQuestion } from './prompted-question.ts';

export const noCot: ReasoningMethod = {
  name: 'no-cot',
  imageResize: () => ({ kind: 'dynamic' }),
  async answer(model, settings, questions, ahead = null) {
    const resize = noCot.imageResize(model.bundle);
    const preparations = await prepareQuestions(model, settings, questions, { resize, ahead, latentPositions: 0 });
    return await mergePredictions(preparations, (prompted) => answerBatch(model, settings, prompted));
  },
};

async function answerBatch(
  model: LanguageModel,
  settings: RunSettings,
  prompted: readonly PromptedQuestion[],
): Promise<Prediction[]> {
  const clock = new PhaseClock();
  const embedded = await embedQuestions(model, prompted);
  clock.end('vision');

  const merge = model.bundle.vision.spatialMergeSize;
  const feeds = embedded.map(({ promptEmbeds, prompted: question }) => ({
    embeds: promptEmbeds,
    positions: mropePositions(question.prompt.tokenIds.length, placedImages(question), merge),
  }));
  const generated = await withBatch(model.startBatch(feeds.length), async (batch) => {
    await batch.feed(feeds);
    clock.end('prefill');
    return await decodeGreedily(model, batch, {
      maxTokens: settings.maxTokens,
      endTokens: model.bundle.specialTokens.endOfSequence,
      nextPositions: feeds.map(({ positions }) => positions.next),
    });
  });
  clock.end('decode');

  const timings = batchTimings(clock, prompted);
  return prompted.map((question, index) =>
    answeredPrediction(model, {
      prompted: question,
      tokens: generated[index],
      timings: timings[index],
      steps: [],
      stoppedEarly: false,
    }),
  );
}

/** Where each image lies in the prompt, and the patch grid that fills it. */
function placedImages({ images, prompt }: PromptedQuestion): PlacedImage[] {
  return images.map(({ gridThw }, index) => {
    const span = prompt.imageSpans[index];
    if (span === undefined) throw new Error('every image has its slots in the prompt');
    return { ...span, gridThw };
  });
}
