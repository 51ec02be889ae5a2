/**
 * Safety of data in the run service: a run's process is killed (SIGKILL) at 20 moments, spread over start-up, planning, answering
 * and recording, and resumed each time. At the end every question is answered exactly once, the store is whole,
 * and the answers are those of an undisturbed run.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { isAlive } from '../../src/main/files/process-alive.ts';
import { openStore } from '../../src/main/store/store.ts';
import type { DriverRequest } from '../support/run-driver.ts';
import { createWorkplace } from '../support/run-workplace.ts';
import { irregularNumbers } from '../support/stored-rows.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
const driver = fileURLToPath(new URL('../support/run-driver.ts', import.meta.url));
/** The whole program with the real engine is killed 50 times in test/cli/killed-evaluations.test.ts. */
const killCount = 20;
/** Enough that the run is never done before the last kill. */
const questionCount = 4000;

const startDriver = (request: DriverRequest): ChildProcess =>
  spawn(process.execPath, [driver, JSON.stringify(request)], { stdio: ['ignore', 'pipe', 'inherit'] });

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Kills the driver some time after its engine has begun to answer, or some time after its start. */
async function killAt(child: ChildProcess, moment: number, duringStart: boolean): Promise<void> {
  const exited = once(child, 'exit');
  if (!duringStart && child.stdout !== null) await Promise.race([once(child.stdout, 'data'), exited]);
  await sleep(moment);
  child.kill('SIGKILL');
  await exited;
}

/** Everything that was answered, without times of its own. */
function answersOf(storePath: string): { ids: string[]; answers: string[]; status: string | undefined } {
  const store = openStore(storePath);
  const [run] = store.runs.list(1, 0);
  const rows = store.predictions.after(run?.runRow ?? 0, -1, questionCount + 1, { steps: 'all' });
  store.close();
  return {
    ids: rows.map(({ sample }) => sample.sampleId),
    answers: rows.map(({ position, prediction }) => JSON.stringify([position, prediction])),
    status: run?.status,
  };
}

describe('a run that is killed', () => {
  it(`${killCount} times ends like one that was not`, { timeout: 180_000 }, async () => {
    const folder = await newFolder();
    const { dataset, model } = createWorkplace(folder, { questionCount });
    const request = (name: string): DriverRequest => ({
      storePath: join(folder, `${name}.sqlite`),
      dataset,
      model,
      mode: 'continue',
      engine: { batchMs: 2, suggestedBatchSize: 4 },
    });
    const random = irregularNumbers(7);
    let finishedEarly = 0;
    for (let kill = 0; kill < killCount; kill += 1) {
      const child = startDriver(request('killed'));
      // Every fifth kill hits anywhere between the start of the process and its first batches.
      const duringStart = kill % 5 === 0;
      await killAt(child, random() * (duringStart ? 900 : 100), duringStart);
      if (child.exitCode === 0) finishedEarly += 1;
    }
    expect(finishedEarly, 'kills that came after the end of the run').toBe(0);
    const before = answersOf(join(folder, 'killed.sqlite'));
    expect(before.ids.length, 'progress in spite of the kills').toBeGreaterThan(0);
    expect(before.ids.length).toBeLessThan(questionCount);

    const [[code], [otherCode]] = await Promise.all([
      once(startDriver(request('killed')), 'exit'),
      once(startDriver(request('undisturbed')), 'exit'),
    ]);
    expect([code, otherCode]).toEqual([0, 0]);
    const killed = answersOf(join(folder, 'killed.sqlite'));
    const undisturbed = answersOf(join(folder, 'undisturbed.sqlite'));
    expect(killed.status).toBe('finished');
    expect(killed.ids).toHaveLength(questionCount);
    expect(new Set(killed.ids).size).toBe(questionCount);
    expect(killed.answers).toEqual(undisturbed.answers);

    const database = new Database(join(folder, 'killed.sqlite'));
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(database.pragma('foreign_key_check')).toEqual([]);
    expect(database.prepare('SELECT count(*) AS count FROM runs').pluck().get()).toBe(1);
    database.close();
  });

  it('takes its engine with it', async () => {
    const folder = await newFolder();
    const { dataset, model } = createWorkplace(folder, { questionCount: 8 });
    const log = join(folder, 'batches');
    const child = startDriver({
      storePath: join(folder, 'store.sqlite'),
      dataset,
      model,
      mode: 'new',
      engine: { batchMs: 60_000, pidFile: log },
    });
    const pid = await readSoon(log);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await expect.poll(() => isAlive(pid)).toBe(false);
  });
});

async function readSoon(file: string): Promise<number> {
  const { readFile } = await import('node:fs/promises');
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text !== '') return Number(text);
    await sleep(50);
  }
  throw new Error('the engine never started');
}
