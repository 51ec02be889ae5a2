import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openConnection } from '../../src/main/store/connection.ts';
import { scorerNames } from '../../src/shared/prediction.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { sampleIdOf } from '../support/small-dataset.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { temporaryWorkplaces } from '../support/temporary-workplaces.ts';

const newFolder = temporaryFolders();
const workplaceOf = temporaryWorkplaces();

const line = (number: number, output: string, rest: object = {}): string =>
  JSON.stringify({
    id: sampleIdOf(number),
    choices: ['red', 'green', 'blue', 'grey'],
    answer: 'A',
    domain: 'science',
    topic: 'colours',
    messages: ['Which colour?', output],
    ...rest,
  });

/** Real outputs published with M3CoT lie beside the project on the developers' machines only. */
const published = fileURLToPath(new URL('../../../shared/data/m3cot-predictions/', import.meta.url));

describe.skipIf(!existsSync(published))('the prediction files published with M3CoT (skipped where absent)', () => {
  // Counts by M3CoT's own rule: expected.json beside the files.
  it.each([
    ['llava-7b_direct.jsonl', 848, { science: 548, commonsense: 238, mathematics: 62 }],
    ['llava-13b_cot.jsonl', 915, { science: 573, commonsense: 276, mathematics: 66 }],
  ])('%s gives the published counts', async (file, correct, byDomain) => {
    const { runs } = (await workplaceOf(1)).open();
    const begun = performance.now();
    const result = await runs.importPredictions({ file: join(published, file), scorer: 'm3cot' });
    // Alone on two cores it takes well under two seconds.
    expect(performance.now() - begun).toBeLessThan(15_000);
    expect(result).toMatchObject({ status: 'finished', total: 2318, correct });
    const totals = { science: 1622, commonsense: 455, mathematics: 241 };
    for (const domain of ['science', 'commonsense', 'mathematics'] as const) {
      expect(result.byDomain[domain]).toEqual({ total: totals[domain], correct: byDomain[domain] });
    }
    const exported = join(await newFolder(), 'again.jsonl');
    await runs.exportRun({ runId: result.runId, jsonl: exported, where: [] });
    const again = await runs.importPredictions({ file: exported, scorer: 'm3cot' });
    expect(again).toMatchObject({ total: 2318, correct, byDomain: result.byDomain, byTopic: result.byTopic });
  });
});

