/** Trying a question again with other settings: beside a running run, alone, and where it cannot be done. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { RunService } from '../../src/main/runs/run-service.ts';
import type { Prediction } from '../../src/shared/prediction.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { writeNominalBundle } from '../support/nominal-bundle.ts';
import { follow } from '../support/run-workplace.ts';
import { sampleIdOf } from '../support/small-dataset.ts';
import { temporaryWorkplaces } from '../support/temporary-workplaces.ts';

const workplaceOf = temporaryWorkplaces();

const never = new AbortController().signal;
const batchesOf = (log: string): string[][] =>
  readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as string[]);

async function predictionsOf(runs: RunService, runId: string, count: number): Promise<Prediction[]> {
  const found: Prediction[] = [];
  for (let number = 0; number < count; number += 1) {
    found.push((await runs.getQuestion({ runId, sampleId: sampleIdOf(number), where: [] })).prediction);
  }
  return found;
}

async function untilDone(runs: RunService, runId: string, count: number): Promise<void> {
  while ((await runs.show({ runId })).run.total < count) await wait(10);
}

describe('a question tried again', () => {
  it('is answered ahead of the next batch, and leaves the run as it would have been', async () => {
    const place = await workplaceOf(16);
    const plain = place.open();
    const without = await plain.runs.start(place.request());
    await follow(plain.runs, without.runId);

    const log = join(place.folder, 'batches');
    const { runs, store } = place.open({ batchMs: 150, log });
    const { runId } = await runs.start(place.request());
    await untilDone(runs, runId, 4);
    // 10 to 13 come first: their prompts are the longest.
    const sampleId = sampleIdOf(12);
    const probe = await runs.tryQuestion({ runId, sampleId, settings: { latentSteps: 1, patchesPerStep: 5 } }, never);
    expect((await runs.show({ runId })).run.status).toBe('running');
    await expectFailure(() => runs.tryQuestion({ runId, sampleId: sampleIdOf(9), settings: {} }, never), 'not-found');
    await follow(runs, runId);

    const sizes = batchesOf(log).map((batch) => batch.join());
    expect(sizes.filter((ids) => ids === sampleId)).toHaveLength(1);
    expect(sizes.indexOf(sampleId)).toBeLessThan(4);
    expect(await predictionsOf(runs, runId, 16)).toEqual(await predictionsOf(plain.runs, without.runId, 16));
    const { run } = await runs.show({ runId });
    const expected = (await plain.runs.show({ runId: without.runId })).run;
    expect({ total: run.total, correct: run.correct, accuracy: run.accuracy }).toEqual({
      total: 16,
      correct: expected.correct,
      accuracy: expected.accuracy,
    });

    expect(probe.settings).toEqual({ ...run.settings, latentSteps: 1, patchesPerStep: 5, batchSize: 1 });
    if (probe.prediction.status !== 'answered') throw new Error('the probe was answered');
    expect(probe.prediction.answer.trace?.steps.map(({ selectedSlots }) => selectedSlots.length)).toEqual([5]);
    // The fake engine's outputs read "the answer is X".
    const letter = probe.prediction.answer.outputText.slice(-1);
    expect(probe.reading).toMatchObject({
      scorer: run.scorer,
      choiceIndex: letter.charCodeAt(0) - 65,
      correct: letter === 'A',
    });
    expect((await runs.getQuestion({ runId, sampleId, where: [] })).probes).toEqual([probe]);
    expect(store.checkIntegrity()).toBe('ok');
  });

  it('that takes the engine down fails alone; the run loses nothing', async () => {
    const place = await workplaceOf(12);
    const log = join(place.folder, 'batches');
    const { runs } = place.open({ batchMs: 100, log, crashOnMaxTokens: 77 });
    const { runId } = await runs.start(place.request());
    await untilDone(runs, runId, 4);
    const attempt = { runId, sampleId: sampleIdOf(0), settings: { maxTokens: 77 } };
    await expectFailure(() => runs.tryQuestion(attempt, never), 'engine-crashed');
    await follow(runs, runId);
    expect((await runs.show({ runId })).run).toMatchObject({ status: 'finished', total: 12, failed: 0 });
    expect(
      batchesOf(log)
        .filter((batch) => batch.length > 1)
        .map((batch) => batch.length),
    ).toEqual([4, 4, 4]);
    expect((await runs.getQuestion({ runId, sampleId: sampleIdOf(0), where: [] })).probes).toEqual([]);
  });

  it('is kept newest first until it is deleted, and goes with its run', async () => {
    const place = await workplaceOf(3);
    const { runs, store } = place.open();
    const { runId } = await runs.start(place.request());
    await follow(runs, runId);
    const sampleId = sampleIdOf(1);
    const first = await runs.tryQuestion({ runId, sampleId, settings: { seed: 1 } }, never);
    const second = await runs.tryQuestion({ runId, sampleId, settings: { seed: 2 } }, never);
    const probes = async () => (await runs.getQuestion({ runId, sampleId, where: [] })).probes;
    expect(await probes()).toEqual([second, first]);
    expect(await runs.deleteProbe(first)).toEqual({ probeId: first.probeId });
    expect(await probes()).toEqual([second]);
    await expectFailure(() => runs.deleteProbe(first), 'not-found');
    await runs.remove({ runId });
    expect(store.probes.remove(second.probeId)).toBe(false);
  });

  it('whose request is cancelled keeps nothing', async () => {
    const place = await workplaceOf(3);
    const quick = place.open();
    const { runId } = await quick.runs.start(place.request());
    await follow(quick.runs, runId);
    const { runs } = place.open({ batchMs: 60_000, log: join(place.folder, 'batches') });
    const stop = new AbortController();
    const tried = runs.tryQuestion({ runId, sampleId: sampleIdOf(0), settings: {} }, stop.signal);
    setTimeout(() => stop.abort(), 300);
    await expectFailure(() => tried, 'cancelled');
    await expectFailure(
      () => runs.tryQuestion({ runId, sampleId: sampleIdOf(0), settings: {} }, stop.signal),
      'cancelled',
    );
    expect((await runs.getQuestion({ runId, sampleId: sampleIdOf(0), where: [] })).probes).toEqual([]);
  });

  it('that the model cannot answer is a probe with its failure', async () => {
    const place = await workplaceOf(3);
    const quick = place.open();
    const { runId } = await quick.runs.start(place.request());
    await follow(quick.runs, runId);
    const { runs } = place.open({ failOn: [sampleIdOf(0)] });
    const probe = await runs.tryQuestion({ runId, sampleId: sampleIdOf(0), settings: {} }, never);
    expect(probe).toMatchObject({ reading: null, prediction: { failure: { kind: 'prompt-too-long' } } });
  });

  it('is refused without effect, model, image or the same files', async () => {
    const place = await workplaceOf(3);
    const { runs } = place.open();
    const { runId } = await runs.start(place.request());
    await follow(runs, runId);
    const sampleId = sampleIdOf(0);
    const attempt = (settings = {}) => runs.tryQuestion({ runId, sampleId, settings }, never);
    await expectFailure(() => attempt({ forcedPatches: [{ step: 9, slots: [1] }] }), 'invalid-settings');
    await expectFailure(() => attempt({ forcedPatches: [{ step: 0, slots: [100] }] }), 'invalid-settings');
    await expectFailure(() => attempt({ device: 'cuda' }), 'device-unavailable');

    const image = join(place.dataset, 'data', 'images', `${sampleId}.png`);
    const bytes = readFileSync(image);
    rmSync(image);
    await expectFailure(() => attempt(), 'missing-image');
    writeFileSync(image, bytes);

    renameSync(place.model, `${place.model}-moved`);
    const moved = await expectFailure(() => attempt(), 'missing-file');
    expect(moved).toMatchObject({ file: place.model, action: expect.stringContaining('Models') as string });
    writeNominalBundle(place.model, { fingerprint: 'b'.repeat(64) });
    await expectFailure(() => attempt(), 'run-changed');
    await expectFailure(() => runs.layerAttention({ runId, sampleId }, never), 'run-changed');

    const file = join(place.folder, 'predictions.jsonl');
    const message = { id: 'x', choices: ['a', 'b'], answer: 'A', domain: 'd', topic: 't', messages: ['q', '(A)'] };
    writeFileSync(file, `${JSON.stringify(message)}\n`);
    const imported = await runs.importPredictions({ file, scorer: 'm3cot' });
    await expectFailure(
      () => runs.tryQuestion({ runId: imported.runId, sampleId: 'x', settings: {} }, never),
      'wrong-usage',
    );
  });

  it('of a packed run has its image from the pack', async () => {
    const place = await workplaceOf(3);
    const { runs } = place.open();
    const { runId } = await runs.start(place.request());
    await follow(runs, runId);
    const file = join(place.folder, 'run.pack');
    await runs.pack({ runId, file });
    await runs.remove({ runId });
    renameSync(place.dataset, `${place.dataset}-gone`);
    await runs.unpack({ file });
    const probe = await runs.tryQuestion({ runId, sampleId: sampleIdOf(0), settings: {} }, never);
    // The fake engine gives a trace only to questions that came with an image.
    expect(probe.prediction).toMatchObject({ status: 'answered', answer: { trace: { imageCount: 1 } } });
  });

  it('has nothing to show by layer where no step was taken', async () => {
    const place = await workplaceOf(3);
    const { runs } = place.open();
    const { runId } = await runs.start(place.request({ settings: { latentSteps: 0 } }));
    await follow(runs, runId);
    await expectFailure(() => runs.layerAttention({ runId, sampleId: sampleIdOf(0) }, never), 'nothing-to-do');
  });
});
