/**
 * Prefill and latent steps of one question as one graph, against step by step as the engine does it: the same weights,
 * questions and patches, each question both ways in turn. Time from the embedded prompt to the hidden state with
 * which the answer begins; memory of either session.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { builderVersion } from '../src/main/builder/builder-version.ts';
import { importModel } from '../src/main/import/import-model.ts';
import { writeGraphVariant } from '../src/main/builder/graph-file.ts';
import { qwen2VlDecoder } from '../src/main/backbones/qwen2-vl/graphs/graphs.ts';
import { partEncodings } from '../src/main/builder/precision.ts';
import { LanguageModel } from '../src/main/engine/language-model.ts';
import { OnnxSession } from '../src/main/engine/onnx-session.ts';
import type { Answer } from '../src/shared/prediction.ts';
import { benchCache } from './bench-cache.ts';
import { makeCheckpoint } from './checkpoints/make-checkpoint.ts';
import { presets } from './checkpoints/presets.ts';
import { answerQuestions } from './latent/answer-questions.ts';
import { generateQuestions } from './latent/generate-questions.ts';
import { imageSlotCount, latentSettings } from './latent/settings.ts';
import { sayProgress } from './progress-line.ts';
import { median } from './quantile.ts';
import type { BenchOptions } from './run.ts';
import { unrolledLatentGraph } from './unrolled/latent-graph.ts';
import { reasonInOneRun, type OneRun } from './unrolled/one-run.ts';

const questionCount = 8;
const precision = 'f32';

export const bench = {
  name: 'unrolled',
  describe: 'prefill and latent steps as one graph, against step by step',
  async run({ device, preset }: BenchOptions) {
    const folder = join(benchCache, preset);
    const checkpoint = join(folder, 'checkpoint');
    sayProgress(`making the random checkpoint in ${checkpoint} (once) …`);
    await makeCheckpoint(presets[preset], checkpoint);
    const bundle = join(folder, 'unrolled');
    await rm(bundle, { recursive: true, force: true });
    sayProgress(`importing as ${precision} …`);
    await importModel(
      { source: checkpoint, out: bundle, precision },
      { onProgress: () => undefined, signal: new AbortController().signal },
    );
    const path = await writeUnrolled(bundle, preset);
    const options = { device, threadCount: null };
    const memoryBytes = {
      decoder: await residentBytes(() => OnnxSession.open(join(bundle, 'decoder.onnx'), options)),
      unrolled: await residentBytes(() => OnnxSession.open(path, options)),
    };
    const model = await LanguageModel.open(bundle, options);
    const unrolled = await OnnxSession.open(path, options);
    try {
      // The first question prepares kernels on both sides.
      const questions = await generateQuestions(model, { count: questionCount + 1, folder: join(folder, 'images') });
      const pairs: Pair[] = [];
      for (const question of questions) {
        sayProgress(`question ${pairs.length} of ${questionCount} …`);
        const [answer] = await answerQuestions(model, [question]);
        if (answer === undefined) throw new Error('one question has one answer');
        pairs.push({ answer, oneRun: await reasonInOneRun(model, unrolled, question) });
      }
      return summarise(pairs.slice(1), { device, preset, memoryBytes });
    } finally {
      await unrolled.dispose();
      await model.dispose();
    }
  },
};

type Pair = Readonly<{ answer: Answer; oneRun: OneRun }>;

async function writeUnrolled(bundle: string, preset: BenchOptions['preset']): Promise<string> {
  const { text } = presets[preset];
  const encoding = partEncodings[precision].decoder;
  const shape = {
    slotCount: imageSlotCount,
    stepCount: latentSettings.latentSteps,
    patchCount: latentSettings.patchesPerStep,
  };
  await writeGraphVariant(unrolledLatentGraph(text, encoding, shape), qwen2VlDecoder(text, encoding, 'heads-first'), {
    folder: bundle,
    name: 'latent-unrolled',
    dataName: 'decoder',
    builderVersion,
  });
  return join(bundle, 'latent-unrolled.onnx');
}

/** By how much opening a session makes the process larger. */
async function residentBytes(open: () => Promise<OnnxSession>): Promise<number> {
  const before = process.memoryUsage.rss();
  const session = await open();
  const bytes = process.memoryUsage.rss() - before;
  await session.dispose();
  return bytes;
}

function summarise(pairs: readonly Pair[], details: Readonly<Record<string, unknown>>) {
  const stepwise = pairs.map(({ answer }) => (answer.timings?.prefillMs ?? 0) + (answer.timings?.latentMs ?? 0));
  const unrolled = pairs.map(({ oneRun }) => oneRun.milliseconds);
  const ratios = stepwise.map((milliseconds, index) => (unrolled[index] ?? Number.NaN) / milliseconds);
  const same = pairs.filter(
    ({ answer, oneRun }) =>
      JSON.stringify(answer.trace?.steps.map(({ selectedSlots }) => selectedSlots)) === JSON.stringify(oneRun.selected),
  ).length;
  return {
    ours: { stepByStepMs: median(stepwise) },
    peer: { oneGraphMs: median(unrolled) },
    ratio: median(ratios),
    details: {
      ...details,
      questions: pairs.length,
      samePatches: same,
      ratioByQuestion: ratios,
      settings: latentSettings,
    },
  };
}
