/** Order, search, numbers and progress of the list of runs. */
import { describe, expect, it } from 'vitest';
import { shownRuns, type RunOrder } from '../../src/renderer/src/features/runs/run-order.ts';
import { titleNumbers } from '../../src/renderer/src/features/run/run-title.ts';
import { answeredCount } from '../../src/renderer/src/api/run-progress.ts';
import { resolveRunSettings } from '../../src/shared/run-settings.ts';
import type { RunEvent, RunSummary } from '../../src/shared/run.ts';

const run = (runId: string, day: number, rest: Partial<RunSummary> = {}): RunSummary => ({
  runId,
  status: 'finished',
  total: 10,
  correct: 5,
  unparsed: 0,
  failed: 0,
  excluded: 0,
  accuracy: 0.5,
  byDomain: {},
  byTopic: {},
  arStepsMean: null,
  secondsPerQuestionMean: null,
  questionsPerSecond: null,
  device: null,
  scorer: 'strict',
  planned: 10,
  kind: 'evaluation',
  label: runId,
  createdAt: `2026-07-0${String(day)}T08:00:00.000Z`,
  finishedAt: null,
  datasetId: null,
  datasetPath: '/data/m3cot',
  datasetName: 'M3CoT',
  datasetFingerprint: null,
  modelPath: null,
  modelName: 'qwen',
  modelFingerprint: null,
  modelPrecision: null,
  randomWeights: false,
  split: null,
  where: [],
  limit: null,
  settings: null,
  configurationHash: null,
  licence: null,
  failure: null,
  ...rest,
});

const settings = (latentSteps: number, patchesPerStep: number) =>
  resolveRunSettings(
    {},
    { method: 'ivt-lr', latentSteps, patchesPerStep, stepLayout: 'patches-then-hidden', promptFormat: 'with-context' },
  );

const ids = (runs: readonly RunSummary[]): string[] => runs.map(({ runId }) => runId);
const by = (column: RunOrder['by'], descending = false): RunOrder => ({ by: column, descending });

describe('the order of runs', () => {
  const low = run('low', 1, { accuracy: 0.2 });
  const high = run('high', 2, { accuracy: 0.9 });
  const unknown = run('unknown', 3, { accuracy: null });

  it('puts what is unknown last in either direction', () => {
    expect(ids(shownRuns([unknown, high, low], '', by('accuracy')))).toEqual(['low', 'high', 'unknown']);
    expect(ids(shownRuns([unknown, low, high], '', by('accuracy', true)))).toEqual(['high', 'low', 'unknown']);
  });

  it('puts the newest first among equals, whichever the direction', () => {
    const runs = [run('old', 1), run('new', 3), run('middle', 2)];
    expect(ids(shownRuns(runs, '', by('model')))).toEqual(['new', 'middle', 'old']);
    expect(ids(shownRuns(runs, '', by('model', true)))).toEqual(['new', 'middle', 'old']);
    expect(ids(shownRuns(runs, '', by('created')))).toEqual(['old', 'middle', 'new']);
  });

  it('goes by method, then N, then K as numbers', () => {
    const runs = [
      run('imported', 1),
      run('n10', 2, { settings: settings(10, 4) }),
      run('n3k32', 3, { settings: settings(3, 32) }),
      run('n3k8', 4, { settings: settings(3, 8) }),
    ];
    expect(ids(shownRuns(runs, '', by('method')))).toEqual(['n3k8', 'n3k32', 'n10', 'imported']);
  });
});

describe('the search of runs', () => {
  const runs = [
    run('a1', 1, { label: 'Baseline', modelName: 'Qwen2-VL-2B' }),
    run('b2', 2, { label: 'Ablation', modelName: 'Qwen2-VL-7B', datasetName: 'ScienceQA' }),
  ];

  it('wants every word, in any of name, model, dataset and id, in any case', () => {
    expect(ids(shownRuns(runs, 'QWEN2 ablation', by('label')))).toEqual(['b2']);
    expect(ids(shownRuns(runs, 'scienceqa', by('label')))).toEqual(['b2']);
    expect(ids(shownRuns(runs, 'a1', by('label')))).toEqual(['a1']);
    expect(ids(shownRuns(runs, 'baseline 7b', by('label')))).toEqual([]);
    expect(ids(shownRuns(runs, '  ', by('label')))).toEqual(['b2', 'a1']);
  });
});

describe('runs of one title', () => {
  it('are numbered from the oldest on, whatever the order of the list', () => {
    const runs = [
      run('c', 3, { label: 'Demo' }),
      run('a', 1, { label: 'Demo' }),
      run('x', 2, { label: 'Mine' }),
      run('b', 2, { label: 'Demo' }),
    ];
    expect(Object.fromEntries(titleNumbers(runs))).toEqual({ a: 1, b: 2, c: 3, x: 1 });
  });
});

describe('progress', () => {
  const event = (done: number): RunEvent => ({
    runId: 'r',
    sequence: 0,
    status: 'running',
    done,
    planned: 10,
    correct: 0,
    failed: 0,
    questionsPerSecond: null,
    secondsLeft: null,
    phase: 'answering',
  });

  it('never goes back: the summary and the events each may be the older', () => {
    expect(answeredCount({ total: 4, excluded: 0 }, event(6))).toBe(6);
    expect(answeredCount({ total: 7, excluded: 0 }, event(6))).toBe(7);
    expect(answeredCount({ total: 4, excluded: 0 }, null)).toBe(4);
    // Events count the excluded ones, the summary's total does not.
    expect(answeredCount({ total: 5, excluded: 2 }, event(6))).toBe(7);
  });
});
