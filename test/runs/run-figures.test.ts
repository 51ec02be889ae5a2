/** Names, repeat commands and times of stored runs. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { expectFailure } from '../support/expect-failure.ts';
import { createRunService } from '../../src/main/runs/run-service.ts';
import { openStore } from '../../src/main/store/store.ts';
import { bundleSchema } from '../../src/shared/bundle.ts';
import { fakeEngineHost, follow } from '../support/run-workplace.ts';
import { temporaryWorkplaces } from '../support/temporary-workplaces.ts';

const workplaceWith = temporaryWorkplaces();

describe('a stored run', () => {
  it('can be renamed', async () => {
    const place = await workplaceWith(2);
    const { runs } = place.open();
    const { runId } = await runs.start(place.request());
    await follow(runs, runId);
    expect((await runs.rename({ runId, label: "K's effect" })).label).toBe("K's effect");
    expect((await runs.list({ limit: 1, offset: 0 })).runs[0]?.label).toBe("K's effect");
    await expectFailure(() => runs.rename({ runId: 'NOPE', label: 'x' }), 'not-found');
  });

  it('gives the command that repeats it, with what differs from the defaults only', async () => {
    const place = await workplaceWith(6);
    const { runs } = place.open();
    const plain = await runs.start(place.request());
    const special = await runs.start(
      place.request({
        where: ['domain=science'],
        limit: 2,
        settings: {
          latentSteps: 2,
          patchesPerStep: 32,
          intervention: 'random-patches',
          seed: 7,
          bannedPatches: [{ step: 1, slots: [3, 4] }],
        },
      }),
    );
    await follow(runs, special.runId);
    const start = `penumbra eval --dataset ${place.dataset} --model ${place.model} --split test`;
    expect((await runs.show({ runId: plain.runId })).repeatCommand).toBe(`${start} --scorer strict`);
    expect((await runs.show({ runId: special.runId })).repeatCommand).toBe(
      `${start} --where domain=science --limit 2 --latent-steps 2 --intervention random-patches ` +
        `--ban-patches 1:3,4 --seed 7 --scorer strict`,
    );
  });

  it('gives that command as the program is started here', async () => {
    const place = await workplaceWith(1);
    const store = openStore(place.storePath);
    const runs = createRunService({
      store,
      engineHost: fakeEngineHost({}),
      version: '0.0.0-test',
      program: 'npm run -s penumbra --',
    });
    const { runId } = await runs.start(place.request());
    await follow(runs, runId);
    const { repeatCommand, manifest } = await runs.show({ runId });
    expect(repeatCommand).toMatch(/^npm run -s penumbra -- eval --dataset /);
    // The record says the same wherever the run is looked at.
    expect(manifest['command']).toMatch(/^penumbra eval --dataset /);
    await runs.close();
    store.close();
  });

  it('says what its dataset is called, and whether its model was ever trained', async () => {
    const place = await workplaceWith(1);
    const { runs, store } = place.open();
    const plain = await runs.start(place.request());
    await follow(runs, plain.runId);
    expect(plain).toMatchObject({ datasetName: 'dataset', randomWeights: false });
    writeFileSync(join(place.dataset, 'README.md'), '---\npretty_name: Small questions\n---\n');
    const bundleFile = join(place.model, 'bundle.json');
    const bundle = bundleSchema.parse(JSON.parse(readFileSync(bundleFile, 'utf8')));
    writeFileSync(bundleFile, JSON.stringify({ ...bundle, trained: false }));
    const random = await runs.start(place.request({ limit: 1 }));
    await follow(runs, random.runId);
    const listed = (await runs.list({ limit: 2, offset: 0 })).runs;
    expect(listed.map(({ datasetName, randomWeights }) => [datasetName, randomWeights])).toEqual([
      ['Small questions', true],
      ['dataset', false],
    ]);
    // Runs stored before the name was noted, one of them packed on Windows.
    const sql = new Database(store.path);
    sql.exec(`UPDATE runs SET environment = '{}'; UPDATE datasets SET path = 'C:\\data\\m3cot\\'`);
    sql.close();
    expect((await runs.show({ runId: random.runId })).run).toMatchObject({
      datasetName: 'm3cot',
      randomWeights: false,
    });
  });

  it('has quantiles and bins of its times', async () => {
    const place = await workplaceWith(60);
    const { runs } = place.open({ suggestedBatchSize: 8 });
    const { runId } = await runs.start(place.request());
    await follow(runs, runId);
    const database = new Database(place.storePath);
    // 1..60 ms in an order that is not that of the positions, 3..7 steps.
    database.exec('UPDATE predictions SET total_ms = (position * 7) % 60 + 1, ar_steps = position % 5 + 3');
    database.close();
    const { totalMs, arSteps, phases } = await runs.times({ runId });
    expect(totalMs).toMatchObject({ count: 60, mean: 30.5, median: 30, p90: 54, max: 60, binEnd: 60 });
    expect(totalMs?.bins).toHaveLength(30);
    // Edges at 2, 4, …: the first bin holds 1, those between two values each, the last 58, 59 and 60.
    expect(totalMs?.bins).toEqual([1, ...Array.from({ length: 28 }, () => 2), 3]);
    expect(arSteps).toMatchObject({ count: 60, mean: 5, median: 5, p90: 7, max: 7, binEnd: 30 });
    expect(arSteps?.bins.slice(0, 9)).toEqual([0, 0, 0, 12, 12, 12, 12, 12, 0]);
    expect(phases).toEqual([
      { phase: 'preprocess', meanMs: 1.5 },
      { phase: 'vision', meanMs: 2 },
      { phase: 'prefill', meanMs: 3 },
      { phase: 'latent steps', meanMs: 4 },
      { phase: 'decode', meanMs: 5 },
    ]);
  });

  it('has no times before its first answer', async () => {
    const place = await workplaceWith(3);
    const { runs } = place.open({ failOn: ['question-0000', 'question-0001', 'question-0002'] });
    const { runId } = await runs.start(place.request());
    await follow(runs, runId);
    expect(await runs.times({ runId })).toEqual({ phases: [], totalMs: null, arSteps: null });
  });
});
