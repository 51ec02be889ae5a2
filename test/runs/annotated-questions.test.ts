/** Tags, notes and exclusions as the faces use them: in counts of every run, in exports, packed, and from several processes. */
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { exclusionTag } from '../../src/shared/exclusion-tag.ts';
import { openStore } from '../../src/main/store/store.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { readCsvRows } from '../support/read-csv.ts';
import { createWorkplace, follow, type Workplace } from '../support/run-workplace.ts';
import { sampleIdOf } from '../support/small-dataset.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
const workplaces: Workplace[] = [];
afterEach(async () => {
  for (const workplace of workplaces.splice(0)) await workplace.closeAll();
});

async function twoRuns(questionCount = 12) {
  const place = createWorkplace(await newFolder(), { questionCount });
  workplaces.push(place);
  const { store, runs } = place.open();
  const runIds: string[] = [];
  for (let count = 0; count < 2; count += 1) {
    const { runId } = await runs.start(place.request());
    await follow(runs, runId);
    runIds.push(runId);
  }
  const [runId = '', otherId = ''] = runIds;
  return { place, store, runs, runId, otherId };
}

const page = { limit: 100, offset: 0 };
const nothing = { sampleIds: [], add: [], remove: [] };

describe('tags', () => {
  it('go on every question of a selection or on those named, and come off again', async () => {
    const { runs, store, runId, otherId } = await twoRuns();
    const selection = { runId, where: ['domain=science'] };
    expect(await runs.tagQuestions({ ...nothing, selection, add: ['hard', 'map'] })).toEqual({ changed: 4 });
    expect(await runs.tagQuestions({ ...nothing, selection, add: ['hard'] })).toEqual({ changed: 0 });
    const named = { ...nothing, runId, sampleIds: [sampleIdOf(1), sampleIdOf(3)] };
    expect(await runs.tagQuestions({ ...named, add: ['named'], remove: ['map'] })).toEqual({ changed: 2 });
    expect(store.annotations.tags()).toEqual([
      { tag: 'hard', count: 4 },
      { tag: 'map', count: 3 },
      { tag: 'named', count: 2 },
    ]);
    const { rows } = await runs.listQuestions({ runId: otherId, where: ['tag=named'], ...page });
    expect(rows.map(({ sampleId, tags }) => [sampleId, tags])).toEqual([
      [sampleIdOf(1), ['named']],
      [sampleIdOf(3), ['hard', 'named']],
    ]);
    await runs.tagQuestions({ ...nothing, selection, remove: ['hard', 'map', 'named', 'never there'] });
    await runs.tagQuestions({ ...named, remove: ['named'] });
    expect(store.annotations.tags()).toEqual([]);
  });

  it('refuses what names nothing, an unknown question, and a tag to add and remove; then nothing has changed', async () => {
    const { runs, store, runId } = await twoRuns();
    await expectFailure(() => runs.tagQuestions({ ...nothing, add: ['x'] }), 'wrong-usage');
    const sampleIds = [sampleIdOf(1), 'unknown'];
    await expectFailure(() => runs.tagQuestions({ ...nothing, runId, sampleIds, add: ['x'] }), 'not-found');
    await expectFailure(() => runs.tagQuestions({ ...nothing, runId, add: ['x'], remove: ['x'] }), 'wrong-usage');
    const selection = { runId: 'NOBODY', where: [] };
    await expectFailure(() => runs.tagQuestions({ ...nothing, selection, add: ['x'] }), 'not-found');
    expect(store.annotations.tags()).toEqual([]);
  });

  it('stay when their run goes, and hold the question', async () => {
    const { runs, store, runId, otherId } = await twoRuns();
    await runs.tagQuestions({ ...nothing, runId, sampleIds: [sampleIdOf(2)], add: ['keep'] });
    await runs.remove({ runId });
    await runs.remove({ runId: otherId });
    expect(store.annotations.tags()).toEqual([{ tag: 'keep', count: 1 }]);
    expect(store.checkIntegrity()).toBe('ok');
  });

  it('of another process are seen at once', async () => {
    const { runs, place, runId } = await twoRuns();
    const before = await runs.listQuestions({ runId, where: ['tag=theirs'], ...page });
    const other = openStore(place.storePath);
    const runRow = other.runs.find(runId)?.runRow ?? 0;
    other.annotations.changeTags([other.samples.ofRun(runRow, sampleIdOf(5))?.sampleRow ?? 0], { add: ['theirs'] });
    other.close();
    const after = await runs.listQuestions({ runId, where: ['tag=theirs'], ...page });
    expect([before.total, after.rows.map(({ sampleId }) => sampleId)]).toEqual([0, [sampleIdOf(5)]]);
  });
});

