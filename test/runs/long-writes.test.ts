/** Long writes over runs that are large enough for a thread: whole or not there for who reads, whatever ends them. */
import { copyFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { longWorkHere } from '../../src/main/runs/long-work.ts';
import { createOwner } from '../../src/main/runs/owner.ts';
import { copyToPack, unpackRun } from '../../src/main/runs/pack-run.ts';
import { createRunService, type RunService, type RunServiceOptions } from '../../src/main/runs/run-service.ts';
import { createTaskRegistry, type TaskRegistry } from '../../src/main/runs/tasks.ts';
import { copyRun } from '../../src/main/store/copy-run.ts';
import { openStore, type Store } from '../../src/main/store/store.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { fillQuestionStore } from '../support/question-store.ts';
import { fakeEngineHost } from '../support/run-workplace.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
const readerEntry = fileURLToPath(new URL('../../src/main/runs/reader/reader-worker.ts', import.meta.url));
/** More than is done on the core's thread. */
const questionCount = 2600;

let filledFolder: string;
/** Filled once, copied for each test. */
let filled: string;
let store: Store;
let tasks: TaskRegistry;
let bugs: unknown[];
const opened: RunService[] = [];

const serviceOf = (options: Partial<RunServiceOptions> = {}): RunService => {
  const logBug = (error: unknown): void => void bugs.push(error);
  const engineHost = fakeEngineHost({});
  const service = createRunService({ store, engineHost, version: 'test', readerEntry, tasks, logBug, ...options });
  opened.push(service);
  return service;
};

beforeAll(async () => {
  filledFolder = await mkdtemp(join(tmpdir(), 'penumbra-test-'));
  filled = join(filledFolder, 'filled.sqlite');
  const made = openStore(filled);
  fillQuestionStore(made, questionCount);
  made.close();
});

afterAll(() => rm(filledFolder, { recursive: true }));

beforeEach(async () => {
  bugs = [];
  tasks = createTaskRegistry((error) => bugs.push(error));
  const path = join(await newFolder(), 'store.sqlite');
  copyFileSync(filled, path);
  store = openStore(path);
});

afterEach(async () => {
  await tasks.close();
  for (const service of opened.splice(0)) await service.close();
  store.close();
  expect(bugs).toEqual([]);
});

/** The first value of a statement, read by a connection of its own. */
function valueOf(sql: string, path = store.path): unknown {
  const database = new Database(path);
  try {
    return database.prepare(sql).pluck().get();
  } finally {
    database.close();
  }
}

function change(sql: string): void {
  const database = new Database(store.path);
  database.exec(sql);
  database.close();
}

/** Rows in every table that a run has rows in. */
const countsOf = (path = store.path): unknown[] =>
  ['runs', 'planned_questions', 'predictions', 'outputs', 'latent_steps', 'scores', 'samples', 'notes'].map((table) =>
    valueOf(`SELECT count(*) FROM ${table}`, path),
  );

const scoresOfFirst = `SELECT count(*) FROM scores JOIN runs USING (run_row) WHERE run_id = 'FIRST' AND scores.scorer = 'strict'`;
const dropScores = `DELETE FROM scores WHERE scorer = 'strict' AND run_row = (SELECT run_row FROM runs WHERE run_id = 'FIRST')`;

describe('scoring a large run', () => {
  it('is one task, however many ask for it, and leaves the core its turns', async () => {
    const answers = valueOf(`SELECT count(*) FROM predictions JOIN runs USING (run_row) WHERE run_id = 'FIRST'`);
    change(dropScores);
    const runs = serviceOf();
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 5);
    await Promise.all([1, 2, 3].map(() => runs.rescore({ runId: 'FIRST', scorer: 'strict' })));
    clearInterval(timer);
    expect(valueOf(scoresOfFirst)).toBe(answers);
    expect(tasks.list().map(({ kind, status, result }) => [kind, status, result?.runId])).toEqual([
      ['scoring', 'done', 'FIRST'],
    ]);
    expect(turns).toBeGreaterThan(5);
  });

  it('that somebody cancels fails for who waits, and goes on where it was when it is asked for again', async () => {
    const answers = Number(
      valueOf(`SELECT count(*) FROM predictions JOIN runs USING (run_row) WHERE run_id = 'FIRST'`),
    );
    change(dropScores);
    const runs = serviceOf();
    const stop = tasks.onChange((event) => {
      if (event.kind === 'changed' && event.task.done > 0) void tasks.cancel(event.task.taskId);
    });
    await expectFailure(() => runs.rescore({ runId: 'FIRST', scorer: 'strict' }), 'cancelled');
    stop();
    expect(tasks.list().map(({ status }) => status)).toEqual(['cancelled']);
    const scored = Number(valueOf(scoresOfFirst));
    expect(scored).toBeGreaterThan(0);
    expect(scored).toBeLessThan(answers);
    await runs.rescore({ runId: 'FIRST', scorer: 'strict' });
    expect(valueOf(scoresOfFirst)).toBe(answers);
  });
});

describe('tagging a large run', () => {
  it('happens in another thread, all at once', async () => {
    const runs = serviceOf();
    const { changed } = await runs.tagQuestions({
      selection: { runId: 'FIRST', where: [] },
      sampleIds: [],
      add: ['bulk'],
      remove: [],
    });
    expect(changed).toBe(questionCount);
    expect(valueOf(`SELECT count(*) FROM sample_tags JOIN tags USING (tag_row) WHERE name = 'bulk'`)).toBe(
      questionCount,
    );
    await expectFailure(() => runs.tagQuestions({ sampleIds: [], add: ['x'], remove: [] }), 'wrong-usage');
  });
});

