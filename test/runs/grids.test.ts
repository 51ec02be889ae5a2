/** Grids: what they would do, what they refuse, and runs that wait for each other. */
import Database from 'better-sqlite3';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GridAxis } from '../../src/shared/contract/runs.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { writeNominalBundle } from '../support/nominal-bundle.ts';
import { follow } from '../support/run-workplace.ts';
import { sampleIdOf, writeSmallDataset } from '../support/small-dataset.ts';
import { temporaryWorkplaces } from '../support/temporary-workplaces.ts';

const workplaceWith = temporaryWorkplaces();

const rowCount = (storePath: string, table: string): unknown => {
  const database = new Database(storePath, { readonly: true });
  try {
    return database.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
  } finally {
    database.close();
  }
};

const steps = (...values: number[]): GridAxis => ({ name: 'latentSteps', values });

describe('the plan of a grid', () => {
  it('names every run in order, counts questions, and writes nothing', async () => {
    const place = await workplaceWith({ questionCount: 10, withoutImage: [2, 3] });
    const { runs } = place.open();
    const axes: GridAxis[] = [steps(1, 2), { name: 'intervention', values: ['none', 'random-patches', 'no-latent'] }];
    const { runs: plans } = await runs.plan({ base: place.request(), axes });
    expect(plans.map(({ settings }) => [settings.latentSteps, settings.intervention])).toEqual([
      [1, 'none'],
      [1, 'random-patches'],
      [1, 'no-latent'],
      [2, 'none'],
      [2, 'random-patches'],
      [2, 'no-latent'],
    ]);
    expect(plans[4]?.label).toBe('nominal (f32), IVT-LR, N 2, random-patches');
    for (const plan of plans) {
      expect(plan).toMatchObject({ questionCount: 8, rowsWithoutImage: 2, sameAsRunId: null, secondsExpected: null });
    }
    for (const table of ['runs', 'samples', 'datasets', 'models']) expect(rowCount(place.storePath, table)).toBe(0);
  });

  it('varies latent settings for the methods that have latent steps, and runs each other method once', async () => {
    const place = await workplaceWith({ questionCount: 3 });
    const { runs } = place.open();
    const axes: GridAxis[] = [
      { name: 'method', values: ['cot', 'ivt-lr', 'icot'] },
      steps(1, 2),
      { name: 'intervention', values: ['random-patches'] },
      { name: 'seed', values: [7, 8] },
    ];
    const { runs: plans } = await runs.plan({ base: place.request(), axes });
    expect(plans.map(({ label }) => label)).toEqual([
      'nominal (f32), CoT, Seed 7',
      'nominal (f32), CoT, Seed 8',
      'nominal (f32), IVT-LR, N 1, random-patches, Seed 7',
      'nominal (f32), IVT-LR, N 1, random-patches, Seed 8',
      'nominal (f32), IVT-LR, N 2, random-patches, Seed 7',
      'nominal (f32), IVT-LR, N 2, random-patches, Seed 8',
      'nominal (f32), ICoT, Seed 7',
      'nominal (f32), ICoT, Seed 8',
    ]);
    expect(plans[0]?.settings).toMatchObject({ method: 'cot', intervention: 'none', seed: 7 });
    expect(plans[6]?.settings).toMatchObject({ method: 'icot', intervention: 'none', maxTokens: 128 });
  });

  it('knows a finished run of the same configuration and expects its time', async () => {
    const place = await workplaceWith({ questionCount: 12 });
    const { runs, store } = place.open({ batchMs: 40 });
    const { runId } = await runs.start(place.request());
    await follow(runs, runId);
    const workMs = store.runs.find(runId)?.workMs ?? 0;
    expect(workMs).toBeGreaterThan(0);
    const { runs: plans } = await runs.plan({ base: place.request({ where: ['domain=science'] }), axes: [] });
    expect(plans[0]?.questionCount).toBe(4);
    expect(plans[0]?.sameAsRunId).toBeNull();
    expect(plans[0]?.secondsExpected).toBeCloseTo((4 * workMs) / 12 / 1000, 6);
    const { runs: same } = await runs.plan({
      base: place.request({ settings: { batchSize: 2 } }),
      axes: [steps(3, 5)],
    });
    expect(same.map(({ sameAsRunId }) => sameAsRunId)).toEqual([runId, null]);
    expect(same[1]?.warnings).toEqual([expect.stringContaining('trained with (3)'), expect.stringContaining('100')]);
  });

  it('refuses too many runs, an axis twice, a value out of range, and what starting would refuse', async () => {
    const place = await workplaceWith({ questionCount: 3 });
    const { runs } = place.open();
    const base = place.request();
    const plan = (axes: GridAxis[], changes = {}) => runs.plan({ base: { ...base, ...changes }, axes });
    const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
    const tooMany = [steps(...numbers(21)), { name: 'patchesPerStep' as const, values: numbers(10) }];
    expect(await expectFailure(() => plan(tooMany), 'wrong-usage')).toMatchObject({ place: 'axes', found: '21 x 10' });
    expect((await plan([steps(...numbers(20)), { name: 'patchesPerStep', values: numbers(10) }])).runs).toHaveLength(
      200,
    );
    await expectFailure(() => plan([steps(1), steps(2)]), 'wrong-usage');
    expect(await expectFailure(() => plan([steps(65)]), 'invalid-settings')).toMatchObject({ place: 'latentSteps' });
    const interventions: GridAxis[] = [{ name: 'method', values: ['no-cot'] }];
    await expectFailure(() => plan(interventions, { settings: { intervention: 'no-latent' } }), 'invalid-settings');
    await expectFailure(() => plan([], { where: ['domain=sports'] }), 'nothing-to-do');
    await expectFailure(() => plan([], { where: ['time=100..'] }), 'wrong-usage');
    await expectFailure(() => plan([{ name: 'model', values: [join(place.folder, 'nothing')] }]), 'missing-file');
  });
});

