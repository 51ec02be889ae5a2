/** Logits after the prompt, before any latent step: how far a precision is from float32 in numbers. */
import type { LanguageModel } from '../../src/main/engine/language-model.ts';
import { withBatch } from '../../src/main/engine/sequence-batch.ts';
import { feedPrompts, prepareForLatentSteps } from '../../src/main/methods/ivt-lr.ts';
import { embedQuestions } from '../../src/main/methods/prompted-question.ts';
import { PenumbraFailure } from '../../src/shared/failure.ts';
import { resolveRunSettings } from '../../src/shared/run-settings.ts';
import type { DemoQuestion } from '../../test/support/demo-answers.ts';

const batchSize = 8;

/** [V] of each question. */
export async function firstLogits(model: LanguageModel, questions: readonly DemoQuestion[]): Promise<Float32Array[]> {
  const settings = resolveRunSettings({ method: 'ivt-lr' }, model.bundle.trainedFor);
  const logits: Float32Array[] = [];
  for (let start = 0; start < questions.length; start += batchSize) {
    const preparations = await prepareForLatentSteps(model, settings, questions.slice(start, start + batchSize));
    const prompted = preparations.map((preparation) => {
      if (!preparation.ok) throw new PenumbraFailure(preparation.failure);
      return preparation.prompted;
    });
    const embedded = await embedQuestions(model, prompted);
    const rows = await withBatch(model.startBatch(embedded.length), async (batch) => {
      await feedPrompts(batch, embedded);
      return await model.logits(embedded.map((_, row) => batch.state(row).hidden));
    });
    logits.push(...rows);
  }
  return logits;
}

export type LogitDistance = Readonly<{
  /** Largest difference anywhere. */
  largest: number;
  /** Root mean square of the differences over that of the reference. */
  relative: number;
  /** Share of the questions with the same likeliest token. */
  sameToken: number;
}>;

/** Both hold one [V] for each question. */
export function logitDistance(found: readonly Float32Array[], reference: readonly Float32Array[]): LogitDistance {
  let largest = 0;
  let differences = 0;
  let squares = 0;
  let same = 0;
  for (const [question, wanted] of reference.entries()) {
    const values = found[question] ?? new Float32Array(0);
    for (const [token, value] of wanted.entries()) {
      const difference = Math.abs((values[token] ?? Number.NaN) - value);
      largest = Math.max(largest, difference);
      differences += difference ** 2;
      squares += value ** 2;
    }
    same += Number(likeliest(values) === likeliest(wanted));
  }
  return { largest, relative: Math.sqrt(differences / squares), sameToken: same / reference.length };
}

const likeliest = (values: Float32Array): number => values.indexOf(values.reduce((a, b) => Math.max(a, b), -Infinity));
