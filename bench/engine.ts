/**
 * Questions a second of the engine against PyTorch recomputing everything (trainer/bench/recompute.py), float32 on
 * CPU, one question at a time, the same random checkpoint, questions and pictures. Both sides answer in turn, so that
 * whatever else the machine does falls on both. The latent steps and answers of both must agree.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { importModel } from '../src/main/import/import-model.ts';
import { LanguageModel } from '../src/main/engine/language-model.ts';
import type { Precision } from '../src/shared/bundle.ts';
import type { Answer } from '../src/shared/prediction.ts';
import { benchCache } from './bench-cache.ts';
import { makeCheckpoint } from './checkpoints/make-checkpoint.ts';
import { presets } from './checkpoints/presets.ts';
import { pythonEnvironment } from './engine/python-environment.ts';
import { wallShares } from './engine/shares.ts';
import { startRecomputePeer, type PeerAnswer, type RecomputePeer, type StartedPeer } from './engine/recompute-peer.ts';
import { describeRow, summarise, type CpuSeconds, type Row } from './engine/report.ts';
import { answerQuestions } from './latent/answer-questions.ts';
import { generateQuestions, type GeneratedQuestion } from './latent/generate-questions.ts';
import { imageSize, latentSettings } from './latent/settings.ts';
import { sayProgress } from './progress-line.ts';

const questionCount = 8;
const oneThreadCount = 3;
/** Lets the other side's threads stop spinning. */
const pauseMs = 250;
const folder = join(benchCache, 'middle');
const checkpoint = join(folder, 'checkpoint');

type Pair = Readonly<{ ours: Answer; peer: PeerAnswer | null }>;

export const bench = {
  name: 'engine',
  describe: 'questions/s, f32 on CPU at batch 1, against PyTorch recomputing everything',
  async run() {
    sayProgress(`making the random checkpoint in ${checkpoint} (once) …`);
    await makeCheckpoint(presets.middle, checkpoint);
    const model = await openModel('f32');
    // One question more than is measured: the first warms both sides up.
    const questions = await generateQuestions(model, { count: questionCount + 1, folder: join(folder, 'images') });
    const started = await startPeer(questions);
    const { pairs, oneThread } = await measureBoth(model, started.peer, questions).finally(() => started.peer?.close());
    const measured = pairs.slice(1);
    const answers = measured.map(({ ours }) => ours);
    const peerAnswers = measured.flatMap(({ peer }) => (peer === null ? [] : [peer]));
    const rows = [describeRow('f32', 1, answers, answers)];
    rows.push(await answerAsBatch(model, 'f32', questions.slice(1), answers));
    await model.dispose();
    sayProgress("once more with the runtime's profiles …");
    const shares = await wallShares(join(folder, 'f32'), questions);
    for (const precision of ['int8', 'int4'] as const) {
      rows.push(...(await answerQuantised(precision, questions, answers)));
    }
    return summarise({ rows, answers, peerAnswers, oneThread, shares }, started);
  },
};

/** Imports anew each time: the builder is part of what is measured. */
async function openModel(precision: Precision): Promise<LanguageModel> {
  const out = join(folder, precision);
  sayProgress(`importing as ${precision} …`);
  await importModel(
    { source: checkpoint, out, precision, replace: true },
    { onProgress: () => undefined, signal: new AbortController().signal },
  );
  return await LanguageModel.open(out, { device: 'cpu', threadCount: null });
}

async function startPeer(questions: readonly GeneratedQuestion[]): Promise<StartedPeer> {
  const environment = await pythonEnvironment();
  if (environment.kind === 'unavailable') return { peer: null, reason: environment.reason };
  const file = join(folder, 'questions.json');
  await writeFile(
    file,
    JSON.stringify({
      checkpoint,
      settings: { ...latentSettings, imageSize },
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

async function measureBoth(model: LanguageModel, peer: RecomputePeer | null, questions: readonly GeneratedQuestion[]) {
  const pairs = await answerInTurn(model, peer, questions);
  return { pairs, oneThread: peer === null ? null : await compareOnOneThread(peer, questions) };
}

/** Both sides on one thread: processor time, which other programs on the machine hardly change. */
async function compareOnOneThread(
  peer: RecomputePeer,
  questions: readonly GeneratedQuestion[],
): Promise<readonly CpuSeconds[]> {
  sayProgress('both on one thread …');
  const model = await LanguageModel.open(join(folder, 'f32'), { device: 'cpu', threadCount: 1 });
  const measured: CpuSeconds[] = [];
  for (const [index, question] of questions.slice(0, oneThreadCount + 1).entries()) {
    const before = process.cpuUsage();
    await answerQuestions(model, [question]);
    const { user, system } = process.cpuUsage(before);
    measured.push({ ours: (user + system) / 1e6, peer: (await peer.answer(index, 1)).cpuSeconds });
  }
  await model.dispose();
  return measured.slice(1);
}

async function answerInTurn(
  model: LanguageModel,
  peer: RecomputePeer | null,
  questions: readonly GeneratedQuestion[],
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (const [index, question] of questions.entries()) {
    await sleep(pauseMs);
    const [ours] = await answerQuestions(model, [question]);
    if (ours === undefined) throw new Error('the method answers every question');
    await sleep(pauseMs);
    const theirs = peer === null ? null : await peer.answer(index, 0);
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
  precision: Precision,
  questions: readonly GeneratedQuestion[],
  reference: readonly Answer[],
): Promise<Row[]> {
  const model = await openModel(precision);
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
  await answerQuestions(model, questions);
  await sleep(pauseMs);
  const answers = await answerQuestions(model, questions);
  const row = describeRow(precision, questions.length, answers, reference);
  sayProgress(`${precision}, batch ${questions.length}: ${row.secondsByPhase.total.toFixed(2)} s a question`);
  return row;
}