describe('bad gold', () => {
  it('leaves the question out of every count of every run, and says so', async () => {
    const { runs, runId, otherId, place } = await twoRuns();
    const { run: before } = await runs.show({ runId });
    const { prediction } = await runs.getQuestion({ runId, sampleId: sampleIdOf(3), where: [] });
    expect([before.total, before.excluded, prediction.status]).toEqual([12, 0, 'answered']);
    const { rows } = await runs.listQuestions({ runId, where: ['sample=' + sampleIdOf(3)], ...page });
    const wasRight = rows[0]?.outcome === 'right' ? 1 : 0;
    await runs.tagQuestions({ ...nothing, runId, sampleIds: [sampleIdOf(3)], add: [exclusionTag] });

    for (const id of [runId, otherId]) {
      const { run, categories } = await runs.show({ runId: id });
      expect(run).toMatchObject({ total: 11, excluded: 1, correct: before.correct - wasRight });
      expect(run.byDomain['science']?.total).toBe(3);
      expect(categories[0]).toMatchObject({ total: 11, excluded: 1 });
    }
    expect((await runs.list({ limit: 2, offset: 0 })).runs.map(({ excluded }) => excluded)).toEqual([1, 1]);
    expect(await runs.countQuestions({ runId, where: [] })).toMatchObject({ total: 11, excluded: 1 });
    const listed = await runs.listQuestions({ runId, where: [], ...page });
    expect([listed.total, listed.rows[3]?.excluded, listed.rows[4]?.excluded]).toEqual([12, true, false]);
    const comparison = await runs.compare({ runIdA: runId, runIdB: otherId });
    expect(comparison.nodes[0]?.questionCount).toBe(11);

    const [questions, categories] = ['q.csv', 'c.csv'].map((name) => join(place.folder, name));
    const { manifest } = await runs.exportRun({ runId, questions, categories, where: [] });
    expect(manifest['questionsExcluded']).toBe(1);
    const all = readCsvRows(readFileSync(categories ?? '', 'utf8'))[0];
    expect([all?.['n'], all?.['excluded']]).toEqual(['11', '1']);
    const excluded = readCsvRows(readFileSync(questions ?? '', 'utf8')).filter((row) => row['excluded'] === 'true');
    expect(excluded.map((row) => [row['sample_id'], row['tags']])).toEqual([[sampleIdOf(3), exclusionTag]]);

    await runs.tagQuestions({ ...nothing, runId, sampleIds: [sampleIdOf(3)], remove: [exclusionTag] });
    expect((await runs.show({ runId })).run).toEqual(before);
  });
});