describe('a grid', () => {
  it('writes all its runs at once and answers them one after the other', async () => {
    const place = await workplaceWith({ questionCount: 6 });
    const log = join(place.folder, 'batches');
    const { runs } = place.open({ log, batchMs: 30, suggestedBatchSize: 3 });
    const { runs: started } = await runs.startGrid({ base: place.request({ label: 'Sweep' }), axes: [steps(0, 1, 2)] });
    expect(started.map(({ label }) => label)).toEqual(['Sweep, N 0', 'Sweep, N 1', 'Sweep, N 2']);
    expect((await runs.list({ limit: 10, offset: 0 })).total).toBe(3);
    const last = started[2]?.runId ?? '';
    const events = await follow(runs, last);
    expect(events[0]).toMatchObject({ phase: 'waiting', status: 'running', done: 0 });
    expect(events.at(-1)).toMatchObject({ status: 'finished', done: 6 });
    const shown = await Promise.all(started.map(({ runId }) => runs.show({ runId })));
    // The fake engine counts latent steps + 7.
    expect(shown.map(({ run }) => [run.status, run.arStepsMean])).toEqual([
      ['finished', 7],
      ['finished', 8],
      ['finished', 9],
    ]);
    const first = Array.from({ length: 3 }, (_, number) => sampleIdOf(number));
    const lines = readFileSync(log, 'utf8').trim().split('\n');
    expect(lines.filter((line) => line === JSON.stringify(first))).toHaveLength(3);
    const ends = shown.map(({ run }) => Date.parse(run.finishedAt ?? ''));
    expect(ends).toEqual(ends.toSorted((a, b) => a - b));
  });

  it('lets a waiting run be paused at once while the others keep their order', async () => {
    const place = await workplaceWith({ questionCount: 8 });
    const { runs } = place.open({ batchMs: 100, suggestedBatchSize: 2 });
    const { runs: started } = await runs.startGrid({ base: place.request(), axes: [steps(0, 1, 2)] });
    const [first = '', second = '', third = ''] = started.map(({ runId }) => runId);
    const paused = await runs.pause({ runId: second, force: false });
    expect(paused).toMatchObject({ status: 'paused', total: 0 });
    expect((await runs.show({ runId: first })).run.status).toBe('running');
    const watched = follow(runs, third);
    await runs.pause({ runId: first, force: false });
    expect((await watched).at(-1)).toMatchObject({ status: 'finished', done: 8 });
    const doneOfFirst = (await runs.show({ runId: first })).run;
    expect(doneOfFirst.status).toBe('paused');
    expect(doneOfFirst.total).toBeLessThan(8);
    await runs.resume({ runId: second });
    await follow(runs, second);
    expect((await runs.show({ runId: second })).run).toMatchObject({ status: 'finished', total: 8 });
  });

  it('goes on after a run that fails, and ends paused and resumable with its process', async () => {
    const place = await workplaceWith({ questionCount: 4 });
    const other = writeNominalBundle(join(place.folder, 'other'), { fingerprint: 'b'.repeat(64), name: 'other' });
    const { runs } = place.open({ batchMs: 150, suggestedBatchSize: 1 });
    const axes: GridAxis[] = [{ name: 'model', values: [place.model, other] }, steps(1, 2)];
    const { runs: started } = await runs.startGrid({ base: place.request(), axes });
    expect(started.map(({ modelName }) => modelName)).toEqual([
      'nominal (f32)',
      'nominal (f32)',
      'other (f32)',
      'other (f32)',
    ]);
    // While the queue waits another model takes the place of the second one.
    writeNominalBundle(other, { fingerprint: 'c'.repeat(64), name: 'other' });
    await follow(runs, started[3]?.runId ?? '');
    const shown = await Promise.all(started.map(({ runId }) => runs.show({ runId })));
    expect(shown.map(({ run }) => run.status)).toEqual(['finished', 'finished', 'failed', 'failed']);
    expect(shown[3]?.run.failure?.kind).toBe('run-changed');
    const { runs: again } = await runs.startGrid({ base: place.request(), axes: [steps(0, 5)] });
    await runs.close();
    const later = place.open();
    for (const { runId } of again) {
      expect((await later.runs.show({ runId })).run.status).toBe('paused');
      await later.runs.resume({ runId });
    }
    await follow(later.runs, again[1]?.runId ?? '');
    expect((await later.runs.show({ runId: again[1]?.runId ?? '' })).run).toMatchObject({
      status: 'finished',
      total: 4,
    });
  });
});

