/**
 * Asking a store of ten runs of 100,000 questions with their traces, through the API in the core's process, while an
 * engine evaluates the demo on the same machine: forty fixed queries, each first from cold and then again, opening
 * questions, the export of a whole run, and for how long the core's own thread was held up; then a few of the queries
 * over HTTP, and single images out of a large parquet file. Export also says the processor's time of this process: the
 * clock's depends on who shares the machine. The store is made once, outside the checkout. There is no peer: no other
 * tool keeps such runs.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createCore, type ContractClient } from '../src/main/core/core.ts';
import { benchCache } from './bench-cache.ts';
import { measureLargeParquetImages } from './large-parquet.ts';
import { quantile } from './quantile.ts';
import { sayProgress } from './progress-line.ts';
import { startBusyEngine } from './store/busy-engine.ts';
import { makeLargeStore, questionCount, runCount, runIdOf } from './store/large-store.ts';
import { withHttpClient } from './store/over-http.ts';
import { benchTag, storeQueries } from './store/store-queries.ts';

/** After the cold one. */
const repeatCount = 4;
const httpRepeatCount = 10;
const openedCount = 40;
/** Asked over HTTP as well, warm: the answers that weigh most, and one that hardly does. */
const overHttp = ['a run', 'last page of 500', 'counts of everything', 'focus at step 2, at 90,000', 'a question'];
/** What issue and design ask for. */
const limits = { p95Ms: 200, questionOpenMs: 150, exportSeconds: 5 } as const;

type Timed = Readonly<{ name: string; coldMs: number; warmMs: number[] }>;

export const bench = {
  name: 'store',
  describe: `asking a store of ${runCount} runs of ${questionCount.toLocaleString('en')} questions while an engine works`,
  async run() {
    const { path, sizeMegabytes } = await makeLargeStore(join(benchCache, 'stores'));
    sayProgress('starting an engine beside it …');
    const engine = await startBusyEngine();
    const core = createCore({ storePath: path });
    const delay = monitorEventLoopDelay({ resolution: 5 });
    try {
      await tagQuestions(core.client);
      delay.enable();
      const timed: Timed[] = [];
      for (const { name, ask } of storeQueries) {
        sayProgress(name);
        const coldMs = await millisecondsOf(() => ask(core.client));
        const warmMs: number[] = [];
        for (let count = 0; count < repeatCount; count += 1) {
          warmMs.push(await millisecondsOf(() => ask(core.client)));
        }
        timed.push({ name, coldMs, warmMs });
      }
      const opened = await openQuestions(core.client);
      delay.disable();
      const http = await withHttpClient(core, askOverHttp);
      const exported = await timeExport(core.client);
      await engine.stop();
      const exportedAlone = await timeExport(core.client);
      sayProgress('images out of a large parquet file …');
      const images = await measureLargeParquetImages();
      const all = timed.flatMap(({ coldMs, warmMs }) => [coldMs, ...warmMs]);
      const cold = timed.map(({ coldMs }) => coldMs);
      const worst = timed.reduce((a, b) => (Math.max(a.coldMs, ...a.warmMs) > Math.max(b.coldMs, ...b.warmMs) ? a : b));
      return {
        ours: {
          p95Ms: rounded(quantile(all, 0.95)),
          medianMs: rounded(quantile(all, 0.5)),
          coldP95Ms: rounded(quantile(cold, 0.95)),
          coldMedianMs: rounded(quantile(cold, 0.5)),
          worstQuery: worst.name,
          worstMs: rounded(Math.max(worst.coldMs, ...worst.warmMs)),
          questionOpenMs: rounded(quantile(opened, 0.95)),
          httpP95Ms: rounded(
            quantile(
              http.flatMap(({ ms }) => ms),
              0.95,
            ),
          ),
          imageMs: images.kind === 'measured' ? images.imageP95Ms : null,
          exportSeconds: rounded(exported.seconds),
          exportCpuSeconds: rounded(exported.cpuSeconds),
          exportAloneSeconds: rounded(exportedAlone.seconds),
          exportAloneCpuSeconds: rounded(exportedAlone.cpuSeconds),
          coreHeldUpP99Ms: rounded(delay.percentile(99) / 1e6),
          coreHeldUpMaxMs: rounded(delay.max / 1e6),
        },
        peer: null,
        ratio: null,
        details: {
          storeMegabytes: sizeMegabytes,
          limits,
          // Above the machine's threads: others worked on it, too.
          loadAverage: loadavg().map(rounded),
          images,
          overHttp: http.map(({ name, ms }) => ({ name, medianMs: rounded(quantile(ms, 0.5)) })),
          queries: timed.map(({ name, coldMs, warmMs }) => ({
            name,
            coldMs: rounded(coldMs),
            warmMs: rounded(quantile(warmMs, 0.5)),
          })),
        },
      };
    } finally {
      await engine.stop();
      await core.close();
    }
  },
};

/** 5,000 questions; already so in a store that was asked before. */
async function tagQuestions(client: ContractClient): Promise<void> {
  const { rows } = await client.questions.list({ runId: runIdOf(0), where: [`tag=${benchTag}`], limit: 1 });
  if (rows.length > 0) return;
  const selection = { runId: runIdOf(0), where: ['predicted=B', 'gold=A', 'domain=science'] };
  await client.questions.tag({ selection, add: [benchTag] });
  const more = {
    runId: runIdOf(0),
    where: ['category=category-4-2', 'category=category-4-3', 'category=category-1-1'],
  };
  await client.questions.tag({ selection: more, add: [benchTag] });
}

/** As with the next-question key: one after the other, in an order and a filter. */
async function openQuestions(client: ContractClient): Promise<number[]> {
  const sort = { by: 'focus', stepIndex: 1, descending: false } as const;
  const where = ['outcome=wrong'];
  const { rows } = await client.questions.list({ runId: runIdOf(0), where, sort, offset: 5000, limit: 1 });
  const times: number[] = [];
  for (let sampleId = rows[0]?.sampleId; sampleId !== undefined && times.length < openedCount;) {
    const input = { runId: runIdOf(0), sampleId, where, sort };
    let next: string | null = null;
    times.push(await millisecondsOf(async () => void ({ nextSampleId: next } = await client.questions.get(input))));
    sampleId = next ?? undefined;
  }
  return times;
}

async function askOverHttp(client: ContractClient): Promise<{ name: string; ms: number[] }[]> {
  const asked: { name: string; ms: number[] }[] = [];
  for (const { name, ask } of storeQueries.filter((query) => overHttp.includes(query.name))) {
    sayProgress(`${name}, over HTTP`);
    const ms: number[] = [];
    for (let count = 0; count < httpRepeatCount; count += 1) ms.push(await millisecondsOf(() => ask(client)));
    asked.push({ name, ms });
  }
  return asked;
}

async function timeExport(client: ContractClient): Promise<{ seconds: number; cpuSeconds: number }> {
  sayProgress('export of a whole run …');
  const folder = await mkdtemp(join(tmpdir(), 'penumbra-bench-export-'));
  try {
    const questions = join(folder, 'questions.csv');
    const cpuBefore = process.cpuUsage();
    const ms = await millisecondsOf(() => client.runs.export({ runId: runIdOf(2), questions }));
    if ((await stat(questions)).size === 0) throw new Error('the export is empty');
    const { user, system } = process.cpuUsage(cpuBefore);
    return { seconds: ms / 1000, cpuSeconds: (user + system) / 1e6 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const rounded = (value: number): number => Math.round(value * 10) / 10;