describe('notes', () => {
  it('are saved on one run, replaced, and deleted when empty', async () => {
    const { runs, runId, otherId } = await twoRuns();
    const sampleId = sampleIdOf(7);
    const noteIn = async (id: string) => (await runs.getQuestion({ runId: id, sampleId, where: [] })).note;
    runs.noteQuestion({ runId, sampleId, note: 'first' });
    runs.noteQuestion({ runId, sampleId, note: 'looks away\nfrom "it"' });
    expect([await noteIn(runId), await noteIn(otherId)]).toEqual(['looks away\nfrom "it"', '']);
    expect(runs.noteQuestion({ runId, sampleId, note: ' \n' })).toEqual({ note: '' });
    expect(await noteIn(runId)).toBe('');
    await expectFailure(async () => runs.noteQuestion({ runId, sampleId: 'unknown', note: 'x' }), 'not-found');
  });

  it('are a column of questions.csv, safe in a spreadsheet, and only of their own run', async () => {
    const { runs, runId, otherId, place } = await twoRuns();
    runs.noteQuestion({ runId, sampleId: sampleIdOf(2), note: '=HYPERLINK("http://x"),\nlook' });
    runs.noteQuestion({ runId, sampleId: sampleIdOf(3), note: 'plain, with a comma' });
    const notesIn = async (id: string): Promise<string[]> => {
      const file = join(place.folder, `${id}.csv`);
      await runs.exportRun({ runId: id, questions: file, where: [] });
      return readCsvRows(readFileSync(file, 'utf8')).map((row) => row['note'] ?? 'no column');
    };
    const none = Array.from({ length: 12 }, () => '');
    const expected = none.with(2, `'=HYPERLINK("http://x"),\nlook`).with(3, 'plain, with a comma');
    expect(await notesIn(runId)).toEqual(expected);
    expect(await notesIn(otherId)).toEqual(none);
  });

  it('and tags travel in a packed run', async () => {
    const { runs, runId, place } = await twoRuns();
    runs.noteQuestion({ runId, sampleId: sampleIdOf(7), note: 'look here' });
    await runs.tagQuestions({
      ...nothing,
      runId,
      sampleIds: [sampleIdOf(7), sampleIdOf(8)],
      add: ['far', exclusionTag],
    });
    const file = join(place.folder, 'run.penumbra');
    await runs.pack({ runId, file });
    const laptop = createWorkplace(await newFolder(), { questionCount: 1 });
    workplaces.push(laptop);
    const { runs: there, store } = laptop.open();
    expect(await there.unpack({ file })).toMatchObject({ total: 10, excluded: 2 });
    expect(store.annotations.tags()).toEqual([
      { tag: exclusionTag, count: 2 },
      { tag: 'far', count: 2 },
    ]);
    const { rows } = await there.listQuestions({ runId, where: ['note=yes'], ...page });
    expect(rows.map(({ sampleId }) => sampleId)).toEqual([sampleIdOf(7)]);
    expect((await there.getQuestion({ runId, sampleId: sampleIdOf(7), where: [] })).note).toBe('look here');
  });
});

it('a pack whose tags take questions out of runs that were there says how many', async () => {
  const { runs, runId, otherId, place } = await twoRuns();
  const packOf = async (id: string): Promise<string> => {
    const file = join(place.folder, `${id}.penumbra`);
    await runs.pack({ runId: id, file });
    return file;
  };
  const withoutTags = await packOf(otherId);
  await runs.tagQuestions({ ...nothing, runId, sampleIds: [sampleIdOf(7), sampleIdOf(8)], add: [exclusionTag] });
  const withTags = await packOf(runId);
  const laptop = createWorkplace(await newFolder(), { questionCount: 1 });
  workplaces.push(laptop);
  const { runs: there } = laptop.open();
  const own = await there.unpack({ file: withoutTags });
  expect([own.excluded, own.newlyExcluded]).toEqual([0, undefined]);
  expect((await there.unpack({ file: withTags })).newlyExcluded).toEqual({ runs: 1, answers: 2 });
  expect((await there.show({ runId: otherId })).run.excluded).toBe(2);
  // The second time they are known already.
  await there.remove({ runId });
  expect((await there.unpack({ file: withTags })).newlyExcluded).toBeUndefined();
});

describe('one question', () => {
  it('knows the same question in other runs, newest first', async () => {
    const { runs, runId, otherId } = await twoRuns();
    const { otherRuns, rank, total } = await runs.getQuestion({ runId, sampleId: sampleIdOf(2), where: [] });
    expect([rank, total]).toEqual([2, 12]);
    const { rows } = await runs.listQuestions({ runId: otherId, where: ['sample=' + sampleIdOf(2)], ...page });
    expect(otherRuns.map((run) => [run.runId, run.outcome, run.predicted])).toEqual([
      [otherId, rows[0]?.outcome, rows[0]?.predicted],
    ]);
  });

  it('a run that grows is listed as far as it is', async () => {
    const place = createWorkplace(await newFolder(), { questionCount: 60 });
    workplaces.push(place);
    const { runs } = place.open({ batchMs: 40 });
    const { runId } = await runs.start(place.request({ settings: { batchSize: 4 } }));
    const totals: number[] = [];
    for await (const { done, status } of runs.watch({ runId })) {
      const { rows, total } = await runs.listQuestions({ runId, where: [], ...page });
      expect(total).toBeGreaterThanOrEqual(done);
      expect(rows).toHaveLength(total);
      totals.push(total);
      if (status !== 'running') break;
    }
    expect(totals.at(-1)).toBe(60);
    expect(new Set(totals).size).toBeGreaterThan(2);
  });
});
