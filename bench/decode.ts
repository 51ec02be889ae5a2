/**
 * Tokens a second of int4 decoding on CPU, one row, at the dimensions of Qwen2-VL-2B (random weights), against
 * onnxruntime-genai with a decoder of the same size that its own builder quantised to 4 bits. Both in turn. Its head
 * has 4 bits, ours 8: ours reads that much more for each token. Also: seconds of a whole question.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { importModel } from '../src/main/import/import-model.ts';
import { generate } from '../src/main/engine/generate.ts';
import { LanguageModel } from '../src/main/engine/language-model.ts';
import { plainPositions } from '../src/main/backbones/positions.ts';
import { benchCache } from './bench-cache.ts';
import { makeCheckpoint } from './checkpoints/make-checkpoint.ts';
import { presets } from './checkpoints/presets.ts';
import { startGenaiPeer, type Decoded } from './engine/genai-peer.ts';
import { answerQuestions, meanPhases } from './latent/answer-questions.ts';
import { generateQuestions } from './latent/generate-questions.ts';
import { promptPositions } from './latent/settings.ts';
import { sayProgress } from './progress-line.ts';
import { median } from './quantile.ts';
import type { BenchOptions } from './run.ts';

const rounds = 4;
const newCount = 33;
const questionCount = 2;
/** Lets the other side's threads stop spinning. */
const pauseMs = 250;

export const bench = {
  name: 'decode',
  describe: 'int4 tokens/s of one row, against onnxruntime-genai (--preset 2b: the published size)',
  async run({ device, preset }: BenchOptions) {
    const folder = join(benchCache, preset);
    const checkpoint = join(folder, 'checkpoint');
    sayProgress(`making the random checkpoint in ${checkpoint} (once) …`);
    await makeCheckpoint(presets[preset], checkpoint);
    const bundle = join(folder, 'decode-int4');
    sayProgress('importing as int4 …');
    await importModel(
      { source: checkpoint, out: bundle, precision: 'int4', replace: existsSync(bundle) },
      { onProgress: () => undefined, signal: new AbortController().signal },
    );
    const peer = await startGenaiPeer(checkpoint, join(folder, 'genai-int4'));
    const model = await LanguageModel.open(bundle, { device, threadCount: null });
    try {
      const ours: Decoded[] = [];
      const theirs: Decoded[] = [];
      // The first round prepares kernels on both sides.
      for (let round = 0; round <= rounds; round++) {
        await sleep(pauseMs);
        ours.push(await decode(model));
        await sleep(pauseMs);
        if (typeof peer !== 'string') theirs.push(await peer.decode(promptPositions, newCount));
        sayProgress(
          `round ${round} of ${rounds}: ${speeds(ours).at(-1)?.toFixed(1)}, ${speeds(theirs).at(-1)?.toFixed(1)}`,
        );
      }
      const questions = await generateQuestions(model, { count: questionCount + 1, folder: join(folder, 'images') });
      const answers = [];
      for (const question of questions) answers.push(...(await answerQuestions(model, [question])));
      return summarise(ours.slice(1), typeof peer === 'string' ? peer : theirs.slice(1), {
        device,
        preset,
        peerVersion: typeof peer === 'string' ? null : peer.version,
        secondsOfAQuestion: meanPhases(answers.slice(1)),
      });
    } finally {
      await model.dispose();
      if (typeof peer !== 'string') peer.close();
    }
  },
};

async function decode(model: LanguageModel): Promise<Decoded> {
  const ids = Array.from({ length: promptPositions }, (_, index) => (index * 7919) % 1000);
  const batch = model.startBatch(1);
  try {
    const started = performance.now();
    await batch.feed([{ embeds: model.embed(ids), positions: plainPositions(ids.length) }]);
    await model.logits([batch.state(0).hidden]);
    const prefillSeconds = (performance.now() - started) / 1000;
    const { rows } = await generate(model, batch, [{ maxTokens: newCount, endTokens: [], nextPosition: ids.length }]);
    const [generated] = rows;
    const tokens = (generated?.tokenIds.length ?? 0) - 1;
    return { prefillSeconds, decodeSeconds: (generated?.decodeMs ?? 0) / 1000, tokens };
  } finally {
    batch.dispose();
  }
}

const speeds = (decoded: readonly Decoded[]): number[] =>
  decoded.map(({ tokens, decodeSeconds }) => tokens / decodeSeconds);

/** @param theirs or why there is no other side */
function summarise(
  ours: readonly Decoded[],
  theirs: readonly Decoded[] | string,
  details: Readonly<Record<string, unknown>>,
) {
  const own = describe(ours);
  if (typeof theirs === 'string')
    return { ours: own, peer: null, ratio: null, details: { ...details, noPeer: theirs } };
  const other = describe(theirs);
  const byRound = speeds(ours).map((speed, round) => speed / (speeds(theirs)[round] ?? Number.NaN));
  return { ours: own, peer: other, ratio: median(byRound), details: { ...details, ratioByRound: byRound } };
}

function describe(decoded: readonly Decoded[]) {
  return {
    tokensPerSecond: median(speeds(decoded)),
    prefillSeconds: median(decoded.map(({ prefillSeconds }) => prefillSeconds)),
    promptPositions,
    tokens: decoded.map(({ tokens }) => tokens),
  };
}
