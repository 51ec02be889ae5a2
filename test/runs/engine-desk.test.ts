/** Who gets the engine when, over the fake engine's process: order, crashes, stops, and how long it stays. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { isAlive } from '../../src/main/files/process-alive.ts';
import { cpuAlone } from '../../src/main/runs/device-choice.ts';
import { createEngineDesk, type DeskModel, type EngineDesk } from '../../src/main/runs/engine-desk.ts';
import type { EngineQuestion } from '../../src/main/engine/protocol.ts';
import { resolveRunSettings } from '../../src/shared/run-settings.ts';
import { expectFailure } from '../support/expect-failure.ts';
import type { FakeEngineBehaviour } from '../support/fake-engine.ts';
import { fakeEngineHost } from '../support/run-workplace.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
const desks: EngineDesk[] = [];
afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.close();
});

const model = (fingerprint = 'a'): DeskModel => ({
  bundlePath: '/nowhere',
  device: 'cpu',
  fingerprint,
  crew: { engines: 1, gpus: [] },
  index: 0,
  any: false,
});
const settings = resolveRunSettings(
  { maxTokens: 20 },
  {
    method: 'ivt-lr',
    latentSteps: 2,
    patchesPerStep: 3,
    stepLayout: 'patches-then-hidden',
    promptFormat: 'released-inference',
  },
);
const question = (sampleId: string): EngineQuestion => ({
  sampleId,
  question: sampleId,
  choices: ['a', 'b'],
  context: '',
  images: [],
});

async function deskWith(behaviour: FakeEngineBehaviour = {}, stayLoadedMs = 60_000) {
  const folder = await newFolder();
  const files = { log: join(folder, 'log'), pidFile: join(folder, 'pid') };
  const desk = createEngineDesk({
    host: fakeEngineHost({ ...files, ...behaviour }),
    devices: cpuAlone,
    threadCount: 1,
    stayLoadedMs,
  });
  desks.push(desk);
  return {
    desk,
    order: (): string[] =>
      readFileSync(files.log, 'utf8')
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as string[]).join('+')),
    pid: (): number => Number(readFileSync(files.pidFile, 'utf8')),
    forgetPid: (): void => rmSync(files.pidFile),
    hasNewPid: (): boolean => existsSync(files.pidFile),
    begun: async (count: number): Promise<void> => {
      const lines = (): number => (existsSync(files.log) ? readFileSync(files.log, 'utf8').split('\n').length - 1 : 0);
      while (lines() < count) await wait(5);
    },
  };
}

describe('a batch that was announced', () => {
  const announcements = (file: string): string[] => readFileSync(file, 'utf8').trim().split('\n');

  it('is asked as such once; what is asked otherwise goes whole, and the next announcement takes its place', async () => {
    const announcementLog = join(await newFolder(), 'announcements');
    const { desk, order } = await deskWith({ announcementLog });
    const run = desk.use(model(), 'batch');
    const [a, b, c] = ['a', 'b', 'c'].map(question);
    if (a === undefined || b === undefined || c === undefined) throw new Error('three questions exist');
    // Before there is a process nobody can prepare.
    run.prepare(settings, [a]);
    await run.answer(settings, [a]);
    run.prepare(settings, [a, b]);
    await run.answer(settings, [a]);
    await run.answer(settings, [a, b]);
    await run.answer(settings, [a, b]);
    run.prepare(settings, [b]);
    run.prepare(settings, [c]);
    await run.answer({ ...settings, maxTokens: 5 }, [c]);
    expect(order()).toEqual(['a', 'a', 'a+b', 'a+b', 'c']);
    await run.leave(true);
    // In the queue of the process before the probe.
    await desk.use(model(), 'probe').answer(settings, [b]);
    expect(announcements(announcementLog)).toEqual([
      'prepare a+b',
      'asked a+b',
      'prepare b',
      'forget b',
      'prepare c',
      'forget c',
    ]);
  });

  it('goes whole to the process that follows a crash', async () => {
    const announcementLog = join(await newFolder(), 'announcements');
    const { desk, order } = await deskWith({ announcementLog, crashOn: ['bad'] });
    const run = desk.use(model(), 'batch');
    await run.ready();
    const next = question('next');
    const crashed = run.answer(settings, [question('bad')]);
    run.prepare(settings, [next]);
    await expect(crashed).rejects.toThrow();
    expect(await run.answer(settings, [next])).toMatchObject([{ sampleId: 'next', status: 'answered' }]);
    expect(order()).toEqual(['bad', 'next']);
  });
});

describe('who needs to be alone', () => {
  it('waits for the users of now, and those who come meanwhile wait for its end', async () => {
    const { desk, pid, begun } = await deskWith({ batchMs: 100 });
    const run = desk.use(model(), 'batch');
    const batch = run.answer(settings, [question('run')]);
    await begun(1);
    const first = pid();
    const seen: string[] = [];
    const turn = Promise.withResolvers<void>();
    const work = Promise.withResolvers<void>();
    const alone = desk.alone(async () => {
      turn.resolve();
      seen.push(isAlive(first) ? 'beside an engine' : 'alone');
      await work.promise;
      seen.push('ended');
    }, new AbortController().signal);
    await batch;
    expect(seen, 'the run still uses its engine').toEqual([]);
    await run.leave(true);
    const next = desk.use(model('b'), 'batch');
    const late = next.answer(settings, [question('late')]).then(() => seen.push('answered'));
    await turn.promise;
    // Long enough for an engine that did not wait to have answered.
    await wait(200);
    expect(seen).toEqual(['alone']);
    work.resolve();
    await Promise.all([alone, late]);
    expect(seen).toEqual(['alone', 'ended', 'answered']);
  });

  it('gives up when it is cancelled before its turn, and a run that waits for it can be stopped at once', async () => {
    const { desk } = await deskWith();
    const run = desk.use(model(), 'batch');
    await run.answer(settings, [question('run')]);
    const cancel = new AbortController();
    const never = desk.alone(() => Promise.reject(new Error('its turn came')), cancel.signal);
    cancel.abort();
    await expectFailure(() => never, 'cancelled');
    await run.leave(true);
    const work = Promise.withResolvers<void>();
    const alone = desk.alone(() => work.promise, new AbortController().signal);
    const waiting = desk.use(model(), 'batch');
    const asked = waiting.ready();
    waiting.stop();
    await expectFailure(() => asked, 'cancelled');
    work.resolve();
    await alone;
  });
});

describe('an engine at the desk', () => {
  it('is gone before the next one of its model is started, stopped or left', async () => {
    const host = fakeEngineHost({ batchMs: 200 });
    let alive = 0;
    const aliveAtStart: number[] = [];
    const desk = createEngineDesk({
      host: {
        start: () => {
          const channel = host.start();
          aliveAtStart.push(alive);
          alive += 1;
          channel.onExit(() => (alive -= 1));
          return channel;
        },
      },
      devices: cpuAlone,
      threadCount: 1,
      stayLoadedMs: 60_000,
    });
    desks.push(desk);
    const first = desk.use(model(), 'batch');
    await first.ready();
    const left = first.leave(false);
    const second = desk.use(model(), 'batch');
    await second.ready();
    const stopped = second.answer(settings, [question('b1')]);
    await wait(50);
    second.stop();
    const third = desk.use(model(), 'probe');
    await Promise.all([third.ready(), expectFailure(() => stopped, 'cancelled'), left]);
    expect(aliveAtStart).toEqual([0, 0, 0]);
  });

  it('answers probes before the batches that wait, in one process', async () => {
    const { desk, order, begun, pid } = await deskWith({ batchMs: 60 });
    const run = desk.use(model(), 'batch');
    const probe = desk.use(model(), 'probe');
    const first = run.answer(settings, [question('b1'), question('b2')]);
    await begun(1);
    const rest = [
      run.answer(settings, [question('b3')]),
      run.answer(settings, [question('b4')]),
      probe.answer(settings, [question('p1')]),
      probe.answer(settings, [question('p2')]),
    ];
    await Promise.all([first, ...rest]);
    expect(order()).toEqual(['b1+b2', 'p1', 'p2', 'b3', 'b4']);
    expect(isAlive(pid())).toBe(true);
  });

  it('that a probe takes down fails that probe alone; the batch behind it gets a new process', async () => {
    const { desk, order, begun } = await deskWith({ batchMs: 60, crashOn: ['bad'] });
    const run = desk.use(model(), 'batch');
    const probe = desk.use(model(), 'probe');
    const first = run.answer(settings, [question('b1')]);
    await begun(1);
    const tried = probe.answer(settings, [question('bad')]);
    const second = run.answer(settings, [question('b2')]);
    await expectFailure(() => tried, 'engine-crashed');
    expect((await first)[0]?.status).toBe('answered');
    expect((await second)[0]?.status).toBe('answered');
    expect(order()).toEqual(['b1', 'bad', 'b2']);
  });

  it('lets a stopped probe run out beside a run, and ends at once when nobody else uses it', async () => {
    const { desk, order, begun, pid } = await deskWith({ batchMs: 200 });
    const run = desk.use(model(), 'batch');
    const probe = desk.use(model(), 'probe');
    const tried = probe.answer(settings, [question('p1')]);
    await begun(1);
    const before = pid();
    probe.stop();
    await expectFailure(() => tried, 'cancelled');
    await run.answer(settings, [question('b1')]);
    expect(pid()).toBe(before);
    await expectFailure(() => probe.answer(settings, [question('p2')]), 'cancelled');
    expect(order()).toEqual(['p1', 'b1']);

    await run.leave(true);
    await probe.leave(true);
    const alone = desk.use(model(), 'probe');
    const long = alone.answer(settings, [question('p3')]);
    await begun(3);
    alone.stop();
    await expectFailure(() => long, 'cancelled');
    while (isAlive(before)) await wait(5);
    await alone.leave(true);
  });

  it('ends at once for a stopped batch, and starts again for the probe behind it', async () => {
    const { desk, begun, pid } = await deskWith({ batchMs: 300 });
    const run = desk.use(model(), 'batch');
    const probe = desk.use(model(), 'probe');
    const batch = run.answer(settings, [question('b1')]);
    await begun(1);
    const before = pid();
    const tried = probe.answer(settings, [question('p1')]);
    run.stop();
    await expectFailure(() => batch, 'cancelled');
    expect((await tried)[0]?.status).toBe('answered');
    expect(pid()).not.toBe(before);
    expect(isAlive(before)).toBe(false);
  });

  it('starts no process for whoever has stopped before', async () => {
    const { desk, hasNewPid } = await deskWith();
    const run = desk.use(model(), 'batch');
    const loading = run.ready();
    run.stop();
    await expectFailure(() => loading, 'cancelled');
    await run.leave(false);
    expect(hasNewPid()).toBe(false);
  });

  it('stays loaded for a while after its last use, then goes', async () => {
    const { desk, pid, forgetPid, hasNewPid } = await deskWith({}, 300);
    const first = desk.use(model(), 'probe');
    await first.answer(settings, [question('p1')]);
    await first.leave(true);
    const loaded = pid();
    forgetPid();
    const second = desk.use(model(), 'batch');
    await second.answer(settings, [question('b1')]);
    expect(hasNewPid(), 'no second process').toBe(false);
    await wait(400);
    expect(isAlive(loaded), 'in use').toBe(true);
    await second.leave(true);
    expect(isAlive(loaded)).toBe(true);
    while (isAlive(loaded)) await wait(20);
    const third = desk.use(model(), 'batch');
    await third.answer(settings, [question('b2')]);
    await third.leave(false);
    expect(isAlive(pid()), 'its last user wants the memory back').toBe(false);
  });

  it('makes room for another model, and for another one at the same place', async () => {
    const { desk, pid } = await deskWith();
    const first = desk.use(model('a'), 'batch');
    await first.answer(settings, [question('b1')]);
    await first.leave(true);
    const before = pid();
    const second = desk.use(model('b'), 'batch');
    await second.answer(settings, [question('b2')]);
    expect(isAlive(before)).toBe(false);
    expect(isAlive(pid())).toBe(true);
    await desk.unloadIdle();
    expect(isAlive(pid()), 'in use').toBe(true);
    await second.leave(true);
    await desk.unloadIdle();
    expect(isAlive(pid())).toBe(false);
  });

  it('is gone when the desk is closed, whatever was going on', async () => {
    const { desk, begun, pid } = await deskWith({ batchMs: 10_000 });
    const run = desk.use(model(), 'batch');
    const answers = [run.answer(settings, [question('b1')]), run.answer(settings, [question('b2')])];
    await begun(1);
    const failures = Promise.all(answers.map((answer) => expectFailure(() => answer, 'cancelled')));
    await desk.close();
    await failures;
    expect(isAlive(pid())).toBe(false);
    await expectFailure(() => run.answer(settings, [question('b3')]), 'cancelled');
  });
});
