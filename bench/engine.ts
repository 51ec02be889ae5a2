/**
 * Questions a second of the engine against PyTorch recomputing everything (trainer/bench/recompute.py), float32 on
 * CPU, one question at a time, the same random checkpoint, questions and pictures. Both sides answer in turn, so that
 * whatever else the machine does falls on both. The latent steps and answers of both must agree.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildPrompt } from '../src/main/vlm/qwen2-vl/question-prompt.ts';
import type { LanguageModel } from '../src/main/engine/language-model.ts';
import type { Precision } from '../src/shared/bundle.ts';
import type { Answer } from '../src/shared/prediction.ts';
import type { RunSettingsInput } from '../src/shared/run-settings.ts';
import { benchCache } from './bench-cache.ts';
import { makeCheckpoint } from './checkpoints/make-checkpoint.ts';
import { presets } from './checkpoints/presets.ts';
import { generateQuestions, type GeneratedQuestion } from './generated-questions.ts';
import { answerQuestions, meanPhases, openMiddleModel, type PhaseSeconds } from './middle-model.ts';
import { sayProgress } from './progress-line.ts';
import { pythonEnvironment } from './python-environment.ts';
import { startRecomputePeer, type PeerAnswer, type RecomputePeer } from './recompute-peer.ts';

const questionCount = 8;
const promptPositions = 250;
const imageSlots = 100;
const batchSize = 8;
/** Lets the other side's threads stop spinning. */
const pauseMs = 250;
const settings: RunSettingsInput = { method: 'ivt-lr', latentSteps: 3, patchesPerStep: 32, maxTokens: 8 };
const promptFormat = 'released-inference';

type Pair = Readonly<{ ours: Answer; peer: PeerAnswer | null }>;

type Row = Readonly<{
  precision: Precision;
  batch: number;
  questionsPerSecond: number;
  secondsByPhase: PhaseSeconds;
  /** Answers equal to those of float32 at batch 1. */
  sameTextAsF32: number;
  /** Share of the selected patches in common with float32 at batch 1, step by step. */
  samePatchesAsF32: number;
}>;

export const bench = {
  name: 'engine',
  describe: 'questions/s, f32 on CPU at batch 1, against PyTorch recomputing everything',
  async run(_options: { keep: boolean }) {
    const folder = join(benchCache, 'middle');
    const checkpoint = join(folder, 'checkpoint');
    sayProgress(`making the random checkpoint in ${checkpoint} (once) …`);
    await makeCheckpoint(presets.middle, checkpoint);
    const model = await openMiddleModel(checkpoint, 'f32');
    // One question more than is measured: the first warms both sides up.
    const questions = await generateQuestions({
      count: questionCount + 1,
      folder: join(folder, 'images'),
      positions: promptPositions,
      countPositions: (text) => promptLength(model, text),
    });
    const started = await startPeer(folder, checkpoint, questions);
    const [warmUp, ...measured] = await answerInTurn(model, started.peer, questions);
    if (warmUp === undefined) throw new Error('there is a question to warm up with');
    started.peer?.close();

    const answers = measured.map(({ ours }) => ours);
    const peerAnswers = measured.flatMap(({ peer }) => (peer === null ? [] : [peer]));
    const rows = [describeRow('f32', 1, answers, answers)];
    rows.push(await answerAsBatch(model, 'f32', questions.slice(1), answers));
    await model.dispose();
    for (const precision of ['int8', 'int4'] as const) {
      rows.push(...(await answerQuantised(checkpoint, precision, questions, answers)));
    }
    return summarise(rows, answers, peerAnswers, started);
  },
};

function promptLength(model: LanguageModel, text: { question: string; choices: readonly string[]; context: string }) {
  const { tokenizer, chatTemplate } = model;
  return buildPrompt({ ...text, tokenizer, chatTemplate, format: promptFormat, imageTokenCounts: [imageSlots] })
    .tokenIds.length;
}

type StartedPeer = Readonly<{ peer: RecomputePeer; reason: null } | { peer: null; reason: string }>;

async function startPeer(
  folder: string,
  checkpoint: string,
  questions: readonly GeneratedQuestion[],
): Promise<StartedPeer> {
  const environment = await pythonEnvironment();
  if (environment.kind === 'unavailable') return { peer: null, reason: environment.reason };
  const file = join(folder, 'questions.json');
  await mkdir(folder, { recursive: true });
  await writeFile(
    file,
    JSON.stringify({
      checkpoint,
      settings: { ...settings, promptFormat, imageSize: { width: 280, height: 280 } },
      questions: questions.map(({ sampleId, question, choices, context, imagePath }) => ({
        sampleId,
        question,
        choices,
        context,
        image: imagePath,
      })),
    }),
  );
  sayProgress('starting PyTorch …');
  return { peer: await startRecomputePeer(environment.python, file), reason: null };
}

async function answerInTurn(
  model: LanguageModel,
  peer: RecomputePeer | null,
  questions: readonly GeneratedQuestion[],
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (const [index, question] of questions.entries()) {
    await sleep(pauseMs);
    const [ours] = await answerQuestions(model, settings, [question]);
    if (ours === undefined) throw new Error('the method answers every question');
    await sleep(pauseMs);
    const theirs = peer === null ? null : await peer.answer(index);
    pairs.push({ ours, peer: theirs });
    const seconds = (value: number | undefined) => (value === undefined ? '-' : value.toFixed(2));
    sayProgress(
      `question ${index} of ${questions.length - 1}${index === 0 ? ' (warm-up)' : ''}: ` +
        `ours ${seconds((ours.timings?.totalMs ?? 0) / 1000)} s, PyTorch ${seconds(theirs?.seconds)} s`,
    );
  }
  return pairs;
}

