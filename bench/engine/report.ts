/** What the engine benchmark reports: rows by precision and batch size, both sides' times, and how far they agree. */
import { loadavg } from 'node:os';
import type { Precision } from '../../src/shared/bundle.ts';
import type { Answer } from '../../src/shared/prediction.ts';
import { meanPhases, type PhaseSeconds } from '../latent/answer-questions.ts';
import { latentSettings } from '../latent/settings.ts';
import { median } from '../quantile.ts';
import type { PeerAnswer, StartedPeer } from './recompute-peer.ts';
import type { WallShares } from './shares.ts';

export type Row = Readonly<{
  precision: Precision;
  batch: number;
  /** By the median question: another program's burst of work is no property of this one. */
  questionsPerSecond: number;
  secondsByPhase: PhaseSeconds;
  /** Answers equal to those of float32 at batch 1. */
  sameTextAsF32: number;
  /** Share of the selected patches in common with float32 at batch 1, step by step. */
  samePatchesAsF32: number;
}>;

/** @param reference answers of the same questions in float32 at batch 1 */
export function describeRow(
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
    questionsPerSecond: 1 / median(answers.map(secondsOf)),
    secondsByPhase,
    sameTextAsF32: answers.filter((answer, index) => answer.outputText === reference[index]?.outputText).length,
    samePatchesAsF32: sameCount / selectedCount,
  };
}

const secondsOf = (answer: Answer): number => (answer.timings?.totalMs ?? Number.NaN) / 1000;

const selectionOf = (answer: Answer | undefined): (readonly number[])[] =>
  answer?.trace?.steps.map(({ selectedSlots }) => selectedSlots) ?? [];

/** Processor seconds of one question; ours include preparing its picture. */
export type CpuSeconds = Readonly<{ ours: number; peer: number }>;

export type Measured = Readonly<{
  /** Float32 at batch 1 first. */
  rows: readonly Row[];
  answers: readonly Answer[];
  peerAnswers: readonly PeerAnswer[];
  oneThread: readonly CpuSeconds[] | null;
  shares: WallShares;
}>;

export function summarise({ rows, answers, peerAnswers, oneThread, shares }: Measured, { peer, reason }: StartedPeer) {
  const [single] = rows;
  if (single === undefined) throw new Error('float32 at batch 1 was measured');
  const ours: Record<string, number> = {
    questionsPerSecond: single.questionsPerSecond,
    secondsPerQuestion: 1 / single.questionsPerSecond,
  };
  for (const { precision, batch, questionsPerSecond } of rows.slice(1)) {
    ours[`questionsPerSecond ${precision} batch ${batch}`] = questionsPerSecond;
  }
  const common = {
    questions: answers.length,
    settings: latentSettings,
    promptPositions: answers.map(({ trace }) => trace?.promptTokenCount ?? 0),
    model: 'random Qwen2-VL: D 1024, 12 layers, 16 heads, 4 key-value heads, V 151936, tied; vision 8 x 512',
    rows,
    /** Of the wall time, float32 at batch 1. */
    shares,
    /** Over 1, 5 and 15 minutes, at the end: what else the machine did shows here. */
    loadAverage: loadavg(),
  };
  if (peer === null) return { ours, peer: null, ratio: null, details: { ...common, noPeer: reason } };

  const mean = (read: (answer: PeerAnswer) => number): number =>
    peerAnswers.reduce((sum, answer) => sum + read(answer), 0) / peerAnswers.length;
  const seconds = median(peerAnswers.map((answer) => answer.seconds));
  const pairRatios = answers.map((answer, index) => (peerAnswers[index]?.seconds ?? Number.NaN) / secondsOf(answer));
  return {
    ours,
    peer: { questionsPerSecond: 1 / seconds, secondsPerQuestion: seconds },
    ratio: seconds * single.questionsPerSecond,
    details: {
      ...common,
      peerVersions: peer.versions,
      peerSecondsByPhase: {
        vision: mean((answer) => answer.visionSeconds),
        latent: mean((answer) => answer.latentSeconds),
        answer: mean((answer) => answer.answerSeconds),
      },
      ratioByQuestion: pairRatios,
      oneThread: oneThread === null ? null : describeOneThread(oneThread),
      agreement: compareSides(answers, peerAnswers),
    },
  };
}

function describeOneThread(measured: readonly CpuSeconds[]) {
  const mean = (read: (seconds: CpuSeconds) => number): number =>
    measured.reduce((sum, seconds) => sum + read(seconds), 0) / measured.length;
  const ours = mean((seconds) => seconds.ours);
  const peer = mean((seconds) => seconds.peer);
  return { oursCpuSeconds: ours, peerCpuSeconds: peer, ratio: peer / ours };
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
