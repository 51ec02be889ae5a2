/** Questions answered with a loaded model, and the time they took by phase. */
import type { LanguageModel } from '../../src/main/engine/language-model.ts';
import type { EngineQuestion } from '../../src/main/engine/protocol.ts';
import { ivtLr } from '../../src/main/methods/ivt-lr.ts';
import { PenumbraFailure } from '../../src/shared/failure.ts';
import type { Answer } from '../../src/shared/prediction.ts';
import { resolveRunSettings } from '../../src/shared/run-settings.ts';
import { latentSettings } from './settings.ts';

/** Answers the questions as one batch. A question that fails ends the benchmark. */
export async function answerQuestions(model: LanguageModel, questions: readonly EngineQuestion[]): Promise<Answer[]> {
  const settings = resolveRunSettings(latentSettings, model.bundle.trainedFor);
  const predictions = await ivtLr.answer(model, settings, questions);
  return predictions.map((prediction) => {
    if (prediction.status === 'failed') throw new PenumbraFailure(prediction.failure);
    return prediction.answer;
  });
}

export type PhaseSeconds = Readonly<{
  vision: number;
  prefill: number;
  latent: number;
  decode: number;
  total: number;
}>;

/** Mean seconds of a question by phase; decoding and preprocessing of its picture are not part of it. */
export function meanPhases(answers: readonly Answer[]): PhaseSeconds {
  const mean = (read: (timings: NonNullable<Answer['timings']>) => number): number =>
    answers.reduce((sum, { timings }) => sum + (timings === null ? 0 : read(timings)), 0) / answers.length / 1000;
  return {
    vision: mean(({ visionMs }) => visionMs),
    prefill: mean(({ prefillMs }) => prefillMs),
    latent: mean(({ latentMs }) => latentMs),
    decode: mean(({ decodeMs }) => decodeMs),
    total: mean(({ totalMs }) => totalMs),
  };
}
