/**
 * Importing models of true dimensions, random weights: seconds, megabytes of the checkpoint a second, processor
 * seconds a gigabyte, peak memory; and questions answered with what came out. Qwen2-VL-2B whole; Qwen2-VL-7B with 2 of
 * its 28 decoder layers (its vision tower whole), as int4 and float32. Each step is a process of its own. No peer.
 */
import { execFile } from 'node:child_process';
import { mkdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Precision } from '../src/shared/bundle.ts';
import { benchCache } from './bench-cache.ts';
import { makeCheckpoint } from './checkpoints/make-checkpoint.ts';
import { presets, type CheckpointPreset } from './checkpoints/presets.ts';
import { answerMeasurementSchema } from './import/answer-child.ts';
import { importMeasurementSchema } from './import/import-child.ts';
import { sayProgress } from './progress-line.ts';

const run = promisify(execFile);
const child = (name: string) => fileURLToPath(new URL(`./import/${name}`, import.meta.url));

/** Checkpoint and largest bundle of the largest preset. */
const neededBytes = 14e9;

type Plan = Readonly<{ preset: CheckpointPreset; precisions: readonly Precision[]; questionCount: number }>;
const plans: readonly Plan[] = [
  { preset: presets['2b'], precisions: ['int4'], questionCount: 3 },
  { preset: presets['7b-2layers'], precisions: ['int4', 'f32'], questionCount: 1 },
];

export const bench = {
  name: 'import',
  describe: 'importing 2B whole and 7B with two layers: MB/s, peak memory, seconds a question (14 GB of disk)',
  async run() {
    const folder = join(benchCache, `import-${process.pid}`);
    await mkdir(folder, { recursive: true });
    const ours: Record<string, number> = {};
    const details: Record<string, unknown> = {};
    try {
      await requireSpace(folder);
      for (const plan of plans) Object.assign(details, await measurePlan(plan, folder, ours));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    return { ours, peer: null, ratio: null, details };
  },
};

async function requireSpace(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < neededBytes) throw new Error(`${folder} needs ${neededBytes / 1e9} GB of free disk`);
}

async function measurePlan(
  { preset, precisions, questionCount }: Plan,
  folder: string,
  ours: Record<string, number>,
): Promise<Record<string, unknown>> {
  const checkpoint = join(folder, preset.name);
  sayProgress(`making ${preset.name} …`);
  await makeCheckpoint(preset, checkpoint);
  const details: Record<string, unknown> = {};
  for (const precision of precisions) {
    const label = `${preset.name} ${precision}`;
    const bundle = join(folder, 'bundle');
    sayProgress(`importing ${label} …`);
    const imported = importMeasurementSchema.parse(await runChild('import-child.ts', [checkpoint, bundle, precision]));
    sayProgress(`answering with ${label} …`);
    const answered = answerMeasurementSchema.parse(
      await runChild('answer-child.ts', [bundle, join(folder, 'images'), String(questionCount)]),
    );
    await rm(bundle, { recursive: true });
    ours[`${label} import MB/s`] = imported.sourceBytes / 1e6 / imported.seconds;
    ours[`${label} import seconds`] = imported.seconds;
    ours[`${label} import processor seconds per GB`] = imported.cpuSeconds / (imported.sourceBytes / 1e9);
    ours[`${label} import peak MB`] = imported.peakMemoryBytes / 1e6;
    ours[`${label} seconds per question`] =
      answered.questions.reduce((sum, { total }) => sum + total, 0) / answered.questions.length;
    ours[`${label} engine peak MB`] = answered.peakMemoryBytes / 1e6;
    if (answered.ownMemoryBytes !== null) ours[`${label} engine MB after answering`] = answered.ownMemoryBytes / 1e6;
    details[label] = { imported, answered };
  }
  await rm(checkpoint, { recursive: true });
  return details;
}

async function runChild(name: string, args: readonly string[]): Promise<unknown> {
  const { stdout } = await run(process.execPath, [child(name), ...args]);
  return JSON.parse(stdout) as unknown;
}
