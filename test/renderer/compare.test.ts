import { describe, expect, it } from 'vitest';
import { domainAccuracies } from '../../src/renderer/src/features/compare/domain-accuracies.ts';
import { interventionGroups } from '../../src/renderer/src/features/compare/intervention-groups.ts';
import { questionsOfCount, sortedNodes } from '../../src/renderer/src/features/compare/pair-model.ts';
import { guessBackbone, guessDataset } from '../../src/shared/published-choice.ts';
import { runNames } from '../../src/renderer/src/features/compare/run-names.ts';
import { domainsOf, placesOf, pointAt, sweepFamilies } from '../../src/renderer/src/features/compare/sweep-lines.ts';
import { sequentialColour } from '../../src/renderer/src/app/palette.ts';
import { tableCsv } from '../../src/renderer/src/components/table-csv.ts';
import { parseRoute } from '../../src/renderer/src/routing/route.ts';
import type { MethodRow, SweepPoint } from '../../src/shared/comparison.ts';
import type { RunSettings } from '../../src/shared/run-settings.ts';
import type { RunSummary } from '../../src/shared/run.ts';
import type { PairedComparison } from '../../src/shared/statistics.ts';
import { parseWhere } from '../../src/shared/where.ts';

const point = (runId: string, latentSteps: number, patchesPerStep: number, rest: Partial<SweepPoint> = {}) => ({
  runId,
  latentSteps,
  patchesPerStep,
  intervention: 'none',
  conditions: {},
  modelName: 'm',
  domain: '',
  total: 10,
  correct: 5,
  accuracy: null,
  ...rest,
});

describe('lines of accuracy against N', () => {
  const points = [
    point('a', 3, 32),
    point('a', 3, 32, { domain: 'science' }),
    point('b', 1, 32),
    point('c', 3, 8),
    point('d', 2, 32, { intervention: 'random-patches' }),
    point('e', 0, 32, { modelName: 'other' }),
    point('f', 3, 32, { correct: 9 }),
  ];

  it('hold runs that differ in N only, the longest line first', () => {
    const [family, ...others] = sweepFamilies(points, 'latentSteps');
    expect(family).toMatchObject({ modelName: 'm', fixed: 32 });
    expect(family === undefined ? [] : placesOf(family, 'latentSteps')).toEqual([1, 3]);
    expect(family === undefined ? [] : domainsOf(family)).toEqual(['', 'science']);
    expect(others).toHaveLength(2);
  });

  it('are apart for runs that differ in another setting, and say in which', () => {
    const limited = (runId: string, steps: number, limit: string) =>
      point(runId, steps, 8, { conditions: { 'Token limit': limit, Device: 'cpu' } });
    const families = sweepFamilies(
      [limited('g', 1, '16'), limited('h', 2, '512'), limited('i', 3, '512')],
      'latentSteps',
    );
    expect(families.map(({ apart, points: held }) => [apart, held.map(({ runId }) => runId)])).toEqual([
      [['token limit 512'], ['h', 'i']],
      [['token limit 16'], ['g']],
    ]);
  });

  it('draw the run that was named first where several are at one place', () => {
    const [family] = sweepFamilies(points, 'latentSteps');
    expect(family && pointAt(family, 'latentSteps', 3, '')).toMatchObject({ runId: 'a', correct: 5 });
    expect(family && pointAt(family, 'latentSteps', 2, '')).toBeUndefined();
  });
});

describe('interventions', () => {
  const row = (runId: string, intervention: string | null, latentSteps: number | null = 3) =>
    ({ runId, intervention, latentSteps, patchesPerStep: 32, modelName: 'm', conditions: {} }) as MethodRow;

  it('stand beside the untouched run of the same model, N and K, and nowhere else', () => {
    const groups = interventionGroups([
      row('random', 'random-patches'),
      row('plain', 'none'),
      row('short', 'none', 1),
      row('imported', null, null),
      row('lonely', 'no-latent', 2),
    ]);
    expect(groups.map(({ baseline, others }) => [baseline.runId, others.map(({ runId }) => runId)])).toEqual([
      ['plain', ['random']],
    ]);
  });
});

describe('interventions under other conditions', () => {
  it('stand beside the untouched run that shares them, whatever their seed', () => {
    const row = (runId: string, intervention: string, conditions: MethodRow['conditions']) =>
      ({ runId, intervention, latentSteps: 3, patchesPerStep: 8, modelName: 'm', conditions }) as MethodRow;
    const groups = interventionGroups([
      row('short', 'none', { 'Token limit': '16' }),
      row('random', 'random-patches', { 'Token limit': '512', Seed: '4' }),
      row('long', 'none', { 'Token limit': '512' }),
    ]);
    expect(groups.map(({ baseline, others }) => [baseline.runId, others.map(({ runId }) => runId)])).toEqual([
      ['long', ['random']],
    ]);
  });
});

