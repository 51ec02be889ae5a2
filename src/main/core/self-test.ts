/**
 * The self-test of a device: a very small checkpoint is imported and answers one question in a fresh engine process.
 * Patches and tokens must be those of the PyTorch reference (trainer/golden/make_self_test.py), scores nearly. So
 * the whole way is covered: import, graphs, runtime, preprocessing, tokenizer, latent steps.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { importModel } from '../import/import-model.ts';
import type { OnnxDevice } from '../engine/devices.ts';
import type { EngineQuestion } from '../engine/protocol.ts';
import type { EngineHost } from '../runs/engine-host.ts';
import { EngineSupervisor } from '../runs/engine-supervisor.ts';
import { failureOf, type Failure } from '../../shared/failure.ts';
import type { Answer } from '../../shared/prediction.ts';
import { resolveRunSettings, runSettingsSchema } from '../../shared/run-settings.ts';

const expectedSchema = z.object({
  question: z.object({
    sampleId: z.string(),
    question: z.string(),
    choices: z.array(z.string()),
    context: z.string(),
    image: z.string(),
  }),
  settings: runSettingsSchema.omit({ method: true, batchSize: true, device: true }),
  promptTokenIds: z.array(z.int()),
  outputTokenIds: z.array(z.int()),
  outputText: z.string(),
  finishReason: z.enum(['end', 'length']),
  /** Score of the last selected patch above the best one left, the smallest over the steps. */
  minSelectionGap: z.number().positive(),
  /** `scores` of all J slots. */
  steps: z.array(z.object({ selectedSlots: z.array(z.int()), scores: z.array(z.number()) })),
});
export type SelfTestExpectation = z.infer<typeof expectedSchema>;

export type SelfTestResult = Readonly<{
  passed: boolean;
  /** False where the runtime does not offer the device on this machine: nothing could be tested. */
  isAvailable: boolean;
  /** One plain sentence: how long the answer took, or what is wrong. */
  detail: string;
  /** Null when no engine could be started. */
  onnxruntimeVersion: string | null;
}>;

/** The question and what the reference answers. */
export async function readExpectation(folder: string): Promise<SelfTestExpectation> {
  return expectedSchema.parse(JSON.parse(await readFile(join(folder, 'expected.json'), 'utf8')));
}

/**
 * Runs the self-test of `folder` (resources/self-test) on a device, of several GPUs on that one. What goes wrong on
 * this machine is a result; only a bug is thrown. Leaves nothing behind.
 */
export async function runSelfTest(
  device: OnnxDevice,
  host: EngineHost,
  folder: string,
  gpu = 0,
): Promise<SelfTestResult> {
  const expected = await readExpectation(folder);
  const temporary = await mkdtemp(join(tmpdir(), 'penumbra-self-test-'));
  const bundlePath = join(temporary, 'bundle');
  const engine = new EngineSupervisor(host, { bundlePath, fingerprint: null, device, gpu, threadCount: null });
  let onnxruntimeVersion: string | null = null;
  try {
    await importModel(
      { source: join(folder, 'checkpoint'), out: bundlePath, precision: 'f32' },
      { onProgress: () => undefined, signal: new AbortController().signal },
    );
    ({ onnxruntimeVersion } = await engine.ready());
    const { settings: input } = expected;
    const settings = resolveRunSettings(
      { ...input, method: 'ivt-lr', batchSize: 1, device },
      { ...input, method: 'ivt-lr' },
    );
    const started = performance.now();
    const [prediction] = await engine.answer(settings, [await questionOf(expected, folder)]);
    const milliseconds = performance.now() - started;
    if (prediction === undefined) throw new Error('the engine gave no prediction');
    const problem =
      prediction.status === 'failed' ? prediction.failure.message : findDifference(prediction.answer, expected);
    return problem === null
      ? {
          passed: true,
          isAvailable: true,
          detail: `equals the reference (${milliseconds.toFixed(0)} ms)`,
          onnxruntimeVersion,
        }
      : { passed: false, isAvailable: true, detail: problem, onnxruntimeVersion };
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    const isAvailable = failure.kind !== 'device-unavailable';
    return { passed: false, isAvailable, detail: describe(failure), onnxruntimeVersion };
  } finally {
    await engine.close();
    await rm(temporary, { recursive: true, force: true });
  }
}

/** A device that is not there has a remedy at most; of everything else the runtime's own words are wanted. */
function describe({ kind, message, place, found, action = '' }: Failure): string {
  if (kind === 'device-unavailable' && place !== undefined) return `${message} ${action}`.trim();
  return found === undefined ? message : `${message} (${found})`;
}

/** The question alone: any model can be asked it. */
export async function readSelfTestQuestion(folder: string): Promise<EngineQuestion> {
  return questionOf(await readExpectation(folder), folder);
}

async function questionOf({ question }: SelfTestExpectation, folder: string): Promise<EngineQuestion> {
  const { image, ...text } = question;
  return { ...text, images: [await readFile(join(folder, image))] };
}

/** The first thing in which an answer differs from the reference's, in words; null when nothing does. */
export function findDifference(answer: Answer, expected: SelfTestExpectation): string | null {
  const steps = answer.trace?.steps ?? [];
  const counts = [
    ['prompt tokens', answer.trace?.promptTokenCount, expected.promptTokenIds.length],
    ['latent steps', steps.length, expected.steps.length],
  ] as const;
  for (const [what, found, wanted] of counts) {
    if (found !== wanted) return `${what}: ${found ?? 'none'} instead of ${wanted}`;
  }
  for (const [index, { selectedSlots, scores }] of expected.steps.entries()) {
    const found = steps[index]?.selectedSlots ?? [];
    if (found.join() !== selectedSlots.join()) {
      return `patches of latent step ${index + 1}: ${found.join(', ')} instead of ${selectedSlots.join(', ')}`;
    }
    const attention = steps[index]?.imageAttention ?? [];
    const largest = Math.max(...scores.map((score, slot) => Math.abs((attention[slot] ?? Number.NaN) - score)));
    // Half the gap: so far off, and the selection was right by luck.
    if (!(largest < expected.minSelectionGap / 2)) {
      return `attention of latent step ${index + 1}: off by ${largest.toExponential(1)}`;
    }
  }
  if (answer.outputText !== expected.outputText || answer.outputTokenCount !== expected.outputTokenIds.length) {
    return `answer: ${JSON.stringify(answer.outputText)} instead of ${JSON.stringify(expected.outputText)}`;
  }
  return answer.finishReason === expected.finishReason ? null : `the answer's end: ${String(answer.finishReason)}`;
}
