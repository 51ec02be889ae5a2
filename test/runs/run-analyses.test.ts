/** Attention, main table and sweep of stored runs against SQL over the same store. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareScoredRuns, keptComparison } from '../../src/main/runs/compare-runs.ts';
import { methodTableOf, sweepOf } from '../../src/main/runs/method-table.ts';
import { attentionOf } from '../../src/main/runs/run-attention.ts';
import { openConnection, type Connection } from '../../src/main/store/connection.ts';
import type { RunRecord } from '../../src/main/store/runs-repository.ts';
import { openStore, type Store } from '../../src/main/store/store.ts';
import { resolveRunSettings, type RunSettingsInput } from '../../src/shared/run-settings.ts';
import { answerOf } from '../support/answer-of.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { predictionInWordsOfTest, storeRunOfTest } from '../support/stored-rows.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
let store: Store;
let sql: Connection;

beforeAll(async () => {
  const file = join(await newFolder(), 'store.sqlite');
  store = openStore(file);
  storeRunOfTest(store, 250, { runId: 'LONG', settings: settingsOf({ latentSteps: 3 }) });
  storeRunOfTest(store, 240, { runId: 'SHORT', settings: settingsOf({ latentSteps: 1, patchesPerStep: 8 }) });
  storeRunOfTest(store, 245, { runId: 'NOCOT', settings: settingsOf({ method: 'no-cot' }) });
  sql = openConnection(file, { readOnly: true, mustExist: true, busyTimeoutMs: 1000 });
});

afterAll(() => {
  sql.close();
  store.close();
});

function settingsOf(input: RunSettingsInput) {
  return resolveRunSettings(input, {
    method: 'ivt-lr',
    latentSteps: 3,
    patchesPerStep: 32,
    stepLayout: 'patches-then-hidden',
    promptFormat: 'released-inference',
  });
}

function runOf(runId: string): RunRecord {
  const run = store.runs.find(runId);
  if (run === undefined) throw new Error(`no run ${runId}`);
  return run;
}

/** The scorer of the rows is `strict`, version 1, whose readings are stored; nothing is scored again. */
const attention = (where: readonly string[] = []) => attentionOf(store, runOf('LONG'), { where, scorer: 'strict' });

type Means = { step: number; n: number; vision: number; latentText: number; focus: number };
const meansWhere = (condition: string): Means[] =>
  sql.all<Means>(
    `SELECT step_index AS step, count(*) AS n, avg(vision_mass) AS vision, avg(latent_text_mass) AS latentText,
       avg(vision_focus) AS focus
     FROM latent_steps JOIN predictions USING (prediction_row) JOIN scores USING (run_row, position)
     JOIN samples USING (sample_row) JOIN strata ON strata.stratum_row = samples.stratum_row
     WHERE run_row = (SELECT run_row FROM runs WHERE run_id = 'LONG') AND scorer = 'strict' AND ${condition}
     GROUP BY step_index ORDER BY step_index`,
  );

function expectMeans(actual: Awaited<ReturnType<typeof attention>>['all'], expected: readonly Means[]): void {
  expect(actual.map(({ stepIndex, questionCount }) => [stepIndex, questionCount])).toEqual(
    expected.map(({ step, n }) => [step, n]),
  );
  for (const [index, { vision, latentText, focus }] of expected.entries()) {
    expect(actual[index]?.visionMass).toBeCloseTo(vision, 12);
    expect(actual[index]?.latentTextMass).toBeCloseTo(latentText, 12);
    expect(actual[index]?.visionFocus).toBeCloseTo(focus, 12);
  }
}