describe('a deleted run', () => {
  it('is gone at once; its rows follow', async () => {
    const runs = serviceOf({ staysOpen: true });
    await runs.remove({ runId: 'FIRST' });
    expect((await runs.list({ limit: 10, offset: 0 })).runs.map(({ runId }) => runId)).toEqual(['SECOND']);
    await expectFailure(() => runs.show({ runId: 'FIRST' }), 'not-found');
    await expect.poll(() => valueOf('SELECT count(*) FROM runs')).toBe(1);
    const second = `(SELECT run_row FROM runs WHERE run_id = 'SECOND')`;
    expect(valueOf(`SELECT count(*) FROM predictions WHERE run_row <> ${second}`)).toBe(0);
    expect(valueOf(`SELECT count(*) FROM scores WHERE run_row <> ${second}`)).toBe(0);
    expect(valueOf('SELECT count(*) FROM samples'), 'the other run has them, too').toBe(questionCount);
    expect(store.checkIntegrity()).toBe('ok');
  });

  it('whose process was killed half-way is removed by the next one that stays', async () => {
    const run = store.runs.find('FIRST');
    store.hiddenRuns.hide(run?.runRow ?? 0);
    store.hiddenRuns.removeSome(run?.runRow ?? 0);
    const before = countsOf();
    await serviceOf().list({ limit: 10, offset: 0 });
    expect(countsOf()).toEqual(before);
    serviceOf({ staysOpen: true });
    await expect.poll(() => valueOf('SELECT count(*) FROM runs')).toBe(1);
    expect(store.checkIntegrity()).toBe('ok');
  });

  it('is removed to the last row before a process that does not stay ends', async () => {
    const runs = serviceOf();
    await runs.remove({ runId: 'FIRST' });
    await runs.remove({ runId: 'SECOND' });
    await runs.close();
    expect(countsOf().slice(0, 6)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(valueOf('SELECT count(*) FROM samples'), 'tagged questions stay').toBe(
      valueOf('SELECT count(DISTINCT sample_row) FROM sample_tags'),
    );
  });
});

describe('a run that is taken in', () => {
  const packOf = async (): Promise<string> => {
    const file = join(await newFolder(), 'run.penumbra');
    const run = store.runs.find('FIRST');
    if (run !== undefined) copyToPack(store, run, file);
    return file;
  };

  it('is not there before it is complete, and a cancelled one leaves nothing', async () => {
    const file = await packOf();
    const target = openStore(join(await newFolder(), 'target.sqlite'));
    const cancel = new AbortController();
    const seen = new Set<number>();
    const work = longWorkHere({ signal: cancel.signal, report: ({ done }) => done > 1000 && cancel.abort() });
    const watched = {
      ...work,
      pause: () => {
        seen.add(target.runs.count());
        return work.pause();
      },
    };
    await expectFailure(() => unpackRun(target, file, createOwner(), watched), 'cancelled');
    expect([...seen]).toEqual([0]);
    expect(countsOf(target.path)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect((await unpackRun(target, file, createOwner(), longWorkHere())).runId).toBe('FIRST');
    expect(target.runs.count()).toBe(1);
    expect(target.checkIntegrity()).toBe('ok');
    target.close();
  });

  it('whose process was killed half-way is removed by the next one that stays, and may come again', async () => {
    const file = await packOf();
    const pack = openStore(file, { readOnly: true });
    const run = pack.runs.find('FIRST');
    if (run === undefined) throw new Error('the pack has its run');
    await serviceOf().remove({ runId: 'FIRST' });
    await Promise.all(opened.map((service) => service.close()));
    const before = countsOf();
    const dead = { ...createOwner(), heartbeatAt: 0 };
    const steps = copyRun(pack, store, run, dead);
    for (let step = 0; step < 3; step += 1) store.transaction(() => steps.next());
    pack.close();
    expect(countsOf()).not.toEqual(before);
    const runs = serviceOf({ staysOpen: true });
    await expect.poll(() => countsOf()).toEqual(before);
    expect((await runs.unpack({ file })).runId).toBe('FIRST');
    expect(store.checkIntegrity()).toBe('ok');
  });

  it('may be large: then it is a task', async () => {
    const file = await packOf();
    const place = await newFolder();
    const first = store;
    store = openStore(join(place, 'target.sqlite'));
    first.close();
    const runs = serviceOf();
    expect((await runs.unpack({ file })).runId).toBe('FIRST');
    expect(tasks.list().map(({ kind, status, result }) => [kind, status, result?.runId])).toEqual([
      ['unpack', 'done', 'FIRST'],
    ]);
  });
});

describe('who writes', () => {
  it('is counted while it writes or waits to, for threads that give way', () => {
    const count = new Int32Array(store.writersAtWork);
    expect(Atomics.load(count, 0)).toBe(0);
    store.transaction(() => {
      expect(Atomics.load(count, 0)).toBe(1);
      store.runs.count();
      expect(Atomics.load(count, 0)).toBe(1);
    });
    expect(Atomics.load(count, 0)).toBe(0);
  });
});
