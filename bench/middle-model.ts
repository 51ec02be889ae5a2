/** Our side of the engine benchmark: the random checkpoint imported at a precision, and questions answered with it. */
import { join } from 'node:path';
import { importModel } from '../src/main/builder/import-model.ts';
import { LanguageModel } from '../src/main/engine/language-model.ts';
import { ivtLr } from '../src/main/methods/ivt-lr.ts';
import type { EngineQuestion } from '../src/main/engine/protocol.ts';
import type { Precision } from '../src/shared/bundle.ts';
import { PenumbraFailure } from '../src/shared/failure.ts';
import type { Answer } from '../src/shared/prediction.ts';
import { resolveRunSettings, type RunSettingsInput } from '../src/shared/run-settings.ts';
import { sayProgress } from './progress-line.ts';

/** Imports anew each time: the builder is part of what is measured. */
export async function openMiddleModel(checkpoint: string, precision: Precision): Promise<LanguageModel> {
  const out = join(checkpoint, '..', precision);
  sayProgress(`importing as ${precision} …`);
  await importModel(
    { source: checkpoint, out, precision, replace: true },
    { onProgress: () => undefined, signal: new AbortController().signal },
  );
  return await LanguageModel.open(out, { threadCount: null });
}

export async function answerQuestions(
  model: LanguageModel,
  settings: RunSettingsInput,
  questions: readonly EngineQuestion[],
): Promise<Answer[]> {
  const resolved = resolveRunSettings(settings, model.bundle.trainedFor);
  const predictions = await ivtLr.answer(model, resolved, questions);
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

/** Mean seconds of a question by phase. */
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
