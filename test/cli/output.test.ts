/** How results are written for people. */
import { describe, expect, it } from 'vitest';
import { categoryTable } from '../../src/main/cli/output/category-table.ts';
import { failureText } from '../../src/main/cli/output/failure-text.ts';
import { bytes, duration, percent } from '../../src/main/cli/output/numbers.ts';
import { printableLine, printableLines } from '../../src/main/cli/output/printable.ts';
import { problemLines } from '../../src/main/cli/output/problems.ts';
import { runText } from '../../src/main/cli/output/run-text.ts';
import { table } from '../../src/main/cli/output/table.ts';
import type { RunSummary } from '../../src/shared/run.ts';
import type { CategoryNode } from '../../src/shared/statistics.ts';

describe('numbers', () => {
  it.each([
    [0, '0.0 s'],
    [9.94, '9.9 s'],
    [59.4, '59 s'],
    [61, '1 min 1 s'],
    [3660, '1 h 1 min'],
  ])('%d seconds are %j', (seconds, text) => expect(duration(seconds)).toBe(text));

  it.each([
    [999, '999 B'],
    [1_500, '1.5 kB'],
    [2_000_000_000_000_000, '2000.0 TB'],
  ])('%d bytes are %j', (size, text) => expect(bytes(size)).toBe(text));

  it('writes no accuracy as a dash', () => expect(percent(null)).toBe('-'));
});

describe('table', () => {
  it('aligns columns and pads nothing at the end of a line', () => {
    const text = table(
      [
        { name: 'a', n: 1 },
        { name: 'long name', n: 100 },
      ],
      [
        { header: 'Name', cell: ({ name }) => name },
        { header: 'n', align: 'right', cell: ({ n }) => String(n) },
      ],
    );
    expect(text.split('\n')).toEqual(['Name         n', '---------  ---', 'a            1', 'long name  100']);
  });
});

describe('category table', () => {
  const node = (...path: string[]): CategoryNode => ({
    path,
    total: 4,
    correct: 3,
    unparsed: 1,
    failed: 0,
    excluded: 0,
    accuracy: { estimate: 0.75, low: 0.3006, high: 0.9544 },
  });
  const firstColumn = (text: string) =>
    text
      .split('\n')
      .slice(2)
      .map((line) => line.split(/\s{2,}\d/)[0]);

  it('indents by level, and shows a deeper level on request only', () => {
    const nodes = [node(), node('a'), node('a', 'y'), node('a', 'y', 'z'), node('b'), node('b', 'x')];
    expect(firstColumn(categoryTable(nodes))).toEqual(['all', 'a', '  y', 'b', '  x']);
    expect(firstColumn(categoryTable(nodes, 1))).toEqual(['all', 'a', 'b']);
    expect(firstColumn(categoryTable(nodes, 3))).toEqual(['all', 'a', '  y', '    z', 'b', '  x']);
  });

  it('shows the interval', () => expect(categoryTable([node()])).toContain('30.1 % – 95.4 %'));
});

describe('failure text', () => {
  it('has a line for each detail and none for what is missing', () => {
    const text = failureText({
      kind: 'malformed-row',
      message: 'Bad row.',
      file: 'a.jsonl',
      place: 'row 3',
      action: 'Mend it.',
    });
    expect(text.split('\n')).toEqual([
      'error: Bad row.',
      '  file:     a.jsonl',
      '  place:    row 3',
      '  action:   Mend it.',
    ]);
  });
});

const finishedRun: RunSummary = {
  runId: '01J',
  status: 'finished',
  total: 1,
  correct: 1,
  unparsed: 0,
  failed: 0,
  excluded: 0,
  accuracy: 1,
  byDomain: {},
  byTopic: {},
  arStepsMean: null,
  secondsPerQuestionMean: null,
  questionsPerSecond: null,
  device: 'cpu',
  scorer: 'strict',
  planned: 1,
  kind: 'imported',
  label: '',
  createdAt: '2026-01-01T00:00:00.000Z',
  finishedAt: null,
  datasetId: null,
  datasetPath: null,
  datasetName: 'd',
  datasetFingerprint: null,
  modelPath: null,
  modelName: null,
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
};

describe('remarks of a run', () => {
  it('have a line for each kind, with the filter that finds the answers', () => {
    const remarks = [
      { kind: 'token-limit' as const, count: 1040 },
      { kind: 'empty-box' as const, count: 1 },
    ];
    const lines = runText({ ...finishedRun, remarks }, []).split('\n');
    const first = lines.findIndex((line) => line.startsWith('Remarks'));
    expect(lines.slice(first, first + 2).map((line) => line.trim().replace(/^Remarks +/, ''))).toEqual([
      '1,040 answers: Cut off at the token limit (remark=token-limit)',
      '1 answer: A box that holds nothing (remark=empty-box)',
    ]);
    expect(runText(finishedRun, [])).not.toContain('Remarks');
  });
});

describe('text from elsewhere', () => {
  const red = 'x\n\u001b[31mred\u009b2J\u202e';
  const controls = /(?!\n)\p{Cc}|\u202e/u;

  it('loses control characters, and keeps every other character', () => {
    expect(printableLine(red)).toBe('x \ufffd[31mred\ufffd2J\ufffd');
    expect(printableLine('Größe: 多选 👩‍🔬 नमस्ते')).toBe('Größe: 多选 👩‍🔬 नमस्ते');
    expect(printableLine('a\r\nb\tc')).toBe('a b c');
    expect(printableLines('a\n\n  b\u0007')).toBe('a\n\n  b\ufffd');
  });

  it('adds no line and no control character to a table', () => {
    const text = table([{ label: red }], [{ header: red, cell: ({ label }) => label }]);
    expect(text.split('\n')).toHaveLength(3);
    expect(text).not.toMatch(controls);
  });

  it('adds none to a run, a failure or a problem either', () => {
    const failure = { kind: 'malformed-row', message: red, file: red, found: red } as const;
    const texts = [
      failureText(failure),
      problemLines([{ file: red, row: 1, failure }], 1).join('\n'),
      runText({ ...finishedRun, label: red, datasetPath: red, modelName: red, failure }, []),
    ];
    for (const text of texts) expect(text).not.toMatch(controls);
    expect(texts[0]?.split('\n')).toHaveLength(3);
    expect(texts[2]).toContain('Run      01J (x \ufffd[31mred');
  });
});

describe('problems', () => {
  const failure = (place: string, message: string) =>
    ({ kind: 'malformed-row', file: 'h.jsonl', place, message }) as const;

  it('name their file and line once', () => {
    const twice = failure('line 2', 'h.jsonl, line 2: no choices. h.jsonl, line 2: no answer.');
    const named = failure('results.q7', 'h.jsonl, results.q7: no index.');
    const lines = problemLines(
      [
        { file: 'h.jsonl', row: 2, failure: twice },
        { file: 'h.jsonl', row: 7, failure: named },
        { file: 'h.jsonl', row: null, failure: { kind: 'not-found', message: 'The dataset has no question x.' } },
      ],
      3,
    );
    expect(lines).toEqual([
      'Problems: 3',
      '  h.jsonl:2: no choices. no answer.',
      '  h.jsonl:7: results.q7: no index.',
      '  h.jsonl: The dataset has no question x.',
    ]);
  });
});
