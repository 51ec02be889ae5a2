/** A method's result for one question, in the shape that runs store. */
import type { Prediction } from '../../shared/prediction.ts';
import { type LatentStep, type Timings, withoutCalls } from '../../shared/trace.ts';
import type { GeneratedTokens } from '../engine/generate.ts';
import type { LanguageModel } from '../engine/language-model.ts';
import type { PromptedQuestion } from './prompted-question.ts';

export type AnswerParts = Readonly<{
  prompted: PromptedQuestion;
  tokens: GeneratedTokens | undefined;
  timings: Timings | undefined;
  steps: LatentStep[];
  stoppedEarly: boolean;
}>;

/** Autoregressive steps are the latent steps and the generated tokens, end-of-sequence included (the paper's measure). */
export function answeredPrediction(model: LanguageModel, parts: AnswerParts): Prediction {
  const { prompted, tokens, timings, steps, stoppedEarly } = parts;
  if (tokens === undefined || timings === undefined) throw new Error('every question has tokens and times');
  return {
    status: 'answered',
    sampleId: prompted.question.sampleId,
    answer: {
      outputText: model.tokenizer.decode(tokens.tokenIds, { skipSpecialTokens: true }),
      outputTokenCount: tokens.tokenIds.length,
      arSteps: steps.length + tokens.tokenIds.length,
      finishReason: tokens.finishReason,
      timings,
      trace: {
        image: prompted.images.at(-1)?.geometry ?? null,
        promptTokenCount: prompted.prompt.tokenIds.length,
        imageCount: prompted.images.length,
        stoppedEarly,
        ...withoutCalls,
        steps,
      },
      messages: null,
      prompt: prompted.prompt.text,
    },
  };
}
