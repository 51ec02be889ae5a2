/**
 * Seconds a question and questions a second on a device, in the precisions that cards are used with, at batch 1 and at
 * the batch size that is best: `npm run -s bench -- device --device webgpu --preset 7b`. Random weights, the released
 * settings (N = 3, K = 32). Batches double until they gain less than a tenth, do not fit or take too long.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { importModel } from '../src/main/import/import-model.ts';
import { LanguageModel } from '../src/main/engine/language-model.ts';
import { failureOf } from '../src/shared/failure.ts';
import type { Precision } from '../src/shared/bundle.ts';
import { benchCache } from './bench-cache.ts';
import { makeCheckpoint } from './checkpoints/make-checkpoint.ts';
import { presets } from './checkpoints/presets.ts';
import { answerQuestions, meanPhases, type PhaseSeconds } from './latent/answer-questions.ts';
import { generateQuestions, type GeneratedQuestion } from './latent/generate-questions.ts';
import { imageSlotCount, latentSettings, promptPositions } from './latent/settings.ts';
import { sayProgress } from './progress-line.ts';
import type { BenchOptions } from './run.ts';

const precisions = ['int4', 'f16'] as const satisfies readonly Precision[];
const largestBatch = 64;
const worthwhileGain = 1.1;
const longestBatchSeconds = 60;

type Row = Readonly<{ batch: number; secondsPerQuestion: number; secondsByPhase: PhaseSeconds; teraflops: number }>;

export const bench = {
  name: 'device',
  describe: 'seconds a question and questions/s on --device, int4 and f16, batch 1 and the best (--preset 7b)',
  async run({ device, preset }: BenchOptions) {
    const folder = join(benchCache, preset);
    const checkpoint = join(folder, 'checkpoint');
    sayProgress(`making the random checkpoint in ${checkpoint} (once) …`);
    await makeCheckpoint(presets[preset], checkpoint);
    const ours: Record<string, unknown> = {};
    const rows: Record<string, readonly Row[]> = {};
    for (const precision of precisions) {
      const bundle = join(folder, `device-${precision}`);
      sayProgress(`importing as ${precision} …`);
      await importModel(
        { source: checkpoint, out: bundle, precision, replace: existsSync(bundle) },
        { onProgress: () => undefined, signal: new AbortController().signal },
      );
      const model = await LanguageModel.open(bundle, { device, threadCount: null });
      const questions = await generateQuestions(model, { count: largestBatch, folder: join(folder, 'images') });
      const measured = await measureBatches(model, questions, preset).catch(refusalOf);
      await model.dispose();
      if (typeof measured === 'string') {
        ours[precision] = measured;
        continue;
      }
      rows[precision] = measured;
      const best = measured.toSorted((a, b) => a.secondsPerQuestion - b.secondsPerQuestion)[0];
      ours[`${precision} seconds per question, batch 1`] = measured[0]?.secondsPerQuestion;
      ours[`${precision} questions per second, batch ${best?.batch ?? 0}`] =
        1 / (best?.secondsPerQuestion ?? Number.NaN);
    }
    return { ours, peer: null, ratio: null, details: { device, preset, settings: latentSettings, rows } };
  },
};

/** Why the device does not take a precision; anything else is thrown on. */
function refusalOf(error: unknown): string {
  const failure = failureOf(error);
  if (failure?.kind !== 'device-unavailable') throw error;
  return failure.message;
}

async function measureBatches(
  model: LanguageModel,
  questions: readonly GeneratedQuestion[],
  preset: BenchOptions['preset'],
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let batch = 1; batch <= largestBatch; batch *= 2) {
    const asked = questions.slice(0, batch);
    try {
      // The first time prepares kernels for these shapes.
      await answerQuestions(model, asked);
      const answers = await answerQuestions(model, asked);
      const secondsByPhase = meanPhases(answers);
      const secondsPerQuestion = secondsByPhase.total;
      rows.push({
        batch,
        secondsPerQuestion,
        secondsByPhase,
        teraflops: operationsPerQuestion(preset) / secondsPerQuestion / 1e12,
      });
      sayProgress(`batch ${batch}: ${secondsPerQuestion.toFixed(3)} s a question`);
    } catch (error) {
      if (failureOf(error)?.kind !== 'out-of-memory' || rows.length === 0) throw error;
      sayProgress(`batch ${batch} does not fit`);
      break;
    }
    const [last, before] = [rows.at(-1), rows.at(-2)];
    if (last === undefined || last.secondsPerQuestion * batch > longestBatchSeconds) break;
    if (before !== undefined && before.secondsPerQuestion / last.secondsPerQuestion < worthwhileGain) break;
  }
  return rows;
}

/** Floating-point operations in the products with weights: the limit on paper is these by the device's own figure. */
function operationsPerQuestion(preset: BenchOptions['preset']): number {
  const { text, vision } = presets[preset];
  const { hiddenSize, layerCount, headCount, keyValueHeadCount, headSize, intermediateSize, vocabularySize } = text;
  const attention = hiddenSize * headSize * (2 * headCount + 2 * keyValueHeadCount);
  const decoder = layerCount * (attention + 3 * hiddenSize * intermediateSize);
  const { latentSteps, patchesPerStep, maxTokens } = latentSettings;
  const positions = promptPositions + latentSteps * (patchesPerStep + 1) + maxTokens - 1;
  const block = 4 * vision.embedDim ** 2 + 2 * vision.embedDim * vision.intermediateSize;
  const merged = vision.embedDim * vision.spatialMergeSize ** 2;
  const tower = vision.spatialMergeSize ** 2 * vision.depth * block + merged * (merged + hiddenSize);
  return 2 * (decoder * positions + tower * imageSlotCount + hiddenSize * vocabularySize * maxTokens);
}
