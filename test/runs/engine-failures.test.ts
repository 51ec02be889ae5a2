/** Engines that crash, run out of memory or never load: what the run makes of it. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunService } from '../../src/main/runs/run-service.ts';
import { follow, type Workplace } from '../support/run-workplace.ts';
import { writeNominalBundle } from '../support/nominal-bundle.ts';
import { sampleIdOf } from '../support/small-dataset.ts';
import { temporaryWorkplaces } from '../support/temporary-workplaces.ts';

const workplaceOf = temporaryWorkplaces();

const failedIds = async (runs: RunService, runId: string): Promise<string[]> => {
  const { rows } = await runs.listQuestions({ runId, where: ['outcome=failed'], limit: 500, offset: 0 });
  return rows.map(({ sampleId }) => sampleId);
};

const batchesOf = (log: string): string[][] =>
  readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as string[]);

describe('an engine', () => {
  it('that crashes on one question costs that question alone', async () => {
    const place = await workplaceOf(16);
    const log = join(place.folder, 'batches');
    const { runs } = place.open({ crashOn: [sampleIdOf(8)], suggestedBatchSize: 8, log });
    const { runId } = await runs.start(place.request());
    await follow(runs, runId);
    expect((await runs.show({ runId })).run).toMatchObject({ status: 'finished', total: 16, failed: 1 });
    expect(await failedIds(runs, runId)).toEqual([sampleIdOf(8)]);
    // Questions 10 to 15 have the longer prompts. Then 2 to 9, and halves of it down to question 8.
    expect(batchesOf(log).map((batch) => batch.map((id) => Number(id.slice(-4))))).toEqual([
      [10, 11, 12, 13, 14, 15, 0, 1],
      [2, 3, 4, 5, 6, 7, 8, 9],
      [2, 3, 4, 5],
      [6, 7, 8, 9],
      [6, 7],
      [8, 9],
      [8],
      [9],
    ]);
    const { prediction } = await runs.getQuestion({ runId, sampleId: sampleIdOf(8), where: [] });
    expect(prediction).toMatchObject({ failure: { kind: 'engine-crashed', found: 'exit code 4' } });
  });

  it('killed by the system ran out of memory; smaller batches follow', async () => {
    const place = await workplaceOf(8);
    const { runs } = place.open({ killOn: [sampleIdOf(7)] });
    const { runId } = await runs.start(place.request());
    await follow(runs, runId);
    const { prediction } = await runs.getQuestion({ runId, sampleId: sampleIdOf(7), where: [] });
    expect(prediction).toMatchObject({ status: 'failed', failure: { kind: 'out-of-memory' } });
    expect((await runs.show({ runId })).run).toMatchObject({ status: 'finished', failed: 1 });
  });

  it('killed once at a single question is followed by another that answers it', async () => {
    const place = await workplaceOf(4);
    const [kills, log] = [join(place.folder, 'kills'), join(place.folder, 'batches')];
    writeFileSync(kills, 'x');
    const { runs } = place.open({ killWhile: kills, log });
    const { runId } = await runs.start(place.request({ settings: { batchSize: 1 } }));
    await follow(runs, runId);
    expect((await runs.show({ runId })).run).toMatchObject({ status: 'finished', total: 4, failed: 0 });
    expect(batchesOf(log)).toEqual([0, 0, 1, 2, 3].map((index) => [sampleIdOf(index)]));
  });

  it('killed twice at the same single question has run out of memory for it', async () => {
    const place = await workplaceOf(4);
    const [kills, log] = [join(place.folder, 'kills'), join(place.folder, 'batches')];
    writeFileSync(kills, 'xx');
    const { runs } = place.open({ killWhile: kills, log });
    const { runId } = await runs.start(place.request({ settings: { batchSize: 1 } }));
    await follow(runs, runId);
    expect((await runs.show({ runId })).run).toMatchObject({ status: 'finished', total: 4, failed: 1 });
    expect(await failedIds(runs, runId)).toEqual([sampleIdOf(0)]);
    expect(batchesOf(log)).toEqual([0, 0, 1, 2, 3].map((index) => [sampleIdOf(index)]));
    const { prediction } = await runs.getQuestion({ runId, sampleId: sampleIdOf(0), where: [] });
    expect(prediction).toMatchObject({ failure: { kind: 'out-of-memory' } });
  });

  it('without memory for the batch gets smaller ones for the rest of the run', async () => {
    const place = await workplaceOf(24);
    const log = join(place.folder, 'batches');
    const { runs } = place.open({ memoryFor: 3, suggestedBatchSize: 8, log });
    const { runId } = await runs.start(place.request());
    await follow(runs, runId);
    expect((await runs.show({ runId })).run).toMatchObject({ status: 'finished', total: 24, failed: 0 });
    const sizes = batchesOf(log).map((batch) => batch.length);
    expect(sizes.filter((size) => size > 3)).toEqual([8, 4]);
  });

  it('without memory for the batch is asked for less from the start by the next run, unless the user says a size', async () => {
    const place = await workplaceOf(16);
    const log = join(place.folder, 'batches');
    const { runs } = place.open({ memoryFor: 5, suggestedBatchSize: 16, log });
    const sizesOfRun = async (changes: Parameters<Workplace['request']>[0]): Promise<number[]> => {
      rmSync(log, { force: true });
      const { runId } = await runs.start(place.request(changes));
      await follow(runs, runId);
      expect((await runs.show({ runId })).run).toMatchObject({ status: 'finished', total: 16, failed: 0 });
      return batchesOf(log).map((batch) => batch.length);
    };
    expect(await sizesOfRun({})).toEqual([16, 8, 4, 4, 4, 4]);
    expect(await sizesOfRun({})).toEqual([4, 4, 4, 4]);
    expect(await sizesOfRun({ settings: { batchSize: 5 } })).toEqual([5, 5, 5, 1]);
  });

  it('that loses its device is followed by another, and asked for less for the rest of the run', async () => {
    const place = await workplaceOf(24);
    const log = join(place.folder, 'batches');
    const { runs } = place.open({ deviceFor: 4, suggestedBatchSize: 8, log });
    const { runId } = await runs.start(place.request());
    await follow(runs, runId);
    expect((await runs.show({ runId })).run).toMatchObject({ status: 'finished', total: 24, failed: 0 });
    expect(batchesOf(log).map((batch) => batch.length)).toEqual([8, 4, 4, 4, 4, 4, 4]);
  });

  it('without memory for one question says what it takes, what there is, and pauses', async () => {
    const place = await workplaceOf(6);
    const { runs } = place.open({ memoryFor: 0, suggestedBatchSize: 2 });
    const { runId } = await runs.start(place.request());
    await follow(runs, runId);
    expect((await runs.show({ runId })).run).toMatchObject({
      status: 'paused',
      total: 0,
      failure: {
        kind: 'out-of-memory',
        message: 'The batch does not fit.',
        // The process alone; the nominal model is tiny.
        expected: 'about 0.4 GB for one question in f32',
        found: expect.stringMatching(/^[\d.]+ GB free; [\d.]+ GB in all$/),
      },
    });
  });

  it('is not even started for a model larger than the machine’s memory', async () => {
    const place = await workplaceOf(3);
    writeNominalBundle(place.model, { sizeBytes: 1e15 });
    const pidFile = join(place.folder, 'pid');
    const { runs } = place.open({ pidFile });
    const { runId } = await runs.start(place.request());
    await follow(runs, runId);
    expect((await runs.show({ runId })).run).toMatchObject({
      status: 'paused',
      failure: {
        kind: 'out-of-memory',
        message: 'The model is larger than the memory.',
        expected: 'about 1000000.4 GB for one question in f32',
      },
    });
    expect(existsSync(pidFile)).toBe(false);
  });

  it('that crashes on question after question pauses the run and loses none of them', async () => {
    const place = await workplaceOf(12);
    const broken = join(place.folder, 'broken');
    writeFileSync(broken, '');
    const { runs } = place.open({ crashWhile: broken });
    const { runId } = await runs.start(place.request());
    await follow(runs, runId);
    const { run } = await runs.show({ runId });
    expect(run).toMatchObject({ status: 'paused', total: 0, failure: { kind: 'engine-crashed' } });
    rmSync(broken);
    await runs.resume({ runId });
    await follow(runs, runId);
    expect((await runs.show({ runId })).run).toMatchObject({ status: 'finished', total: 12, failed: 0, failure: null });
  });

  it('that crashes on the same three questions again gets past them', async () => {
    const place = await workplaceOf(10);
    const poison = [3, 4, 5].map(sampleIdOf);
    const { runs } = place.open({ crashOn: poison });
    const { runId } = await runs.start(place.request());
    await follow(runs, runId);
    expect((await runs.show({ runId })).run).toMatchObject({ status: 'paused', total: 3 });
    await runs.resume({ runId });
    await follow(runs, runId);
    expect((await runs.show({ runId })).run).toMatchObject({ status: 'finished', total: 10, failed: 3 });
    expect(await failedIds(runs, runId)).toEqual(poison);
  });

  it('that crashes while it loads pauses the run after three attempts', async () => {
    const place = await workplaceOf(3);
    const { runs } = place.open({ crashOnLoad: true });
    const { runId } = await runs.start(place.request());
    await follow(runs, runId);
    expect((await runs.show({ runId })).run).toMatchObject({
      status: 'paused',
      total: 0,
      failure: { kind: 'engine-crashed', found: 'exit code 3' },
    });
  });

  it('stays loaded after its run for a next one, and ends with its owner', async () => {
    const place = await workplaceOf(3);
    const pidFile = join(place.folder, 'pid');
    const { runs } = place.open({ pidFile });
    const { runId } = await runs.start(place.request());
    await follow(runs, runId);
    expect(existsSync(pidFile)).toBe(true);
    const pid = readFileSync(pidFile, 'utf8');
    rmSync(pidFile);
    await follow(runs, (await runs.start(place.request())).runId);
    expect(existsSync(pidFile), 'no second process').toBe(false);
    writeFileSync(pidFile, pid);
    await runs.close();
    expect(() => process.kill(Number(readFileSync(pidFile, 'utf8')), 0)).toThrow('ESRCH');
  });

  it('is asked again one by one to verify a run; what depends on the batch is found', async () => {
    const place = await workplaceOf(12);
    const { runs } = place.open();
    const { runId } = await runs.start(place.request());
    await follow(runs, runId);
    expect(await runs.verify({ runId, count: 50, seed: 1 })).toEqual({
      runId,
      checked: 12,
      sameAnswer: 12,
      samePatches: 12,
      differing: [],
    });
    const { runs: others } = place.open({ batchDependent: [sampleIdOf(4)] });
    const report = await others.verify({ runId, count: 12, seed: 1 });
    expect(report.differing).toEqual([sampleIdOf(4)]);
    expect((await others.verify({ runId, count: 5, seed: 1 })).checked).toBe(5);
  });
});