describe('attention over a stored run', () => {
  it('equals SQL over its rows: all, right, and wrong with the unparsed', async () => {
    const result = await attention();
    expect(result.questionCount).toBe(250);
    expect(result.all).toHaveLength(3);
    expectMeans(result.all, meansWhere('TRUE'));
    expectMeans(result.right, meansWhere('outcome = 0'));
    expectMeans(result.wrong, meansWhere('outcome IN (1, 2)'));
  });

  it('is kept, and computed anew where another version of the analysis has kept it', async () => {
    const result = await attention();
    const kept = JSON.parse(store.analyses.kept(runOf('LONG'), 'attention', 'strict') ?? 'null') as { version: number };
    const keepAs = (version: number) => {
      const strange = { version, attention: { ...result, questionCount: 1 } };
      store.analyses.keep(runOf('LONG'), 'attention', 'strict', JSON.stringify(strange));
    };
    keepAs(kept.version);
    expect((await attention()).questionCount).toBe(1);
    keepAs(kept.version + 1);
    expect((await attention()).questionCount).toBe(250);
    expect((await attention()).questionCount).toBe(250);
  });

  it('has maps and border of what was selected: slots 0 to 31, 32 to 63, 64 to 95 of 10 x 10', async () => {
    const { all, selectionMaps } = await attention();
    expect(selectionMaps.map(({ stepIndex, questionCount }) => [stepIndex, questionCount])).toEqual([
      [0, 250],
      [1, 250],
      [2, 250],
    ]);
    const [first] = selectionMaps;
    expect(first?.counts).toEqual(Array.from({ length: 100 }, (_, slot) => (slot < 32 ? 250 : 0)));
    // 0..9, 10, 19, 20, 29, 30; then 39, 40, 49, 50, 59, 60; then 69, 70, 79, 80, 89 and 90..95.
    expect(all.map(({ borderShare }) => borderShare)).toEqual([15 / 32, 6 / 32, 11 / 32]);
    expect(all[0]?.borderShareExpected).toBeCloseTo(0.36, 12);
    expect(all.map(({ overlapWithPrevious }) => overlapWithPrevious)).toEqual([null, 0, 0]);
  });

  it('of answers in words: means over the tokens as the store keeps them, by outcome and domain', async () => {
    const lengths = [3, 40, 7, 21, 1];
    const words = (sampleId: string, position: number) =>
      predictionInWordsOfTest(sampleId, position, lengths[position % 5] ?? 1);
    const runRow = storeRunOfTest(store, 230, { runId: 'WORDS' }, words);
    const half = (value: number): number => new Float16Array([value])[0] ?? Number.NaN;
    const tokens = Array.from({ length: 230 }, (_, position) => {
      const [rationale, answer] = answerOf(words('', position)).trace?.calls ?? [];
      const all = [...(rationale?.visionMasses ?? []), ...(answer?.visionMasses ?? [])].map(half);
      return { position, all, first: half(rationale?.visionMasses[0] ?? Number.NaN) };
    });
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

    const { explicit, questionCount, all } = await attentionOf(store, runOf('WORDS'), { where: [], scorer: 'strict' });
    expect([questionCount, all, explicit.questionCount]).toEqual([0, [], 230]);
    expect(explicit.all.map(({ purpose, callCount }) => [purpose, callCount])).toEqual([
      [null, 460],
      ['rationale', 230],
      ['answer', 230],
    ]);
    expect(explicit.all[0]?.visionMass).toBeCloseTo(mean(tokens.flatMap((each) => each.all)), 10);
    expect(explicit.all[1]?.byToken.visionMass[0]).toBeCloseTo(mean(tokens.map(({ first }) => first)), 10);
    expect(explicit.all[1]?.byToken.counts.slice(38)).toEqual([46, 46]);
    // Right, wrong, unparsed in turn; domains in turn too.
    const right = tokens.filter(({ position }) => position % 3 === 0).flatMap((each) => each.all);
    expect(explicit.right[0]?.tokenCount).toBe(right.length);
    expect(explicit.right[0]?.visionMass).toBeCloseTo(mean(right), 10);
    const commonsense = tokens.filter(({ position }) => position % 3 === 1).flatMap((each) => each.all);
    const [first] = explicit.byDomain;
    expect([first?.domain, explicit.byDomain.length]).toEqual(['commonsense', 3]);
    expect(first?.visionMass).toBeCloseTo(mean(commonsense), 10);
    const [filtered] = (await attentionOf(store, runOf('WORDS'), { where: ['domain=commonsense'], scorer: 'strict' }))
      .explicit.all;
    expect(filtered?.visionMass).toBeCloseTo(mean(commonsense), 10);
    expect((await attention()).explicit.questionCount).toBe(0);
    store.hiddenRuns.removeAtOnce(runRow);
  });

  it('follows a filter', async () => {
    const science = await attention(['domain=science']);
    expect(science.questionCount).toBeLessThan(250);
    expectMeans(science.all, meansWhere("strata.domain = 'science'"));
  });

  it('is kept for the revision of the run, and counted anew after a change', async () => {
    await attention();
    const run = runOf('LONG');
    expect(store.analyses.kept(run, 'attention', 'strict')).toBeDefined();
    store.runs.touch(run.runRow);
    expect(store.analyses.kept(runOf('LONG'), 'attention', 'strict')).toBeUndefined();
    expect((await attention()).questionCount).toBe(250);
  });
});