async function answerQuantised(
  checkpoint: string,
  precision: Precision,
  questions: readonly GeneratedQuestion[],
  reference: readonly Answer[],
): Promise<Row[]> {
  const model = await openMiddleModel(checkpoint, precision);
  const answers = (await answerInTurn(model, null, questions)).slice(1).map(({ ours }) => ours);
  const batch = await answerAsBatch(model, precision, questions.slice(1), reference);
  await model.dispose();
  return [describeRow(precision, 1, answers, reference), batch];
}

/** All questions as one batch, the second time round: the first warms the larger shapes up. */
async function answerAsBatch(
  model: LanguageModel,
  precision: Precision,
  questions: readonly GeneratedQuestion[],
  reference: readonly Answer[],
): Promise<Row> {
  const batch = questions.slice(0, batchSize);
  await answerQuestions(model, settings, batch);
  await sleep(pauseMs);
  const answers = await answerQuestions(model, settings, batch);
  const row = describeRow(precision, batchSize, answers, reference);
  sayProgress(`${precision}, batch ${batchSize}: ${row.secondsByPhase.total.toFixed(2)} s a question`);
  return row;
}

function describeRow(
  precision: Precision,
  batch: number,
  answers: readonly Answer[],
  reference: readonly Answer[],
): Row {
  const secondsByPhase = meanPhases(answers);
  let selectedCount = 0;
  let sameCount = 0;
  for (const [index, answer] of answers.entries()) {
    for (const [step, slots] of selectionOf(answer).entries()) {
      const other = new Set(selectionOf(reference[index])[step]);
      selectedCount += slots.length;
      sameCount += slots.filter((slot) => other.has(slot)).length;
    }
  }
  return {
    precision,
    batch,
    questionsPerSecond: 1 / secondsByPhase.total,
    secondsByPhase,
    sameTextAsF32: answers.filter((answer, index) => answer.outputText === reference[index]?.outputText).length,
    samePatchesAsF32: sameCount / selectedCount,
  };
}

const selectionOf = (answer: Answer | undefined): (readonly number[])[] =>
  answer?.trace?.steps.map(({ selectedSlots }) => selectedSlots) ?? [];

function summarise(
  rows: readonly Row[],
  answers: readonly Answer[],
  peerAnswers: readonly PeerAnswer[],
  { peer, reason }: StartedPeer,
) {
  const [single] = rows;
  if (single === undefined) throw new Error('float32 at batch 1 was measured');
  const ours: Record<string, number> = {
    questionsPerSecond: single.questionsPerSecond,
    secondsPerQuestion: single.secondsByPhase.total,
  };
  for (const { precision, batch, questionsPerSecond } of rows.slice(1)) {
    ours[`questionsPerSecond ${precision} batch ${batch}`] = questionsPerSecond;
  }
  const common = {
    questions: answers.length,
    settings: { ...settings, promptPositions: answers.map(({ trace }) => trace?.promptTokenCount ?? 0) },
    model: 'random Qwen2-VL: D 1024, 12 layers, 16 heads, 4 key-value heads, V 151936, tied; vision 8 x 512',
    rows,
  };
  if (peer === null) return { ours, peer: null, ratio: null, details: { ...common, noPeer: reason } };

  const mean = (read: (answer: PeerAnswer) => number): number =>
    peerAnswers.reduce((sum, answer) => sum + read(answer), 0) / peerAnswers.length;
  const seconds = mean((answer) => answer.seconds);
  const pairRatios = peerAnswers.map(
    (answer, index) => answer.seconds / ((answers[index]?.timings?.totalMs ?? Number.NaN) / 1000),
  );
  return {
    ours,
    peer: { questionsPerSecond: 1 / seconds, secondsPerQuestion: seconds },
    ratio: seconds / single.secondsByPhase.total,
    details: {
      ...common,
      peerVersions: peer.versions,
      peerSecondsByPhase: {
        vision: mean((answer) => answer.visionSeconds),
        latent: mean((answer) => answer.latentSeconds),
        answer: mean((answer) => answer.answerSeconds),
      },
      ratioByQuestion: pairRatios,
      agreement: compareSides(answers, peerAnswers),
    },
  };
}

/** How many questions got the same prompt, the same patches in the same order at every step, and the same answer. */
function compareSides(answers: readonly Answer[], peerAnswers: readonly PeerAnswer[]) {
  const count = (same: (answer: Answer, peer: PeerAnswer) => boolean): number =>
    peerAnswers.filter((peer, index) => {
      const answer = answers[index];
      return answer !== undefined && same(answer, peer);
    }).length;
  return {
    of: peerAnswers.length,
    samePromptLength: count((answer, peer) => answer.trace?.promptTokenCount === peer.promptTokenCount),
    samePatches: count((answer, peer) => JSON.stringify(selectionOf(answer)) === JSON.stringify(peer.selectedSlots)),
    sameAnswer: count(
      (answer, peer) => answer.outputText === peer.outputText && answer.outputTokenCount === peer.tokenIds.length,
    ),
  };
}