describe('a single run', () => {
  it('that waits for another looks at its turn whether model and dataset are still the same', async () => {
    const place = await workplaceWith({ questionCount: 4 });
    const other = writeNominalBundle(join(place.folder, 'other'), { fingerprint: 'b'.repeat(64), name: 'other' });
    const { runs } = place.open({ batchMs: 150, suggestedBatchSize: 1 });
    await runs.start(place.request());
    const waiting = await runs.start(place.request({ model: other }));
    writeNominalBundle(other, { fingerprint: 'c'.repeat(64), name: 'other' });
    await follow(runs, waiting.runId);
    const { run } = await runs.show({ runId: waiting.runId });
    expect(run).toMatchObject({ status: 'failed', total: 0, failure: { kind: 'run-changed', file: other } });
  });
});

describe('questions of another run', () => {
  it('are asked again, and the run says which they were', async () => {
    const place = await workplaceWith({ questionCount: 20 });
    const { runs } = place.open({ failOn: [sampleIdOf(4), sampleIdOf(7)] });
    const { runId } = await runs.start(place.request());
    await follow(runs, runId);
    const request = place.request({ where: ['domain=science'], selection: { runId, where: ['outcome=wrong'] } });
    const { rows } = await runs.listQuestions({
      runId,
      where: ['outcome=wrong', 'domain=science'],
      limit: 500,
      offset: 0,
    });
    const ids = rows.map(({ sampleId }) => sampleId);
    expect(ids.length).toBeGreaterThan(0);
    const { runs: plans } = await runs.plan({ base: request, axes: [] });
    expect(plans[0]?.questionCount).toBe(ids.length);
    const again = await runs.start(request);
    await follow(runs, again.runId);
    const asked = await runs.listQuestions({ runId: again.runId, where: [], limit: 500, offset: 0 });
    expect(asked.rows.map(({ sampleId }) => sampleId)).toEqual(ids);
    const { run, repeatCommand } = await runs.show({ runId: again.runId });
    expect(run.where).toEqual(['domain=science', `from-run=${runId}`, 'from-where=outcome=wrong']);
    expect(repeatCommand).toContain(`--where from-run=${runId} --where from-where=outcome=wrong`);
    // The terms alone mean the same: that is what the command gives.
    const { runs: same } = await runs.plan({ base: place.request({ where: run.where }), axes: [] });
    expect(same[0]).toMatchObject({ questionCount: ids.length, sameAsRunId: again.runId });
  });

  it('are refused from another dataset, twice, or by an answer without a run', async () => {
    const place = await workplaceWith({ questionCount: 4 });
    const { runs } = place.open();
    const { runId } = await runs.start(place.request());
    await follow(runs, runId);
    const other = writeSmallDataset(join(place.folder, 'other-dataset'), { questionCount: 5 });
    const selection = { runId, where: [] };
    expect(
      await expectFailure(() => runs.start(place.request({ dataset: other, selection })), 'wrong-usage'),
    ).toMatchObject({
      place: 'selection',
      file: other,
    });
    await expectFailure(() => runs.start(place.request({ where: [`from-run=${runId}`], selection })), 'wrong-usage');
    await expectFailure(() => runs.start(place.request({ where: ['from-where=outcome=wrong'] })), 'wrong-usage');
    await expectFailure(() => runs.start(place.request({ where: ['tag=look again'] })), 'wrong-usage');
    await expectFailure(() => runs.start(place.request({ selection: { runId: 'NOPE', where: [] } })), 'not-found');
    expect(rowCount(place.storePath, 'runs')).toBe(1);
  });
});