describe('two runs', () => {
  const pair = { runIdA: 'A1', runIdB: 'B1', scorer: 'strict' };

  it('lead from a count to the questions that it counts, unparsed among the wrong', () => {
    const route = parseRoute(questionsOfCount(pair, 'rightToWrong', ['science', 'physics']));
    expect(route).toMatchObject({ page: 'questions', runId: 'B1', scorer: 'strict' });
    expect(route.page === 'questions' ? parseWhere(route.where) : null).toEqual({
      domain: ['science'],
      topic: ['physics'],
      other: ['A1:right'],
      outcome: ['wrong', 'unparsed'],
      excluded: ['no'],
    });
    const both = parseRoute(questionsOfCount(pair, 'bothWrong', []));
    expect(both.page === 'questions' ? parseWhere(both.where) : null).toEqual({
      other: ['A1:wrong', 'A1:unparsed'],
      outcome: ['wrong', 'unparsed'],
      excluded: ['no'],
    });
  });

  it('are sorted by loss, by p and by n', () => {
    const node = (name: string, questionCount: number, estimate: number, pValueHolm: number) =>
      ({ path: [name], questionCount, pValueHolm, difference: { estimate, low: 0, high: 0 } }) as PairedComparison;
    const nodes = [node('a', 5, 0.1, 0.5), node('b', 9, -0.4, 0.9), node('c', 7, 0, 0.1)];
    const order = (by: Parameters<typeof sortedNodes>[1]) => sortedNodes(nodes, by).map(({ path }) => path[0]);
    expect([order('category'), order('difference'), order('p'), order('n')]).toEqual([
      ['a', 'b', 'c'],
      ['b', 'c', 'a'],
      ['c', 'a', 'b'],
      ['b', 'c', 'a'],
    ]);
  });
});

describe('accuracies by domain', () => {
  const interval = (estimate: number) => ({ estimate, low: estimate / 2, high: 1 });
  const row = (runId: string, byDomain: MethodRow['byDomain']) => ({ runId, byDomain }) as MethodRow;
  const cell = (domain: string, total: number, accuracy: number | null) => ({
    domain,
    total,
    correct: 0,
    accuracy: accuracy === null ? null : interval(accuracy),
  });

  it('stand beside the baseline, wherever it is in the table', () => {
    const rows = [
      row('other', [cell('science', 4, 0.25), cell('mathematics', 2, 1)]),
      row('base', [cell('mathematics', 2, 0.5), cell('science', 4, 0.75)]),
      row('empty', [cell('science', 4, null)]),
    ];
    const table = domainAccuracies({ rows, baselineRunId: 'base' });
    expect(table.domains).toEqual([
      { domain: 'mathematics', total: 2 },
      { domain: 'science', total: 4 },
    ]);
    expect(table.rows.map(({ runId, cells }) => [runId, cells.map(({ difference }) => difference)])).toEqual([
      ['other', [0.5, -0.5]],
      ['base', [null, null]],
      ['empty', [null, null]],
    ]);
    expect(table.rows[0]?.cells[1]?.accuracy).toEqual(interval(0.25));
  });
});

describe('names and guesses', () => {
  const run = (runId: string, label: string, rest: Partial<RunSummary> = {}) =>
    ({ runId, label, settings: null, ...rest }) as RunSummary;
  const settings = (latentSteps: number, intervention: RunSettings['intervention'] = 'none') => ({
    settings: { method: 'ivt-lr', latentSteps, patchesPerStep: 4, intervention } as RunSettings,
  });

  it('tell runs of one label apart', () => {
    const names = runNames(
      ['r-0001', 'r-0002', 'r-0003', 'gone'],
      [run('r-0001', 'x'), run('r-0002', 'x'), run('r-0003', 'y')],
    );
    expect([...names.values()]).toEqual(['x (0001)', 'x (0002)', 'y', 'gone']);
  });

  it('tell runs of one label apart by their settings where these differ', () => {
    const runs = [
      run('r-0001', 'x', settings(1)),
      run('r-0002', 'x', settings(3)),
      run('r-0003', 'x', settings(3, 'no-latent')),
      run('r-0004', 'y', settings(3)),
      run('r-0005', 'z', settings(2)),
      run('r-0006', 'z', settings(2)),
    ];
    expect([
      ...runNames(
        runs.map(({ runId }) => runId),
        runs,
      ).values(),
    ]).toEqual(['x · N = 1, K = 4', 'x · N = 3, K = 4', 'x · N = 3, K = 4 · no-latent', 'y', 'z (0005)', 'z (0006)']);
  });

  it('find the nearest published experiment', () => {
    expect(guessBackbone([run('a', '', { modelName: 'chameleon-7b (int8)' })])).toBe('Chameleon-7B');
    expect(guessBackbone([run('a', '', { modelName: null })])).toBe('Qwen2-VL-7B');
    expect(guessDataset([run('a', '', { datasetPath: '/data/ScienceQA' })])).toBe('ScienceQA');
    expect(guessDataset([run('a', '', { datasetPath: '/data/m3cot' })])).toBe('M3CoT');
    expect(guessDataset([run('a', '', { datasetPath: '/data/1', datasetName: 'LightChen2333/M3CoT' })])).toBe('M3CoT');
    expect(guessDataset([run('a', '', { datasetPath: '/demo', datasetName: 'Penumbra demo' })])).toBeNull();
  });
});

describe('numbers of a chart', () => {
  it('are CSV that a spreadsheet does not execute', () => {
    const text = tableCsv({
      columns: ['run', 'n'],
      rows: [
        ['=a,"b"', 1.5],
        ['', null],
      ],
    });
    expect(text).toBe('run,n\r\n"\'=a,""b""",1.5\r\n,\r\n');
  });

  it('are coloured from dark to light', () => {
    const lightness = (colour: string): number =>
      (colour.match(/\d+/g) ?? [])
        .map(Number)
        .reduce((sum, channel, index) => sum + channel * ([0.2126, 0.7152, 0.0722][index] ?? 0), 0);
    const colours = Array.from({ length: 21 }, (_, index) => lightness(sequentialColour(index / 20)));
    expect(colours).toEqual(colours.toSorted((a, b) => a - b));
    expect(sequentialColour(0)).toBe('rgb(68, 1, 84)');
    expect(sequentialColour(2)).toBe('rgb(253, 231, 37)');
  });
});
