/** Runs with several engines at work side by side: one queue, every question once, crashes, stopping, resuming. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { methodTableText } from '../../src/main/cli/output/method-table-text.ts';
import { runText } from '../../src/main/cli/output/run-text.ts';
import { isAlive } from '../../src/main/files/process-alive.ts';
import type { RunService } from '../../src/main/runs/run-service.ts';
import { answeredRows } from '../support/answered-rows.ts';
import { follow, type Workplace } from '../support/run-workplace.ts';
import { sampleIdOf } from '../support/small-dataset.ts';
import { temporaryWorkplaces } from '../support/temporary-workplaces.ts';

const workplaceOf = temporaryWorkplaces();

type Worked = Readonly<{ pid: number; gpu: number; ids: readonly string[] }>;
type Loaded = Readonly<{ pid: number; gpu: number; threadCount: number | null; sharingCount: number }>;

function linesOf<Line>(file: string): Line[] {
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8').trim();
  return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as Line);
}

const allIds = (count: number): string[] => Array.from({ length: count }, (_, index) => sampleIdOf(index));

const answered = (place: Workplace): unknown[] => answeredRows(place.storePath).rows;

const until = async (condition: () => boolean): Promise<void> => {
  const deadline = Date.now() + 15_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('it did not happen in 15 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

const failedIds = async (runs: RunService, runId: string): Promise<string[]> => {
  const { rows } = await runs.listQuestions({ runId, where: ['outcome=failed'], limit: 500, offset: 0 });
  return rows.map(({ sampleId }) => sampleId);
};

describe('a run with several engines', () => {
  it('asks every question once, shares the work, and stores what one engine would', async () => {
    const place = await workplaceOf(60);
    const workLog = join(place.folder, 'work');
    const { runs } = place.open({ batchMs: 20, workLog });
    await follow(runs, (await runs.start(place.request())).runId);
    const alone = answeredRows(place.storePath);
    expect(new Set(linesOf<Worked>(workLog).map(({ pid }) => pid)).size).toBe(1);

    const { runs: others } = place.open({ batchMs: 20, workLog: `${workLog}-3` });
    const { runId } = await others.start(place.request({ settings: { engines: 3 } }));
    const events = await follow(others, runId);
    expect(events.at(-1)).toMatchObject({ status: 'finished', done: 60, failed: 0 });
    expect(answeredRows(place.storePath)).toEqual(alone);
    expect(alone.steps.length).toBe(180);
    const worked = linesOf<Worked>(`${workLog}-3`);
    expect(worked.flatMap(({ ids }) => ids).toSorted()).toEqual(allIds(60));
    const byEngine = [0, 1, 2].map((gpu) => worked.filter((each) => each.gpu === gpu).length);
    for (const batches of byEngine) expect(batches, byEngine.join(' ')).toBeGreaterThanOrEqual(2);
  });

  it('is the same run as with one: same configuration, noted engines, the whole settings to repeat it', async () => {
    const place = await workplaceOf(6);
    const { runs } = place.open();
    const one = await runs.start(place.request());
    await follow(runs, one.runId);
    const two = await runs.start(place.request({ settings: { engines: 2 } }));
    await follow(runs, two.runId);
    expect(two.configurationHash).toBe(one.configurationHash);
    const { manifest, repeatCommand } = await runs.show({ runId: two.runId });
    expect(manifest).toMatchObject({
      settings: { engines: 2, gpus: [] },
      environment: { engines: 2, enginesOn: '2 engines on cpu' },
    });
    expect(repeatCommand).toContain('--engines 2');
    expect((await runs.show({ runId: one.runId })).repeatCommand).not.toContain('--engines');
    // Its seconds are another matter.
    const methods = await runs.methodTable({ runIds: [one.runId, two.runId] });
    expect(methods.rows.map(({ timing }) => timing)).toEqual([
      { 'Ran on': 'cpu', Precision: 'f32' },
      { 'Ran on': '2 engines on cpu', Precision: 'f32' },
    ]);
    const text = methodTableText(methods);
    expect(text).toContain('Mind the seconds and speed-ups: the runs differ in where they ran (cpu; 2 engines on cpu)');
    expect(text).not.toContain('Not like for like');
    expect(text).toMatch(/ Ran on +Label$/m);
  });

  it('splits the cores between its engines', async () => {
    const place = await workplaceOf(8);
    const loadLog = join(place.folder, 'loads');
    const { runs } = place.open({ loadLog });
    await follow(runs, (await runs.start(place.request({ settings: { engines: 2 } }))).runId);
    const loads = linesOf<Loaded>(loadLog).toSorted((a, b) => a.gpu - b.gpu);
    expect(loads.map(({ gpu, sharingCount }) => [gpu, sharingCount])).toEqual([
      [0, 2],
      [1, 2],
    ]);
    for (const { threadCount } of loads) expect(threadCount).toBeGreaterThanOrEqual(1);
  });

  it('loses only the one question that crashes an engine, and nothing of the other engine', async () => {
    const place = await workplaceOf(40);
    const workLog = join(place.folder, 'work');
    const { runs } = place.open({ batchMs: 10, crashOn: [sampleIdOf(9)], workLog });
    const { runId } = await runs.start(place.request({ settings: { engines: 2 } }));
    await follow(runs, runId);
    expect((await runs.show({ runId })).run).toMatchObject({ status: 'finished', total: 40, failed: 1 });
    expect(await failedIds(runs, runId)).toEqual([sampleIdOf(9)]);
    // The batch of four and its half took an engine along. Question 9 is the run's last: no process had to follow.
    const { run, manifest } = await runs.show({ runId });
    expect(run.engineRestarts?.count).toBe(2);
    const [{ engine } = { engine: 0 }] = run.engineRestarts?.last ?? [];
    expect(run.engineRestarts?.last).toEqual(
      Array.from({ length: 2 }, () => ({
        at: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T/) as string,
        engine,
        kind: 'engine-crashed',
        found: 'exit code 4',
      })),
    );
    expect([1, 2]).toContain(engine);
    expect(manifest).toMatchObject({ environment: { engineRestarts: run.engineRestarts } });
    // Questions of other batches than the one that crashed are asked once.
    const worked = linesOf<Worked>(workLog);
    const asked = worked.flatMap(({ ids }) => ids);
    const batch = new Set(worked.find(({ ids }) => ids.includes(sampleIdOf(9)))?.ids);
    expect(batch.size).toBe(4);
    const others = asked.filter((id) => !batch.has(id));
    expect(others.toSorted()).toEqual(allIds(40).filter((id) => !batch.has(id)));
  });

  it('pauses for an engine that crashes at everything, and fails none of its questions', async () => {
    const place = await workplaceOf(200);
    const workLog = join(place.folder, 'work');
    const { runs } = place.open({ batchMs: 60, crashOnGpu: 1, workLog });
    const { runId } = await runs.start(place.request({ settings: { engines: 2, batchSize: 2 } }));
    await follow(runs, runId);
    const { run } = await runs.show({ runId });
    expect(run).toMatchObject({ status: 'paused', failed: 0, failure: { kind: 'engine-crashed', place: 'engine 2' } });
    expect(run.engineRestarts?.last.every(({ engine }) => engine === 2)).toBe(true);
    // The sound engine's answers are all there.
    const sound = linesOf<Worked>(workLog).flatMap(({ gpu, ids }) => (gpu === 0 ? ids : []));
    expect(run.total).toBe(sound.length);
    expect(sound.length).toBeGreaterThan(2);
    // One engine, sound: the rest is answered.
    await runs.resume({ runId, engines: 1 });
    await follow(runs, runId);
    const { run: done } = await runs.show({ runId });
    expect(done).toMatchObject({ status: 'finished', total: 200, failed: 0, settings: { engines: 1 } });
    // What the first part was answered on is not forgotten.
    expect(done.enginesOn).toBe('2 engines on cpu, then cpu');
    expect(done.configurationHash).toBe(run.configurationHash);
    expect(done.engineRestarts).toEqual(run.engineRestarts);
  });

  it('goes on after one of its engines was killed from outside', async () => {
    const place = await workplaceOf(40);
    const workLog = join(place.folder, 'work');
    const { runs } = place.open({ batchMs: 60, workLog });
    const { runId } = await runs.start(place.request({ settings: { engines: 2 } }));
    await until(() => linesOf<Worked>(workLog).length >= 4);
    const last = linesOf<Worked>(workLog).at(-1);
    process.kill(last?.pid ?? 0, 'SIGKILL');
    await follow(runs, runId);
    const { run } = await runs.show({ runId });
    expect(run).toMatchObject({ status: 'finished', total: 40, failed: 0 });
    expect(answered(place)).toHaveLength(40);
    expect(run.engineRestarts).toMatchObject({
      count: 1,
      last: [{ engine: (last?.gpu ?? 0) + 1, kind: 'out-of-memory', found: 'signal SIGKILL' }],
    });
    expect(runText(run, [])).toMatch(
      /^Restarts +1, each after .*:\n +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +engine [12]: out-of-memory \(signal SIGKILL\)$/m,
    );
  });

  it('stopped at once ends all of them; nothing that was recorded is lost', async () => {
    const place = await workplaceOf(40);
    const workLog = join(place.folder, 'work');
    const { runs } = place.open({ batchMs: 400, workLog });
    const { runId } = await runs.start(place.request({ settings: { engines: 3, batchSize: 2 } }));
    await until(() => new Set(linesOf<Worked>(workLog).map(({ pid }) => pid)).size === 3);
    const pids = [...new Set(linesOf<Worked>(workLog).map(({ pid }) => pid))];
    const { status, failure } = await runs.pause({ runId, force: true });
    expect({ status, failure }).toEqual({ status: 'paused', failure: null });
    for (const pid of pids) expect(isAlive(pid), String(pid)).toBe(false);
    await runs.resume({ runId, engines: 2 });
    await follow(runs, runId);
    expect((await runs.show({ runId })).run).toMatchObject({ status: 'finished', total: 40, failed: 0 });
  });

  it('paused finishes the batches in flight of every engine', async () => {
    const place = await workplaceOf(40);
    const workLog = join(place.folder, 'work');
    const { runs } = place.open({ batchMs: 150, workLog });
    const { runId } = await runs.start(place.request({ settings: { engines: 2, batchSize: 3 } }));
    await until(() => new Set(linesOf<Worked>(workLog).map(({ pid }) => pid)).size === 2);
    const run = await runs.pause({ runId, force: false });
    expect(run.status).toBe('paused');
    expect(run.total).toBe(linesOf<Worked>(workLog).flatMap(({ ids }) => ids).length);
  });

  it('lets single questions in between, on an engine that is loaded already', async () => {
    const place = await workplaceOf(60);
    const [workLog, loadLog] = [join(place.folder, 'work'), join(place.folder, 'loads')];
    const { runs } = place.open({ batchMs: 60, workLog, loadLog });
    const { runId } = await runs.start(place.request({ settings: { engines: 2 } }));
    await until(() => answered(place).length >= 4);
    const [asked] = (
      await runs.listQuestions({ runId, where: ['outcome=right', 'outcome=wrong'], limit: 1, offset: 0 })
    ).rows;
    const { prediction, settings } = await runs.tryQuestion(
      { runId, sampleId: asked?.sampleId ?? '', settings: { maxTokens: 9 } },
      new AbortController().signal,
    );
    expect(prediction.status).toBe('answered');
    expect(settings).toMatchObject({ engines: 1, batchSize: 1 });
    await follow(runs, runId);
    expect((await runs.show({ runId })).run).toMatchObject({ status: 'finished', total: 60 });
    expect(linesOf<Loaded>(loadLog)).toHaveLength(2);
  });
});