describe('importing predictions', () => {
  it('takes what can be used and reports the rest', async () => {
    const place = await workplaceOf(1);
    const file = join(place.folder, 'predictions.jsonl');
    const rows = [
      line(0, '(A)'),
      '{broken',
      line(1, '(B)'),
      line(1, '(A)'),
      line(2, '', { answer: null }),
      '{"id": "x"}',
    ];
    writeFileSync(file, rows.join('\n'));
    const { runs } = place.open();
    const result = await runs.importPredictions({ file, scorer: 'm3cot', label: 'mine' });
    expect(result).toMatchObject({ total: 3, correct: 1, byDomain: { science: { total: 3, correct: 1 } } });
    expect(result.problems.map(({ row }) => row)).toEqual([2, 4, 5, 6]);
    const { run } = await runs.show({ runId: result.runId });
    expect(run).toMatchObject({ kind: 'imported', label: 'mine', status: 'finished', planned: 3, settings: null });
    await expectFailure(() => runs.verify({ runId: result.runId, count: 1, seed: 0 }), 'wrong-usage');
    expect((await runs.resume({ runId: result.runId })).status).toBe('finished');
  });

  it('with its dataset takes question, choices, gold and domain from there', async () => {
    const place = await workplaceOf(6);
    const file = join(place.folder, 'predictions.jsonl');
    // Gold answers of the dataset: question n, choice n mod 4. The file disagrees with it throughout.
    writeFileSync(file, [line(0, '(A)'), line(1, '(B)'), line(5, '(A)'), line(77, '(A)')].join('\n'));
    const { runs } = place.open();
    const result = await runs.importPredictions({ file, dataset: place.dataset, scorer: 'm3cot' });
    expect(result).toMatchObject({ total: 4, correct: 3 });
    expect(result.byDomain).toEqual({
      science: { total: 2, correct: 2 },
      commonsense: { total: 1, correct: 1 },
      mathematics: { total: 1, correct: 0 },
    });
    expect(result.problems.map(({ failure }) => failure.place)).toEqual([sampleIdOf(77)]);
    const { sample } = await runs.getQuestion({ runId: result.runId, sampleId: sampleIdOf(5), where: [] });
    expect(sample).toMatchObject({ choices: ['a cat', 'a dog', 'a bird', 'a fish'], answerIndex: 1 });
    expect((await runs.readRunImage(result.runId, sampleIdOf(5))).length).toBeGreaterThan(50);
    const { run } = await runs.show({ runId: result.runId });
    expect(run).toMatchObject({ datasetPath: place.dataset, split: null });
    expect(run.licence).not.toBeNull();
  });

  it("in ScienceQA's shape takes everything but the predicted index from the dataset", async () => {
    const place = await workplaceOf(4);
    const file = join(place.folder, 'results.json');
    const results = { [sampleIdOf(0)]: 0, [sampleIdOf(1)]: 3, [sampleIdOf(2)]: 2 };
    writeFileSync(file, JSON.stringify({ results }));
    const { runs } = place.open();
    const result = await runs.importPredictions({ file, dataset: place.dataset, scorer: 'scienceqa' });
    expect(result).toMatchObject({ total: 3, correct: 2, unparsed: 0, problems: [] });
  });

  it('lets every scorer read, so that the list of disagreements and its count are there at once', async () => {
    const place = await workplaceOf(1);
    const file = join(place.folder, 'predictions.jsonl');
    // The released rule knows no bare letter, which others read.
    writeFileSync(file, [line(0, '(A)'), line(1, ''), line(2, '')].join('\n'));
    const { runs } = place.open();
    const { runId } = await runs.importPredictions({ file, scorer: 'm3cot' });
    expect((await runs.countQuestions({ runId, where: [] })).scorersDisagree).toBe(1);
    const disagreeing = { runId, where: ['scorers=disagree'], limit: 10, offset: 0 };
    expect((await runs.listQuestions(disagreeing)).rows.map(({ sampleId }) => sampleId)).toEqual([sampleIdOf(0)]);
  });

  it('counts disagreements of a run that was stored with one score once the filter asks for them', async () => {
    const place = await workplaceOf(1);
    const file = join(place.folder, 'predictions.jsonl');
    writeFileSync(file, [line(0, '(A)'), line(1, '')].join('\n'));
    const { runs, store } = place.open();
    const { runId } = await runs.importPredictions({ file, scorer: 'm3cot' });
    const writer = openConnection(store.path, { readOnly: false, mustExist: true, busyTimeoutMs: 1000 });
    writer.run(`DELETE FROM scores WHERE scorer <> 'm3cot'`);
    writer.close();
    store.runs.touch(store.runs.find(runId)?.runRow ?? 0);
    expect((await runs.countQuestions({ runId, where: [] })).scorersDisagree).toBeNull();
    expect(await runs.countQuestions({ runId, where: ['scorers=disagree'] })).toMatchObject({
      total: 1,
      scorersDisagree: 1,
    });
    expect((await runs.countQuestions({ runId, where: [] })).scorersDisagree).toBe(1);
  });

  it('leaves no run behind when the file holds nothing', async () => {
    const place = await workplaceOf(1);
    const file = join(place.folder, 'predictions.jsonl');
    writeFileSync(file, '{"id": "a", "messages": []}\n');
    const { runs } = place.open();
    await expectFailure(() => runs.importPredictions({ file, scorer: 'strict' }), 'nothing-to-do');
    await expectFailure(() => runs.importPredictions({ file: `${file}.x`, scorer: 'strict' }), 'missing-file');
    expect((await runs.list({ limit: 1, offset: 0 })).total).toBe(0);
  });

  it('scores again by another rule without losing the first', async () => {
    const place = await workplaceOf(1);
    const file = join(place.folder, 'predictions.jsonl');
    writeFileSync(file, [line(0, 'Maybe (B), but no: (A)'), line(1, 'the answer is (A), or (B)')].join('\n'));
    const { runs } = place.open();
    const { runId } = await runs.importPredictions({ file, scorer: 'm3cot' });
    const first = (await runs.show({ runId })).run;
    const strict = await runs.rescore({ runId, scorer: 'strict' });
    expect(strict.scorer).toBe('strict');
    expect((await runs.show({ runId })).run).toEqual(first);
    expect((await runs.show({ runId, scorer: 'strict' })).run).toMatchObject(strict);
    const { readings } = await runs.getQuestion({ runId, sampleId: sampleIdOf(0), where: [] });
    expect(readings.map(({ scorer }) => scorer)).toEqual(scorerNames);
  });
});
