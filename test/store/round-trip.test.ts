import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, it } from 'vitest';
import { fromFloat16Bits, toFloat16Bits } from '../../src/main/store/float16.ts';
import type { ReadOptions } from '../../src/main/store/predictions-repository.ts';
import { openStore, type Store } from '../../src/main/store/store.ts';
import type { Prediction } from '../../src/shared/prediction.ts';
import { answerOf } from '../support/answer-of.ts';
import {
  newRunOfTest,
  predictionInWordsOfTest,
  predictionOfTest,
  sampleOfTest,
  storeRunOfTest,
} from '../support/stored-rows.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
let store: Store;

beforeAll(async () => {
  store = openStore(join(await newFolder(), 'store.sqlite'));
  return () => store.close();
});

const half = (value: number): number => fromFloat16Bits(toFloat16Bits(value));

/** What the store promises to give back: everything the same, attention over the image and of tokens at half precision. */
function asStored(prediction: Prediction): Prediction {
  if (prediction.status === 'failed' || prediction.answer.trace === null) return prediction;
  const steps = prediction.answer.trace.steps.map((step) => ({
    ...step,
    imageAttention: step.imageAttention.map(half),
  }));
  const calls = prediction.answer.trace.calls.map((call) => ({
    ...call,
    visionMasses: call.visionMasses.map(half),
    textMasses: call.textMasses.map(half),
  }));
  return { ...prediction, answer: { ...prediction.answer, trace: { ...prediction.answer.trace, steps, calls } } };
}

