/**
 * Loads a bundle and answers generated questions in batches, in a process of its own, and stops where its memory is to
 * be read: it says which point it has reached, and goes on when it is told to.
 *
 *   fork('answer-child.ts', [BUNDLE, IMAGE_FOLDER, COUNT, BATCH])
 */
import { z } from 'zod';
import { LanguageModel } from '../../src/main/engine/language-model.ts';
import { answerQuestions } from '../latent/answer-questions.ts';
import { generateQuestions } from '../latent/generate-questions.ts';

export const reachedSchema = z.discriminatedUnion('point', [
  z.object({ point: z.literal('started') }),
  z.object({ point: z.literal('loaded') }),
  z.object({
    point: z.literal('answered'),
    /** The longest sequence: prompt, latent steps, answer. */
    positions: z.int(),
  }),
]);
export type Reached = z.infer<typeof reachedSchema>;

async function pauseAt(reached: Reached): Promise<void> {
  const told = new Promise((resolve) => process.once('message', resolve));
  process.send?.(reached);
  await told;
}

if (import.meta.main) {
  const [bundle = '', imageFolder = '', count, batch] = process.argv.slice(2);
  await pauseAt({ point: 'started' });
  const model = await LanguageModel.open(bundle, { device: 'cpu', threadCount: null });
  await pauseAt({ point: 'loaded' });
  const questions = await generateQuestions(model, { count: Number(count), folder: imageFolder });
  let positions = 0;
  for (let from = 0; from < questions.length; from += Number(batch)) {
    for (const { trace, outputTokenCount } of await answerQuestions(
      model,
      questions.slice(from, from + Number(batch)),
    )) {
      const latent = trace?.steps.reduce((sum, { selectedSlots }) => sum + selectedSlots.length + 1, 0) ?? 0;
      positions = Math.max(positions, (trace?.promptTokenCount ?? 0) + latent + (outputTokenCount ?? 0) - 1);
    }
  }
  await pauseAt({ point: 'answered', positions });
  await model.dispose();
  process.disconnect();
}
