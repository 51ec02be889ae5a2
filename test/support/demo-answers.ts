/**
 * The demo's checkpoints answer the demo's questions through the engine, beside what the PyTorch reference answered
 * with the same weights (test/golden/demo, made by trainer/golden/make_demo_answers.py).
 */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { importModel } from '../../src/main/import/import-model.ts';
import { openDataset } from '../../src/main/datasets/open-dataset.ts';
import { LanguageModel } from '../../src/main/engine/language-model.ts';
import type { EngineQuestion } from '../../src/main/engine/protocol.ts';
import { reasoningMethods } from '../../src/main/methods/methods.ts';
import { strictScorer } from '../../src/main/scoring/strict.ts';
import type { Precision } from '../../src/shared/bundle.ts';
import type { Answer } from '../../src/shared/prediction.ts';
import { methods, resolveRunSettings, type Method, type RunSettingsInput } from '../../src/shared/run-settings.ts';
import { answerOf } from './answer-of.ts';

export const demoFolder = fileURLToPath(new URL('../../resources/demo', import.meta.url));
const golden = fileURLToPath(new URL('../golden/demo', import.meta.url));

export const demoCheckpoints = ['checkpoint', 'checkpoint-direct', 'checkpoint-explicit'] as const;
export type DemoCheckpoint = (typeof demoCheckpoints)[number];

const checkpointFolder = (checkpoint: DemoCheckpoint): string => join(demoFolder, checkpoint);

/** Imports one of the checkpoints into a temporary folder, and lets `work` use it. */
export async function withDemoModel<Result>(
  checkpoint: DemoCheckpoint,
  precision: Precision,
  work: (model: LanguageModel) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'penumbra-demo-'));
  try {
    const out = join(folder, checkpoint);
    await importModel(
      { source: checkpointFolder(checkpoint), out, precision, name: checkpoint },
      { onProgress: () => undefined, signal: new AbortController().signal },
    );
    const model = await LanguageModel.open(out, { device: 'cpu', threadCount: null });
    try {
      return await work(model);
    } finally {
      await model.dispose();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const manifestSchema = z.object({
  checkpoints: z.record(
    z.enum(demoCheckpoints),
    z.object({
      method: z.enum(methods),
      settings: z.object({ maxTokens: z.int() }),
      weightsSha256: z.string(),
    }),
  ),
});

const referenceRowSchema = z.object({
  id: z.string(),
  outputText: z.string(),
  /** One for each latent step. */
  selectedSlots: z.array(z.array(z.int())),
});
type ReferenceRow = z.infer<typeof referenceRowSchema>;

export type Agreement = Readonly<{
  questions: number;
  /** Questions in which the same option is read in both outputs. */
  sameAnswer: number;
  /** Questions with the same output to the letter. */
  sameText: number;
  latentSteps: number;
  /** Latent steps that took the same set of patches. */
  samePatches: number;
  correct: number;
  correctInReference: number;
}>;

/** Answers the first `limit` questions of the demo dataset and counts where answers and patches are the reference's. */
export async function agreementWithReference(
  model: LanguageModel,
  checkpoint: DemoCheckpoint,
  { limit = Infinity }: Readonly<{ limit?: number }> = {},
): Promise<Agreement> {
  const { method, maxTokens, rows } = await readReference(checkpoint);
  const questions = (await readDemoQuestions()).slice(0, limit);
  const counts = { sameAnswer: 0, sameText: 0, latentSteps: 0, samePatches: 0, correct: 0, correctInReference: 0 };
  for (const { question, answer } of await answerAll(model, questions, { method, maxTokens })) {
    const { outputText, trace } = answer;
    const wanted = rows.get(question.sampleId);
    if (wanted === undefined) throw new Error(`the reference did not answer ${question.sampleId}`);
    const [ours, theirs] = [choiceRead(question, outputText), choiceRead(question, wanted.outputText)];
    counts.sameAnswer += Number(ours === theirs);
    counts.sameText += Number(outputText === wanted.outputText);
    counts.correct += Number(ours === question.answerIndex);
    counts.correctInReference += Number(theirs === question.answerIndex);
    counts.latentSteps += wanted.selectedSlots.length;
    for (const [step, slots] of wanted.selectedSlots.entries()) {
      counts.samePatches += Number(isSameSet(slots, trace?.steps[step]?.selectedSlots ?? []));
    }
  }
  return { questions: questions.length, ...counts };
}

export type Answered = readonly Readonly<{ question: DemoQuestion; answer: Answer }>[];

/** Longest explicit rationales take 45 tokens. */
const longestAnswer = 64;

/** Answers on the CPU, by default as the model was trained, in the questions' order. */
export async function answerAll(
  model: LanguageModel,
  questions: readonly DemoQuestion[],
  input: RunSettingsInput,
  batchSize = 8,
): Promise<Answered> {
  const settings = resolveRunSettings({ maxTokens: longestAnswer, device: 'cpu', ...input }, model.bundle.trainedFor);
  const answered: { question: DemoQuestion; answer: Answer }[] = [];
  for (let start = 0; start < questions.length; start += batchSize) {
    const batch = questions.slice(start, start + batchSize);
    const predictions = await reasoningMethods[settings.method].answer(model, settings, batch);
    answered.push(...batch.map((question, index) => ({ question, answer: answerOf(predictions[index]) })));
  }
  return answered;
}

const isSameSet = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((slot) => b.includes(slot));

async function readReference(
  checkpoint: DemoCheckpoint,
): Promise<Readonly<{ method: Method; maxTokens: number; rows: ReadonlyMap<string, ReferenceRow> }>> {
  const { checkpoints } = manifestSchema.parse(JSON.parse(await readFile(join(golden, 'manifest.json'), 'utf8')));
  const { method, settings, weightsSha256 } = checkpoints[checkpoint];
  const weights = await readFile(join(checkpointFolder(checkpoint), 'model.safetensors'));
  if (createHash('sha256').update(weights).digest('hex') !== weightsSha256) {
    throw new Error(`${checkpoint} has other weights than the reference had: run trainer/golden/make_demo_answers.py`);
  }
  const lines = (await readFile(join(golden, `${checkpoint}.jsonl`), 'utf8')).trimEnd().split('\n');
  const rows = lines.map((line) => referenceRowSchema.parse(JSON.parse(line)));
  return { method, maxTokens: settings.maxTokens, rows: new Map(rows.map((row) => [row.id, row])) };
}

export type DemoQuestion = EngineQuestion & Readonly<{ answerIndex: number; domain: string }>;

/** The demo's questions with their pictures, in the dataset's order. */
export async function readDemoQuestions(): Promise<DemoQuestion[]> {
  const dataset = await openDataset(join(demoFolder, 'dataset'));
  try {
    const questions: DemoQuestion[] = [];
    for await (const { image, answerIndex, ...sample } of dataset.samples({ split: 'test' })) {
      if (image === null || answerIndex === null) throw new Error(`${sample.sampleId} lacks its image or answer`);
      const { sampleId, question, choices, context, domain } = sample;
      const images = [await dataset.readImage(image)];
      questions.push({ sampleId, question, choices, context, domain, answerIndex, images });
    }
    return questions;
  } finally {
    await dataset.close();
  }
}

/** The option that the program's default rule reads in an output. */
export function choiceRead(question: DemoQuestion, outputText: string): number | null {
  return strictScorer.score({ ...question, outputText, messages: null, prompt: null }).choiceIndex;
}
