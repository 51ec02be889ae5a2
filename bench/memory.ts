/**
 * Memory of the engine against what it has to hold (weights of the graphs, and the cache of the longest sequences), int4
 * on the processor: after loading, and at its peak while it answers questions one by one and in batches of 8. Linux only.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importModel } from '../src/main/import/import-model.ts';
import type { Bundle } from '../src/shared/bundle.ts';
import { bundleWeightBytes } from '../src/shared/model-memory.ts';
import { benchCache } from './bench-cache.ts';
import { makeCheckpoint } from './checkpoints/make-checkpoint.ts';
import { presets } from './checkpoints/presets.ts';
import { reachedSchema, type Reached } from './memory/answer-child.ts';
import { peakMemory, readMemory } from './memory/process-memory.ts';
import { sayProgress } from './progress-line.ts';
import type { BenchOptions } from './run.ts';

const batches = [
  { batch: 1, questionCount: 3 },
  { batch: 8, questionCount: 16 },
] as const;

export const bench = {
  name: 'memory',
  describe: 'memory of the engine by weights and caches, int4 on CPU (--preset 2b: the published size; Linux)',
  async run({ preset }: BenchOptions) {
    const folder = join(benchCache, preset);
    const checkpoint = join(folder, 'checkpoint');
    sayProgress(`making the random checkpoint in ${checkpoint} (once) …`);
    await makeCheckpoint(presets[preset], checkpoint);
    const path = join(folder, 'memory-int4');
    sayProgress('importing as int4 …');
    const { bundle } = await importModel(
      { source: checkpoint, out: path, precision: 'int4', replace: existsSync(path) },
      { onProgress: () => undefined, signal: new AbortController().signal },
    );
    const rows = [];
    for (const { batch, questionCount } of batches) {
      sayProgress(`answering in batches of ${batch} …`);
      rows.push(await measure(bundle, [path, join(folder, 'images'), String(questionCount), String(batch)], batch));
    }
    const ours = Object.fromEntries(
      rows.map(({ batch, ownAtPeak }) => [`own memory by weights and caches, batch ${batch}`, ownAtPeak]),
    );
    return { ours, peer: null, ratio: null, details: { preset, rows } };
  },
};

async function measure(bundle: Bundle, args: readonly string[], batch: number) {
  const child = fork(fileURLToPath(new URL('./memory/answer-child.ts', import.meta.url)), args, { execArgv: [] });
  try {
    const { pid } = child;
    if (pid === undefined) throw new Error('the process did not start');
    await next(child);
    const started = readMemory(pid);
    await goOn(child);
    const loaded = readMemory(pid);
    const answering = goOn(child);
    const peak = await peakMemory(pid, answering);
    const reached = await answering;
    if (reached.point !== 'answered') throw new Error(`the process is at ${reached.point}`);
    const answered = readMemory(pid);
    const weightBytes = bundleWeightBytes(bundle);
    const { layerCount, keyValueHeadCount, headSize } = bundle.text;
    const cacheBytes = 2 * layerCount * keyValueHeadCount * headSize * 4 * reached.positions * batch;
    const neededBytes = weightBytes + cacheBytes;
    return {
      batch,
      weightBytes,
      cacheBytes,
      positions: reached.positions,
      started,
      loaded,
      peak,
      answered,
      /** What the runtime holds of the model, before any question. */
      modelByWeights: (loaded.ownBytes - started.ownBytes) / weightBytes,
      ownLoaded: loaded.ownBytes / weightBytes,
      ownAtPeak: peak.ownBytes / neededBytes,
      residentAtPeak: peak.residentBytes / neededBytes,
    };
  } finally {
    child.kill();
  }
}

/** Lets the process go on to its next point. */
async function goOn(child: ChildProcess): Promise<Reached> {
  const reached = next(child);
  child.send('go on');
  return await reached;
}

function next(child: ChildProcess): Promise<Reached> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(reachedSchema.parse(message)));
    child.once('exit', (code) => reject(new Error(`the process ended with ${String(code)}`)));
  });
}
