/**
 * Answers generated questions with a bundle, one at a time, in a process of its own: prints loading time, seconds a
 * question by phase, and peak memory as JSON. The answers' length is fixed by the token limit.
 *
 *   node bench/import/answer-child.ts BUNDLE IMAGE_FOLDER COUNT
 */
import { readFile } from 'node:fs/promises';
import { LanguageModel } from '../../src/main/engine/language-model.ts';
import { z } from 'zod';
import { answerQuestions, meanPhases } from '../latent/answer-questions.ts';
import { generateQuestions } from '../latent/generate-questions.ts';

const phasesSchema = z.object({
  vision: z.number(),
  prefill: z.number(),
  latent: z.number(),
  decode: z.number(),
  total: z.number(),
});
export const answerMeasurementSchema = z.object({
  loadSeconds: z.number(),
  /** One entry for each question, in order: the first one also pays for first use. */
  questions: z.array(phasesSchema),
  tokens: z.array(z.int()),
  promptPositions: z.array(z.int()),
  peakMemoryBytes: z.number(),
  /** Its own memory after the answers, files that it has mapped left out; null where the system does not say (Linux does). */
  ownMemoryBytes: z.number().nullable(),
});
export type AnswerMeasurement = z.infer<typeof answerMeasurementSchema>;

async function ownMemory(): Promise<number | null> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const kilobytes = /^RssAnon:\s*(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}

if (import.meta.main) {
  const [bundle = '', imageFolder = '', count] = process.argv.slice(2);
  const started = performance.now();
  const model = await LanguageModel.open(bundle, { device: 'cpu', threadCount: null });
  const loadSeconds = (performance.now() - started) / 1000;
  const questions = await generateQuestions(model, { count: Number(count), folder: imageFolder });
  const answers = [];
  for (const question of questions) answers.push(...(await answerQuestions(model, [question])));
  const measured: AnswerMeasurement = {
    loadSeconds,
    questions: answers.map((answer) => meanPhases([answer])),
    tokens: answers.map(({ outputTokenCount }) => outputTokenCount ?? 0),
    promptPositions: answers.map(({ trace }) => trace?.promptTokenCount ?? 0),
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    ownMemoryBytes: await ownMemory(),
  };
  await model.dispose();
  process.stdout.write(JSON.stringify(measured));
}
