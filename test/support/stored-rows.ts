/** Samples, predictions and runs for tests of the store: irregular numbers, awkward text, every field in use. */
import type { NewRun } from '../../src/main/store/runs-repository.ts';
import type { Store } from '../../src/main/store/store.ts';
import type { Prediction, Reading } from '../../src/shared/prediction.ts';
import type { Sample } from '../../src/shared/sample.ts';
import type { LatentStep } from '../../src/shared/trace.ts';
import { withoutCalls } from '../../src/shared/trace.ts';
import { wordsOfTest } from './words-of-test.ts';

export function sampleOfTest(number: number, changes: Partial<Sample> = {}): Sample {
  return {
    sampleId: `sample-${number}`,
    split: 'test',
    question: `Frage ${number}: 什么颜色? "quoted", \u{1F600}\n=1+1`,
    choices: ['red', 'green, or blue', '', '"'],
    answerIndex: number % 4,
    context: number % 2 === 0 ? '' : 'context',
    rationale: 'because\0of that',
    domain: ['science', 'commonsense', 'mathematics'][number % 3] ?? '',
    topic: `topic-${number % 6}`,
    category: `category-${number % 12}`,
    attributes: number % 2 === 0 ? {} : { grade: '5', skill: 'reading' },
    image: { kind: 'file', path: `images/${number}.png` },
    ...changes,
  };
}

/** An answer with `stepCount` latent steps of `patchCount` patches over a grid of 100 slots. */
export function predictionOfTest(sampleId: string, seed: number, stepCount = 3, patchCount = 32): Prediction {
  const numbers = irregularNumbers(seed);
  return {
    status: 'answered',
    sampleId,
    answer: {
      outputText: `The answer is ${'ABCD'[seed % 4] ?? 'A'}</s>`,
      outputTokenCount: 7,
      arSteps: stepCount + 7,
      finishReason: seed % 2 === 0 ? 'end' : 'length',
      timings: {
        preprocessMs: numbers(),
        visionMs: numbers(),
        prefillMs: numbers() * 100,
        latentMs: numbers() * 10,
        decodeMs: numbers() * 1000,
        totalMs: numbers() * 1111,
      },
      trace: {
        image: {
          sourceWidth: 1023,
          sourceHeight: 577,
          resizedWidth: 280,
          resizedHeight: 280,
          resize: 'stretch',
          gridRows: 10,
          gridColumns: 10,
        },
        promptTokenCount: 231,
        imageCount: 1,
        stoppedEarly: seed % 3 === 0,
        ...withoutCalls,
        steps: Array.from({ length: stepCount }, (_, stepIndex) => stepOfTest(stepIndex, patchCount, numbers)),
      },
      messages: null,
      prompt: `<|im_start|>user ${seed}<|im_end|>`,
    },
  };
}

/** An answer in words, without latent steps: a rationale of `tokenCount` tokens, then the answer. */
export function predictionInWordsOfTest(sampleId: string, seed: number, tokenCount: number): Prediction {
  const prediction = predictionOfTest(sampleId, seed, 0);
  if (prediction.status === 'failed' || prediction.answer.trace === null) throw new Error('answered with a trace');
  const { answer } = prediction;
  const words = wordsOfTest(tokenCount, irregularNumbers(seed + 1));
  return {
    ...prediction,
    answer: { ...answer, arSteps: tokenCount + 2, trace: { ...prediction.answer.trace, ...words } },
  };
}

function stepOfTest(stepIndex: number, patchCount: number, numbers: () => number): LatentStep {
  const slots = Array.from({ length: 100 }, (_, slot) => slot);
  const pool = slots.slice(stepIndex * patchCount);
  return {
    stepIndex,
    selectedSlots: pool.slice(0, patchCount),
    scores: pool.slice(0, patchCount).map(() => Math.fround(numbers() / 50)),
    ranks: pool.slice(0, patchCount).map((_, index) => patchCount - index),
    pool,
    visionMass: numbers(),
    textMass: numbers(),
    latentVisionMass: numbers(),
    latentTextMass: numbers(),
    visionFocus: numbers(),
    imageAttention: slots.map(() => numbers() / 100),
  };
}

export const readingOfTest = (choiceIndex: number | null, correct: boolean): Reading => ({
  scorer: 'strict',
  version: 1,
  choiceIndex,
  correct,
  rule: 'test',
  match: choiceIndex === null ? null : { start: 3, end: 7 },
});

export function newRunOfTest(changes: Partial<NewRun> = {}): NewRun {
  return {
    runId: 'RUN1',
    kind: 'evaluation',
    label: 'test',
    status: 'finished',
    createdAt: '2026-01-02T03:04:05.678Z',
    finishedAt: null,
    datasetRow: null,
    modelRow: null,
    split: 'test',
    where: ['domain=science'],
    limit: 5,
    rowsWithoutImage: 2,
    planned: 0,
    settings: null,
    configurationHash: null,
    scorer: 'strict',
    device: null,
    environment: { node: 'v24', memoryBytes: 1, gpu: null },
    workMs: 0,
    failure: null,
    ...changes,
  };
}

/** A finished run of `count` answered questions in the store, by default with latent steps; returns its row. */
export function storeRunOfTest(
  store: Store,
  count: number,
  changes: Partial<NewRun> = {},
  predictionOf: (sampleId: string, position: number) => Prediction = predictionOfTest,
): number {
  return store.transaction(() => {
    const datasetRow = store.datasets.saveDataset({
      fingerprint: 'f'.repeat(64),
      path: '/data/m3cot',
      format: 'm3cot-jsonl',
      licence: 'CC BY-SA 4.0',
    });
    const samples = Array.from({ length: count }, (_, number) => sampleOfTest(number));
    const plan = samples.map((sample) => store.samples.save(datasetRow, sample));
    const runRow = store.runs.insert(newRunOfTest({ datasetRow, planned: count, ...changes }), plan);
    samples.forEach(({ sampleId }, position) => {
      const sampleRow = plan[position] ?? 0;
      store.predictions.insert(runRow, { position, sampleRow }, predictionOf(sampleId, position));
      // Right, wrong, unparsed in turn.
      const reading =
        [readingOfTest(1, true), readingOfTest(2, false), readingOfTest(null, false)][position % 3] ?? null;
      store.scores.save(runRow, position, 'strict', 1, reading);
    });
    return runRow;
  });
}

/** Numbers in [0, 1) with all digits in use, the same for the same seed. */
export function irregularNumbers(seed: number): () => number {
  let count = seed * 7919;
  return () => {
    count += 1;
    return (count * 0.6180339887498949) % 1;
  };
}