describe('what is stored comes back', () => {
  it('answers with traces, failures, imported messages and empty values', () => {
    const samples = [0, 1, 2, 3, 4].map((number) => sampleOfTest(number));
    const imported: Prediction = {
      status: 'answered',
      sampleId: 'sample-3',
      answer: {
        outputText: '',
        outputTokenCount: null,
        arSteps: null,
        finishReason: null,
        timings: null,
        trace: null,
        messages: ['prompt', 'first', ''],
        prompt: null,
      },
    };
    const failed: Prediction = {
      status: 'failed',
      sampleId: 'sample-4',
      failure: { kind: 'missing-image', message: 'No.', file: 'images/4.png', place: 'row 5', action: 'look' },
    };
    const withoutSteps = predictionOfTest('sample-2', 2, 0);
    const predictions = [
      predictionOfTest('sample-0', 0),
      predictionOfTest('sample-1', 1, 5, 7),
      withoutSteps,
      imported,
      failed,
    ];

    const datasetRow = store.datasets.saveDataset({ fingerprint: 'x', path: '/x', format: null, licence: null });
    const plan = samples.map((sample) => store.samples.save(datasetRow, sample));
    const runRow = store.runs.insert(newRunOfTest({ runId: 'ROUND', planned: 5 }), plan);
    predictions.forEach((prediction, position) =>
      store.predictions.insert(runRow, { position, sampleRow: plan[position] ?? 0 }, prediction),
    );

    const back = store.predictions.after(runRow, -1, 10, { steps: 'all' });
    expect(back.map(({ sample }) => sample)).toEqual(samples);
    expect(back.map(({ prediction }) => prediction)).toEqual(predictions.map(asStored));
  });

  it('calls with the masses of their tokens, regions and remarks; the masses only where they are asked for', () => {
    const runRow = storeRunOfTest(store, 7, { runId: 'WORDS' }, (sampleId, position) =>
      predictionInWordsOfTest(sampleId, position, position),
    );
    const written = [0, 1, 2, 3, 4, 5, 6].map((number) => predictionInWordsOfTest(`sample-${number}`, number, number));
    const read = (options: ReadOptions) =>
      store.predictions.after(runRow, -1, 10, options).map(({ prediction }) => prediction);
    expect(read({ steps: 'all' })).toEqual(written.map(asStored));
    expect(read({ steps: 'none', callMasses: true })).toEqual(written.map(asStored));
    const without = written.map((prediction) => {
      const answer = answerOf(prediction);
      const calls = (answer.trace?.calls ?? []).map((call) => ({ ...call, visionMasses: [], textMasses: [] }));
      return { ...prediction, answer: { ...answer, trace: { ...answer.trace, calls } } };
    });
    expect(read({ steps: 'patches' })).toEqual(without);
  });

  it('masses are no part of the JSON, and a deleted run takes them along', async () => {
    const path = join(await newFolder(), 'words.sqlite');
    const alone = openStore(path);
    const runRow = storeRunOfTest(alone, 7, {}, (sampleId, position) =>
      predictionInWordsOfTest(sampleId, position, 300),
    );
    const database = new Database(path, { readonly: true });
    const value = (sql: string) => database.prepare(sql).pluck().get();
    expect(value(`SELECT count(*) FROM outputs WHERE trace LIKE '%asses%' OR length(trace) > 2000`)).toBe(0);
    // One byte says what the numbers are.
    expect(value('SELECT max(length(vision_masses) + length(text_masses)) FROM call_masses')).toBe(2 * (1 + 2 * 300));
    expect(value('SELECT group_concat(DISTINCT call_count) FROM predictions')).toBe('2');
    alone.hiddenRuns.removeAtOnce(runRow);
    expect(value('SELECT (SELECT count(*) FROM call_masses) + (SELECT count(*) FROM remarks)')).toBe(0);
    database.close();
    alone.close();
  });

  it('a run with all its fields', () => {
    const given = newRunOfTest({
      runId: 'FIELDS',
      settings: {
        method: 'ivt-lr',
        latentSteps: 3,
        patchesPerStep: 32,
        stepLayout: 'patches-then-hidden',
        promptFormat: 'with-context',
        intervention: 'random-patches',
        forcedPatches: [{ step: 0, slots: [1, 2] }],
        bannedPatches: [],
        adaptiveStop: 'hidden',
        adaptiveThreshold: 0.97,
        maxTokens: 64,
        temperature: 0.7,
        topP: 0.9,
        repetitionPenalty: 1.05,
        seed: 4294967295,
        batchSize: 8,
        device: 'cpu',
        engines: 2,
        gpus: [1, 0],
      },
      configurationHash: 'abc',
      failure: { kind: 'disk-full', message: 'full' },
      workMs: 12.75,
    });
    store.runs.insert(given, []);
    expect(store.runs.find('FIELDS')).toMatchObject(given);
  });

  it('filters, pages and tallies agree with each other', () => {
    const runRow = storeRunOfTest(store, 60, { runId: 'PAGES' });
    const scope = (where: object) => ({ runRow, scorer: 'strict' as const, where });
    const page = { limit: 500, offset: 0 };
    expect(store.questions.list(scope({}), page).total).toBe(60);
    const wrong = scope({ domain: ['commonsense'], outcome: ['wrong', 'unparsed'] });
    const { rows: all, total } = store.questions.list(wrong, page);
    expect(all).toHaveLength(total);
    expect(all.every(({ domain, outcome }) => domain === 'commonsense' && outcome !== 'right')).toBe(true);
    expect(store.questions.list(wrong, { limit: 5, offset: 5 }).rows).toEqual(all.slice(5, 10));
    expect(Array.from(store.questions.positions(wrong))).toEqual(all.map(({ position }) => position));
    const middle = all[4];
    expect(store.questions.place(wrong, undefined, middle?.position ?? -1)).toEqual({
      rank: 4,
      total,
      previousSampleId: all[3]?.sampleId,
      nextSampleId: all[5]?.sampleId,
    });
    const tally = store.scores.tally(runRow, 'strict');
    const tallied = tally.filter(({ domain, outcome }) => domain === 'commonsense' && outcome !== 'right');
    expect(tallied.reduce((sum, { count }) => sum + count, 0)).toBe(all.length);
    expect(store.questions.positions(scope({ sample: ['sample-1', 'sample-2', 'sample-999'] }))).toHaveLength(2);
    expect(store.questions.positions(scope({ split: ['train'] }))).toHaveLength(0);
  });

  it('samples found by words in question, choices or context (FTS5), also after a change', () => {
    const datasetRow = store.datasets.saveDataset({ fingerprint: 'fts', path: '/x', format: null, licence: null });
    const sample = sampleOfTest(1, { sampleId: 'fts-1', question: 'Where do penguins breed?' });
    const sampleRow = store.samples.save(datasetRow, sample);
    expect(store.samples.search('penguins')).toEqual([sampleRow]);
    store.samples.save(datasetRow, { ...sample, question: 'Where do albatrosses breed?' });
    expect(store.samples.search('penguins')).toEqual([]);
    expect(store.samples.search('albatross*')).toEqual([sampleRow]);
  });

  it('tags, notes and saved views', () => {
    const runRow = storeRunOfTest(store, 3, { runId: 'NOTES' });
    const sampleRow = store.samples.ofRun(runRow, 'sample-1')?.sampleRow ?? 0;
    expect(store.annotations.changeTags([sampleRow], { add: ['bad gold'] })).toBe(1);
    expect(store.annotations.changeTags([sampleRow], { add: ['bad gold'] })).toBe(0);
    expect(store.annotations.tagsOf(sampleRow)).toEqual(['bad gold']);
    store.annotations.saveNote(runRow, 1, 'looks at the border');
    expect(store.annotations.noteOf(runRow, 1)).toBe('looks at the border');
    store.annotations.saveNote(runRow, 1, '');
    expect(store.annotations.noteOf(runRow, 1)).toBeNull();
    store.annotations.saveView('failures', 'outcome=wrong');
    store.annotations.saveView('failures', 'outcome=failed');
    expect(store.annotations.views().map(({ name, query }) => [name, query])).toEqual([['failures', 'outcome=failed']]);
    store.annotations.changeTags([sampleRow], { remove: ['bad gold'] });
    expect(store.annotations.tagsOf(sampleRow)).toEqual([]);
  });

  it('a deleted run leaves nothing behind but tagged questions', async () => {
    const alone = openStore(join(await newFolder(), 'delete.sqlite'));
    const keep = storeRunOfTest(alone, 4, { runId: 'KEEP' });
    const gone = storeRunOfTest(alone, 9, { runId: 'GONE' });
    const tagged = alone.samples.ofRun(gone, 'sample-8')?.sampleRow ?? 0;
    alone.annotations.changeTags([tagged], { add: ['keep me'] });
    alone.hiddenRuns.removeAtOnce(gone);
    expect(alone.runs.find('GONE')).toBeUndefined();
    expect(alone.predictions.count(keep)).toBe(4);
    expect(alone.samples.search('Frage').length).toBe(5);
    alone.hiddenRuns.removeAtOnce(keep);
    expect(alone.checkIntegrity()).toBe('ok');
    alone.close();
  });

  it('a dataset that was opened stays in the list when its last run is deleted, until it is taken out', async () => {
    const path = join(await newFolder(), 'datasets.sqlite');
    const alone = openStore(path);
    const runRow = storeRunOfTest(alone, 2);
    const database = new Database(path);
    const opened = database.prepare('UPDATE datasets SET opened_at = ?, summary = NULL');
    const count = database.prepare('SELECT count(*) FROM datasets').pluck();
    opened.run(new Date().toISOString());
    alone.hiddenRuns.removeAtOnce(runRow);
    expect(count.get()).toBe(1);
    expect(alone.knownDatasets.list()).toHaveLength(1);

    const second = storeRunOfTest(alone, 2);
    database.prepare('UPDATE datasets SET forgotten = 1').run();
    alone.hiddenRuns.removeAtOnce(second);
    expect(count.get()).toBe(0);
    database.close();
    alone.close();
  });
});
