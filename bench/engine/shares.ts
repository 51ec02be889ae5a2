/**
 * Where the wall time of answering goes: what the recorded phases add up to, and what ONNX Runtime spends inside its own
 * kernels, by its own profiles. Profiling takes a little time itself, which counts against us.
 */
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { LanguageModel } from '../../src/main/engine/language-model.ts';
import type { EngineQuestion } from '../../src/main/engine/protocol.ts';
import { answerQuestions } from '../latent/answer-questions.ts';

export type WallShares = Readonly<{
  /** Preprocessing, vision, prefill, latent steps and decoding, as the traces have them. */
  phases: number;
  kernels: number;
}>;

const profileSchema = z.array(z.object({ cat: z.string().optional(), name: z.string(), dur: z.number().optional() }));

/** @param questions answered one at a time, with a model of its own */
export async function wallShares(bundle: string, questions: readonly EngineQuestion[]): Promise<WallShares> {
  const profileFolder = await mkdtemp(join(tmpdir(), 'penumbra-profile-'));
  try {
    const model = await LanguageModel.open(bundle, { device: 'cpu', threadCount: null, profileFolder });
    let phaseMs = 0;
    const started = performance.now();
    for (const question of questions) {
      const [answer] = await answerQuestions(model, [question]);
      phaseMs += (answer?.timings?.preprocessMs ?? 0) + (answer?.timings?.totalMs ?? 0);
    }
    const wallMs = performance.now() - started;
    await model.dispose();
    return { phases: phaseMs / wallMs, kernels: (await kernelMs(profileFolder)) / wallMs };
  } finally {
    await rm(profileFolder, { recursive: true, force: true });
  }
}

async function kernelMs(folder: string): Promise<number> {
  let microseconds = 0;
  for (const file of await readdir(folder)) {
    const events = profileSchema.parse(JSON.parse(await readFile(join(folder, file), 'utf8')));
    for (const { cat, name, dur } of events) {
      if (cat === 'Node' && name.endsWith('_kernel_time')) microseconds += dur ?? 0;
    }
  }
  return microseconds / 1000;
}
