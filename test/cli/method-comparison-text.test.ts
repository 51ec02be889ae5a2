/** The main table's text: titles of methods, domains, what differs, and the paper's figures by method. */
import { describe, expect, it } from 'vitest';
import { methodComparisonText } from '../../src/main/cli/output/method-table-text.ts';
import { methodTableCsv } from '../../src/main/export/method-table-csv.ts';
import type { MethodRow, MethodTable } from '../../src/shared/comparison.ts';
import { publishedRows } from '../../src/shared/published-choice.ts';
import { publishedBackbones, publishedDatasets } from '../../src/shared/published-results.ts';
import { methods } from '../../src/shared/run-settings.ts';
import { readCsvRows } from '../support/read-csv.ts';

const row = (runId: string, method: string | null, changes: Partial<MethodRow> = {}): MethodRow => ({
  runId,
  label: '',
  method,
  modelName: null,
  latentSteps: null,
  patchesPerStep: null,
  intervention: 'none',
  conditions: {},
  timing: {},
  questionCount: 10,
  correct: 5,
  accuracy: { estimate: 0.5, low: 0.25, high: 0.75 },
  unparsed: 0,
  failed: 0,
  arStepsMean: 12.5,
  secondsMean: 0.25,
  secondsMedian: 0.2,
  secondsP90: 0.5,
  speedUp: 1,
  againstBaseline: null,
  byDomain: [{ domain: 'science', total: 10, correct: 5, accuracy: { estimate: 0.5, low: 0.25, high: 0.75 } }],
  ...changes,
});

const table: MethodTable = {
  scorer: 'strict',
  baselineRunId: 'A',
  rows: [
    row('A', 'ivt-lr', { latentSteps: 3, patchesPerStep: 32 }),
    row('B', 'icot'),
    row('C', 'ivt-lr', { latentSteps: 3, patchesPerStep: 32, intervention: 'random-patches' }),
    row('D', null, { intervention: null }),
  ],
  commonQuestions: 10,
  leftOut: 0,
  differentQuestions: 0,
  excluded: 0,
  differences: [
    {
      path: ['science', 'physics'],
      runId: 'B',
      questionCount: 8,
      baselineAccuracy: 0.125,
      accuracy: 0.75,
      rightToWrong: 1,
      wrongToRight: 6,
      pValue: 0.125,
      pValueHolm: 0.5,
    },
    {
      path: ['science', 'heat'],
      runId: 'C',
      questionCount: 2,
      baselineAccuracy: 0.5,
      accuracy: 0.5,
      rightToWrong: 1,
      wrongToRight: 1,
      pValue: 1,
      pValueHolm: 1,
    },
  ],
  published: { backbone: 'Qwen2-VL-7B', dataset: 'M3CoT' },
};
const choice = { backbone: 'Qwen2-VL-7B', dataset: 'M3CoT' } as const;
const linesOf = (text: string, start: string): string[] => text.split('\n').filter((line) => line.startsWith(start));

describe('methods on the command line', () => {
  const text = methodComparisonText(table, choice);

  it('have their titles, and accuracy by domain', () => {
    expect(linesOf(text, 'A ').map((line) => line.split(/\s{2,}/).slice(1, 4))).toEqual([
      ['IVT-LR N=3 K=32', '10', '50.0 %'],
      ['IVT-LR N=3 K=32', '50.0 % [25.0, 75.0]'],
    ]);
  });

  it('have what differs, without what only swaps', () => {
    expect(linesOf(text, 'science / physics')).toHaveLength(1);
    expect(linesOf(text, 'science / physics')[0]).toMatch(/B +ICoT +8 +12\.5 % +75\.0 % +1 +6 +0\.1250 +0\.5000$/);
    expect(linesOf(text, 'science / heat')).toEqual([]);
  });

  it("stand beside the paper's figures of the same method, interventions and imports apart", () => {
    // The figures of the paper's main table.
    expect(linesOf(text, 'IVT-LR')).toEqual([
      expect.stringMatching(/71\.8 % +50\.0 % +10\.0 +12\.5 +0\.65 +0\.250 +A$/),
    ]);
    expect(linesOf(text, 'ICoT')).toEqual([expect.stringMatching(/46\.0 % +50\.0 % +96\.5 +12\.5 +2\.86 +0\.250 +B$/)]);
    expect(linesOf(text, 'No-CoT')).toEqual([expect.stringMatching(/45\.4 % +- +- +- +- +-$/)]);
    expect(text).toContain('machine are not those of your runs');
    expect(methodComparisonText(table)).not.toContain('arXiv');
  });
});

describe('published figures', () => {
  it('are of methods that can be run here, all of them', () => {
    for (const backbone of publishedBackbones) {
      for (const dataset of publishedDatasets) {
        const names = publishedRows({ backbone, dataset }).map(({ method }) => method);
        expect(names.filter((name) => !methods.some((known) => known === name))).toEqual([]);
        expect(names).toHaveLength(7);
      }
    }
  });

  it('are columns of the methods’ CSV, empty where there are none', () => {
    const rows = readCsvRows(methodTableCsv(table));
    expect(rows.map(({ published_accuracy: accuracy, published_ar_steps: steps }) => [accuracy, steps])).toEqual([
      ['0.718', '10'],
      ['0.46', '96.5'],
      ['', ''],
      ['', ''],
    ]);
    expect(rows[0]).toMatchObject({ published_backbone: 'Qwen2-VL-7B', published_dataset: 'M3CoT' });
    expect(readCsvRows(methodTableCsv({ ...table, published: null }))[0]).toMatchObject({ published_in: '' });
  });
});