describe('main table of stored runs', () => {
  it('counts over the questions that all of them hold, as SQL does', async () => {
    const table = await methodTableOf(store, { runIds: ['LONG', 'SHORT', 'NOCOT', 'LONG'] });
    expect(table).toMatchObject({ baselineRunId: 'LONG', scorer: 'strict', commonQuestions: 240, leftOut: 10 });
    expect(table.rows.map(({ runId }) => runId)).toEqual(['LONG', 'SHORT', 'NOCOT']);
    for (const row of table.rows) {
      const [expected] = sql.all<{ correct: number; ar: number; seconds: number }>(
        `SELECT sum(outcome = 0) AS correct, avg(ar_steps) AS ar, avg(total_ms) / 1000 AS seconds
         FROM scores JOIN predictions USING (run_row, position) JOIN runs USING (run_row)
         WHERE run_id = :runId AND scores.scorer = 'strict' AND position < 240`,
        { runId: row.runId },
      );
      expect(row.correct).toBe(expected?.correct);
      expect(row.arStepsMean).toBeCloseTo(expected?.ar ?? Number.NaN, 9);
      expect(row.secondsMean).toBeCloseTo(expected?.seconds ?? Number.NaN, 9);
    }
    expect([table.published, table.differences]).toEqual([{ backbone: 'Qwen2-VL-7B', dataset: 'M3CoT' }, []]);
    const told = await methodTableOf(store, { runIds: ['LONG', 'SHORT', 'NOCOT'], differences: 7 });
    expect(told.differences).toHaveLength(7);
    expect(table.rows.map(({ latentSteps, patchesPerStep }) => [latentSteps, patchesPerStep])).toEqual([
      [3, 32],
      [1, 8],
      [null, null],
    ]);
  });

  it('leaves out what is tagged as bad gold, in every run', async () => {
    const sampleRow = store.samples.ofRun(runOf('LONG').runRow, 'sample-0')?.sampleRow ?? 0;
    store.annotations.changeTags([sampleRow], { add: ['bad gold'] });
    const table = await methodTableOf(store, { runIds: ['SHORT', 'LONG'], baselineRunId: 'LONG' });
    store.annotations.changeTags([sampleRow], { remove: ['bad gold'] });
    expect(table).toMatchObject({ commonQuestions: 239, excluded: 1, leftOut: 10 });
    expect(table.rows.map(({ correct }) => correct)).toEqual([79, 79]);
  });

  it('refuses a baseline that is not compared, and runs that are not there', async () => {
    await expectFailure(() => methodTableOf(store, { runIds: ['LONG'], baselineRunId: 'SHORT' }), 'wrong-usage');
    await expectFailure(() => methodTableOf(store, { runIds: ['LONG', 'GONE'] }), 'not-found');
  });
});

describe('sweep of stored runs', () => {
  it('has a point for each run with latent steps and each domain', async () => {
    const points = await sweepOf(store, { runIds: ['LONG', 'NOCOT', 'SHORT'] });
    expect([...new Set(points.map(({ runId }) => runId))]).toEqual(['LONG', 'SHORT']);
    const short = points.filter(({ runId }) => runId === 'SHORT');
    expect(short.map(({ domain, latentSteps, patchesPerStep }) => [domain, latentSteps, patchesPerStep])).toEqual([
      ['', 1, 8],
      ['commonsense', 1, 8],
      ['mathematics', 1, 8],
      ['science', 1, 8],
    ]);
    // 240 questions over three domains in turn, right where the domain is the first in turn: all of science.
    expect(short.map(({ total, correct }) => [total, correct])).toEqual([
      [240, 80],
      [80, 0],
      [80, 0],
      [80, 80],
    ]);
  });
});

it('a comparison is kept, and computed anew where another version has kept it', async () => {
  let computed = 0;
  const compare = () =>
    keptComparison(store, { runIdA: 'LONG', runIdB: 'SHORT', scorer: 'strict' }, () => {
      computed += 1;
      return Promise.resolve(compareScoredRuns(store, runOf('LONG'), runOf('SHORT'), 'strict'));
    });
  const first = await compare();
  expect(await compare()).toEqual(first);
  expect(computed).toBe(1);
  const kept = JSON.parse(store.analyses.kept(runOf('LONG'), 'compare SHORT', 'strict') ?? 'null') as object & {
    version: number;
  };
  const older = { ...kept, version: kept.version - 1 };
  store.analyses.keep(runOf('LONG'), 'compare SHORT', 'strict', JSON.stringify(older));
  expect(await compare()).toEqual(first);
  expect(computed).toBe(2);
});
