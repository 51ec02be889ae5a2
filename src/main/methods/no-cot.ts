/**
 * No-CoT: ordinary prompting, the answer straight after question and options. Qwen2-VL's own dynamic image size and
 * real mRoPE positions, greedy decoding: what transformers' `generate` does with the plain checkpoint.
 */
import type { Prediction } from '../../shared/prediction.ts';
import type { RunSettings } from '../../shared/run-settings.ts';
import { decodeGreedily } from '../engine/greedy.ts';
import type { LanguageModel } from '../engine/language-model.ts';
import { mropePositions } from '../vlm/qwen2-vl/rope.ts';
import { batchTimings, PhaseClock } from './batch-timings.ts';
import { mergePredictions } from './merge-predictions.ts';
import type { ReasoningMethod } from './method.ts';
import { embedPrompt, prepareQuestions, type PromptedQuestion } from './prompted-question.ts';

export const noCot: ReasoningMethod = {
  name: 'no-cot',
  async answer(model, settings, questions) {
    const preparations = await prepareQuestions(
      model,
      settings,
      questions,
      { kind: 'dynamic' },
      { extraPositions: settings.maxTokens },
    );
    return await mergePredictions(preparations, (prompted) => answerBatch(model, settings, prompted));
  },
};

async function answerBatch(
  model: LanguageModel,
  settings: RunSettings,
  prompted: readonly PromptedQuestion[],
): Promise<Prediction[]> {
  const clock = new PhaseClock();
  const embeds = await model.encodeImages(prompted.flatMap(({ images }) => images));
  clock.end('vision');

  let taken = 0;
  const rows = prompted.map(({ images, prompt }) => {
    const own = embeds.slice(taken, taken + images.length);
    taken += images.length;
    const placed = images.map(({ gridThw }, index) => {
      const span = prompt.imageSpans[index];
      if (span === undefined) throw new Error('every image has its slots in the prompt');
      return { ...span, gridThw };
    });
    const positions = mropePositions(prompt.tokenIds.length, placed, model.bundle.vision.spatialMergeSize);
    return { feed: { embeds: embedPrompt(model, prompt, own), positions }, next: positions.next };
  });
  const batch = model.startBatch(prompted.length);
  await batch.feed(rows.map(({ feed }) => feed));
  clock.end('prefill');

  const generated = await decodeGreedily(model, batch, {
    maxTokens: settings.maxTokens,
    endTokens: model.bundle.specialTokens.endOfSequence,
    nextPositions: rows.map(({ next }) => next),
  });
  clock.end('decode');

  const timings = batchTimings(clock, prompted);
  return prompted.map(({ question, images, prompt }, index) => {
    const tokens = generated[index];
    const timing = timings[index];
    if (tokens === undefined || timing === undefined) throw new Error('every row has tokens and times');
    return {
      status: 'answered',
      sampleId: question.sampleId,
      answer: {
        outputText: model.tokenizer.decode(tokens.tokenIds, { skipSpecialTokens: true }),
        outputTokenCount: tokens.tokenIds.length,
        arSteps: tokens.tokenIds.length,
        finishReason: tokens.finishReason,
        timings: timing,
        trace: {
          image: images.at(-1)?.geometry ?? null,
          promptTokenCount: prompt.tokenIds.length,
          imageCount: images.length,
          stoppedEarly: false,
          steps: [],
        },
        messages: null,
        prompt: prompt.text,
      },
    };
  });
}
