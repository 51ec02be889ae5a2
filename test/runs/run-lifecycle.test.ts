/** Runs from plan to end over the fake engine: what is planned, recorded, paused, resumed, refused. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EvaluationRequest } from '../../src/shared/contract/runs.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { writeNominalBundle } from '../support/nominal-bundle.ts';
import { follow } from '../support/run-workplace.ts';
import { sampleIdOf, writeSmallDataset } from '../support/small-dataset.ts';
import { temporaryWorkplaces } from '../support/temporary-workplaces.ts';

const workplaceWith = temporaryWorkplaces();

const everything = { limit: 500, offset: 0, where: [] };
const linesOf = (file: string): string[][] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as string[]);

/** From `start` to before `end`. */
const numbers = (start: number, end: number): number[] => Array.from({ length: end - start }, (_, i) => start + i);

describe('a run', () => {
  it('answers every question with an image, the longest first, in batches of the size that the engine suggests', async () => {
    const place = await workplaceWith({ questionCount: 11, withoutImage: [2] });
    const log = join(place.folder, 'batches');
    const { runs } = place.open({ log });
    const started = await runs.start(place.request());
    expect(started).toMatchObject({ status: 'running', planned: 10, total: 0, split: 'test' });
    const events = await follow(runs, started.runId);
    expect(events[0]?.sequence).toBe(0);
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index));
    expect(events.at(-1)).toMatchObject({ status: 'finished', done: 10, planned: 10 });
    const ids = Array.from({ length: 11 }, (_, number) => sampleIdOf(number)).filter((id) => id !== sampleIdOf(2));
    // Question 10's text has one character more than the others'.
    const asked = [10, 0, 1, 3, 4, 5, 6, 7, 8, 9].map(sampleIdOf);
    expect(linesOf(log)).toEqual([asked.slice(0, 4), asked.slice(4, 8), asked.slice(8)]);
    const { run, manifest } = await runs.show({ runId: started.runId });
    expect(run).toMatchObject({ status: 'finished', total: 10, failed: 0, device: 'cpu', arStepsMean: 10 });
    expect(run.secondsPerQuestionMean).toBeCloseTo(0.014);
    expect(manifest['dataset']).toMatchObject({ rowsWithoutImageLeftOut: 1, split: 'test' });
    expect(manifest['environment']).toMatchObject({ onnxruntime: 'fake', batchSize: 4, penumbra: '0.0.0-test' });
    const { rows } = await runs.listQuestions({ runId: started.runId, ...everything });
    expect(rows.map(({ sampleId }) => sampleId)).toEqual(ids);
    expect(rows.every(({ hasTrace }) => hasTrace)).toBe(true);
  });

  it('announces each batch while the one before is answered, and asks it as announced', async () => {
    const place = await workplaceWith({ questionCount: 9 });
    const announcementLog = join(place.folder, 'announcements');
    const { runs } = place.open({ announcementLog, batchMs: 100 });
    const { runId } = await runs.start(place.request({ settings: { batchSize: 4 } }));
    await follow(runs, runId);
    const [second, third] = [[4, 5, 6, 7], [8]].map((batch) => batch.map(sampleIdOf).join('+'));
    expect(readFileSync(announcementLog, 'utf8').trim().split('\n')).toEqual([
      `prepare ${second}`,
      `asked ${second}`,
      `prepare ${third}`,
      `asked ${third}`,
    ]);
  });

  it('that is paused takes its announced batch back, and answers it when it is resumed', async () => {
    const place = await workplaceWith({ questionCount: 8 });
    const announcementLog = join(place.folder, 'announcements');
    const { runs } = place.open({ announcementLog, batchMs: 400 });
    const { runId } = await runs.start(place.request({ settings: { batchSize: 4 } }));
    for await (const event of runs.watch({ runId })) if (event.phase === 'answering') break;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await runs.pause({ runId, force: false })).total).toBe(4);
    const second = [4, 5, 6, 7].map(sampleIdOf).join('+');
    expect(readFileSync(announcementLog, 'utf8').trim().split('\n')).toEqual([`prepare ${second}`, `forget ${second}`]);
    await runs.resume({ runId });
    await follow(runs, runId);
    expect((await runs.show({ runId })).run).toMatchObject({ status: 'finished', total: 8, failed: 0 });
  });

  it('takes the filter, the limit and the given batch size', async () => {
    const place = await workplaceWith({ questionCount: 30 });
    const log = join(place.folder, 'batches');
    const { runs } = place.open({ log });
    const { runId } = await runs.start(
      place.request({ where: ['domain=mathematics', 'domain=commonsense'], limit: 7, settings: { batchSize: 3 } }),
    );
    await follow(runs, runId);
    expect(linesOf(log).map((batch) => batch.length)).toEqual([3, 3, 1]);
    const { run } = await runs.show({ runId });
    expect(run).toMatchObject({ total: 7, where: ['domain=mathematics', 'domain=commonsense'], limit: 7 });
    expect(Object.keys(run.byDomain)).toEqual(['commonsense', 'mathematics']);
  });

  it('records an unreadable image and an engine failure as failed questions and goes on', async () => {
    const place = await workplaceWith({ questionCount: 8, missingImage: [1] });
    const log = join(place.folder, 'batches');
    const { runs } = place.open({ log, failOn: [sampleIdOf(5)], nonsenseOn: [sampleIdOf(6)] });
    const { runId } = await runs.start(place.request());
    await follow(runs, runId);
    expect(linesOf(log).flat()).not.toContain(sampleIdOf(1));
    const { run } = await runs.show({ runId });
    expect(run).toMatchObject({ status: 'finished', total: 8, failed: 3 });
    const kindOf = async (number: number): Promise<string> => {
      const { prediction } = await runs.getQuestion({ runId, sampleId: sampleIdOf(number), where: [] });
      return prediction.status === 'failed' ? prediction.failure.kind : prediction.status;
    };
    expect(await kindOf(1)).toBe('missing-image');
    expect(await kindOf(5)).toBe('prompt-too-long');
    expect(await kindOf(6)).toBe('engine-crashed');
    expect(await kindOf(7)).toBe('answered');
  });

  it('pauses after the batch in flight, resumes where it stopped, and answers nothing twice', async () => {
    const place = await workplaceWith({ questionCount: 40 });
    const log = join(place.folder, 'batches');
    const { runs } = place.open({ log, batchMs: 40 });
    const { runId } = await runs.start(place.request());
    for await (const event of runs.watch({ runId })) if (event.done >= 4) break;
    const paused = await runs.pause({ runId, force: false });
    expect(paused.status).toBe('paused');
    expect(paused.total).toBe(linesOf(log).flat().length);
    expect(paused.total).toBeLessThan(40);
    expect((await follow(runs, runId)).map(({ status }) => status)).toEqual(['paused']);

    const again = place.open({ log });
    expect((await again.runs.resume({ runId })).status).toBe('running');
    await follow(again.runs, runId);
    const asked = linesOf(log).flat();
    expect(asked).toHaveLength(40);
    expect(new Set(asked).size).toBe(40);
    expect(await again.runs.resume({ runId })).toMatchObject({ status: 'finished', total: 40 });
    expect(linesOf(log).flat()).toHaveLength(40);
    // Interrupted or not: the questions with two-digit numbers, then the shorter ones, each in the plan's order.
    expect(asked).toEqual([...numbers(10, 40), ...numbers(0, 10)].map(sampleIdOf));
  });

  it('stops at once when forced; the batch in flight is asked again later', async () => {
    const place = await workplaceWith({ questionCount: 8 });
    const { runs } = place.open({ batchMs: 60_000 });
    const { runId } = await runs.start(place.request());
    for await (const event of runs.watch({ runId })) if (event.phase === 'answering') break;
    const begun = performance.now();
    expect(await runs.pause({ runId, force: true })).toMatchObject({ status: 'paused', total: 0, failure: null });
    // Not after the batch, which takes a minute.
    expect(performance.now() - begun).toBeLessThan(30_000);
    const { runs: others } = place.open();
    await others.resume({ runId });
    await follow(others, runId);
    expect((await others.show({ runId })).run).toMatchObject({ status: 'finished', total: 8 });
  });

  it('of another process is watched and paused through the store, and cannot be resumed or deleted', async () => {
    const place = await workplaceWith({ questionCount: 40 });
    // Two services over two connections: to the store they are two processes.
    const { runs } = place.open({ batchMs: 100 });
    const { runs: others } = place.open();
    const { runId } = await runs.start(place.request());
    expect((await others.resume({ runId }).catch((error: unknown) => error)) instanceof Error).toBe(true);
    await expectFailure(() => others.resume({ runId }), 'run-owned');
    await expectFailure(() => others.remove({ runId }), 'run-owned');
    const [summary, events] = await Promise.all([others.pause({ runId, force: false }), follow(others, runId)]);
    expect(summary.status).toBe('paused');
    expect(events[0]?.status).toBe('running');
    expect(events.at(-1)?.status).toBe('paused');
  });

  it('whose owner is gone shows as interrupted and can be taken over', async () => {
    const place = await workplaceWith({ questionCount: 4 });
    const { runs, store } = place.open({ batchMs: 60_000 });
    const { runId } = await runs.start(place.request());
    await runs.pause({ runId, force: true });
    const { runRow } = store.runs.find(runId) ?? { runRow: 0 };
    const dead = { token: 'dead', pid: 2 ** 22 + 1, host: hostname(), heartbeatAt: Date.now() };
    expect(store.leases.take(runRow, dead, null)).toBe(true);
    expect((await runs.show({ runId })).run.status).toBe('interrupted');
    expect((await follow(runs, runId)).map(({ status }) => status)).toEqual(['interrupted']);

    const elsewhere = { token: 'elsewhere', pid: 1, host: 'another-host', heartbeatAt: Date.now() };
    store.leases.take(runRow, elsewhere, dead);
    expect((await runs.show({ runId })).run.status).toBe('running');
    await expectFailure(() => runs.resume({ runId }), 'run-owned');
    store.leases.renew(runRow, 'elsewhere', Date.now() - 60_000);
    expect((await runs.show({ runId })).run.status).toBe('interrupted');

    const { runs: others } = place.open();
    await others.resume({ runId });
    await follow(others, runId);
    expect((await others.show({ runId })).run.status).toBe('finished');
  });

  it('whose owner is gone is taken over by one of two who try', async () => {
    const place = await workplaceWith({ questionCount: 8 });
    const { runs, store } = place.open({ batchMs: 100 });
    const { runId } = await runs.start(place.request());
    await runs.pause({ runId, force: false });
    const dead = { token: 'dead', pid: 2 ** 22 + 1, host: hostname(), heartbeatAt: Date.now() };
    store.leases.take(store.runs.find(runId)?.runRow ?? 0, dead, null);
    const services = [place.open(), place.open()];
    const results = await Promise.allSettled(services.map((service) => service.runs.resume({ runId })));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(1);
    await expectFailure(() => Promise.reject(refused[0]?.reason as Error), 'run-owned');
    await follow(runs, runId);
    expect((await runs.show({ runId })).run).toMatchObject({ status: 'finished', total: 8 });
  });

  it('that was taken over writes nothing more', async () => {
    const place = await workplaceWith({ questionCount: 20 });
    const { runs, store } = place.open({ batchMs: 150 });
    const { runId } = await runs.start(place.request());
    for await (const event of runs.watch({ runId })) if (event.done >= 4) break;
    const run = store.runs.find(runId);
    const thief = { token: 'thief', pid: process.pid, host: hostname(), heartbeatAt: Date.now() };
    expect(store.leases.take(run?.runRow ?? 0, thief, run?.owner ?? null)).toBe(true);
    const before = store.predictions.count(run?.runRow ?? 0);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(store.predictions.count(run?.runRow ?? 0)).toBe(before);
    expect(store.runs.find(runId)?.owner?.token).toBe('thief');
  });

  it('is refused when its dataset or its model has changed', async () => {
    const place = await workplaceWith({ questionCount: 12 });
    const { runs } = place.open({ batchMs: 50 });
    const { runId } = await runs.start(place.request());
    await runs.pause({ runId, force: false });
    writeNominalBundle(place.model, { fingerprint: 'b'.repeat(64) });
    const model = await expectFailure(() => runs.resume({ runId }), 'run-changed');
    expect(model).toMatchObject({ file: place.model, place: 'model fingerprint', found: 'b'.repeat(64) });
    writeNominalBundle(place.model);
    writeSmallDataset(place.dataset, { questionCount: 13 });
    const dataset = await expectFailure(() => runs.resume({ runId }), 'run-changed');
    expect(dataset).toMatchObject({ file: place.dataset, place: 'dataset fingerprint' });
    rmSync(place.dataset, { recursive: true });
    await expectFailure(() => runs.resume({ runId }), 'missing-file');
    writeSmallDataset(place.dataset, { questionCount: 12 });
    await runs.resume({ runId });
    await follow(runs, runId);
    expect((await runs.show({ runId })).run.status).toBe('finished');
  });

  it('gives the same configuration hash for what cannot change answers, and another for what can', async () => {
    const place = await workplaceWith({ questionCount: 3 });
    const { runs } = place.open();
    const hashOf = async (changes: Partial<EvaluationRequest>): Promise<string | null> => {
      const { runId, configurationHash } = await runs.start(place.request(changes));
      await follow(runs, runId);
      return configurationHash;
    };
    const first = await hashOf({});
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(await hashOf({ settings: { batchSize: 2, device: 'cpu' }, label: 'other' })).toBe(first);
    expect(await hashOf({ settings: { latentSteps: 3 }, split: 'test' })).toBe(first);
    expect(await hashOf({ settings: { latentSteps: 2 } })).not.toBe(first);
    expect(await hashOf({ limit: 3 })).not.toBe(first);
  });

  it('waits for its turn behind another run of this process', async () => {
    const place = await workplaceWith({ questionCount: 8 });
    const { runs } = place.open({ batchMs: 100 });
    const first = await runs.start(place.request());
    const second = await runs.start(place.request());
    const event = await runs.watch({ runId: second.runId }).next();
    expect(event.value).toMatchObject({ status: 'running', phase: 'waiting' });
    await follow(runs, second.runId);
    const { runs: listed, total } = await runs.list({ limit: 10, offset: 0 });
    expect(total).toBe(2);
    expect(listed.map(({ runId, status }) => [runId, status])).toEqual([
      [second.runId, 'finished'],
      [first.runId, 'finished'],
    ]);
  });

  it('sends at most five events a second', async () => {
    const place = await workplaceWith({ questionCount: 200 });
    const { runs } = place.open({ suggestedBatchSize: 1 });
    const { runId } = await runs.start(place.request());
    const begun = performance.now();
    const events = await follow(runs, runId);
    expect(events.length).toBeLessThanOrEqual(2 + ((performance.now() - begun) / 1000) * 5);
    expect(events.some(({ questionsPerSecond }) => questionsPerSecond !== null)).toBe(true);
  });

  it.each<readonly [string, Partial<EvaluationRequest>, Parameters<typeof expectFailure>[1]]>([
    ['a dataset that is not there', { dataset: '/no/such/dataset' }, 'missing-file'],
    ['a model that is not there', { model: '/no/such/model' }, 'missing-file'],
    ['a filter that lets nothing through', { where: ['domain=astrology'] }, 'nothing-to-do'],
    ['a split that does not exist', { split: 'dev' }, 'nothing-to-do'],
    ['a filter by outcome', { where: ['outcome=wrong'] }, 'wrong-usage'],
    ['an unknown field', { where: ['colour=red'] }, 'wrong-usage'],
    ['a setting out of range', { settings: { latentSteps: 1000 } }, 'invalid-settings'],
    ['a setting without effect', { settings: { method: 'no-cot', adaptiveStop: 'hidden' } }, 'invalid-settings'],
    ['a device that is not there', { settings: { device: 'cuda' } }, 'device-unavailable'],
  ])('is not planned: %s', async (_, changes, kind) => {
    const place = await workplaceWith({ questionCount: 2 });
    const { runs } = place.open();
    await expectFailure(() => runs.start(place.request(changes)), kind);
    expect((await runs.list({ limit: 1, offset: 0 })).total).toBe(0);
  });

  it('is not planned with a bundle of another version', async () => {
    const place = await workplaceWith({ questionCount: 2 });
    writeFileSync(join(place.model, 'bundle.json'), '{"bundleVersion": 99}');
    const { runs } = place.open();
    await expectFailure(() => runs.start(place.request()), 'malformed-bundle');
    expect(existsSync(place.storePath)).toBe(true);
  });

  it('an unknown id is not found, whatever is asked of it', async () => {
    const place = await workplaceWith({ questionCount: 2 });
    const { runs } = place.open();
    const runId = 'NOSUCHRUN';
    await expectFailure(() => runs.show({ runId }), 'not-found');
    await expectFailure(() => runs.resume({ runId }), 'not-found');
    await expectFailure(() => runs.pause({ runId, force: true }), 'not-found');
    await expectFailure(() => follow(runs, runId), 'not-found');
    await expectFailure(() => runs.getQuestion({ runId, sampleId: 'x', where: [] }), 'not-found');
    await expectFailure(() => runs.readRunImage(runId, 'x'), 'not-found');
  });
});
