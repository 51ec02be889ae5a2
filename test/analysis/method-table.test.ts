/** The main table against figures worked out by hand, as the comments say; its parts have golden values of their own. */
import { describe, expect, it } from 'vitest';
import { createRunAlignment } from '../../src/main/analysis/align-runs.ts';
import type { AnswerColumns } from '../../src/main/analysis/answer-columns.ts';
import { methodFigures } from '../../src/main/analysis/method-table.ts';
import type { Outcome } from '../../src/main/analysis/outcomes.ts';

const letters: Readonly<Record<string, Outcome>> = { r: 'right', w: 'wrong', u: 'unparsed', f: 'failed' };

const domains = ['science', 'mathematics'];

/** Question n of a run, n from 0, has the n-th letter's outcome and takes n + 1 ms times `factor`; `-`: not held. */
function questionsOf(text: string, factor = 1): AnswerColumns {
  const held = Array.from(text).flatMap((letter, number) => {
    const outcome = letters[letter];
    return outcome === undefined ? [] : [{ number, outcome }];
  });
  return {
    keys: held.map(({ number }) => number),
    outcomes: held.map(({ outcome }) => outcome),
    strata: held.map(({ number }) => number % 2),
    arSteps: held.map(({ number }) => 3 + number),
    totalMs: held.map(({ number }) => (number + 1) * factor),
  };
}

function align(
  runs: Readonly<Record<string, AnswerColumns>>,
  marked: Readonly<{ excluded?: ReadonlySet<number>; differentQuestions?: ReadonlySet<number> }> = {},
) {
  const alignment = createRunAlignment({ domainOf: (stratum) => domains[stratum] ?? '', ...marked });
  for (const [runId, answers] of Object.entries(runs)) alignment.add(runId, answers);
  return alignment.finish();
}

describe('questions of several runs', () => {
  it('are those that every run answered, without different and excluded ones', () => {
    const aligned = align(
      {
        a: questionsOf('rrwwr-r'),
        b: questionsOf('rfwu-rr'),
        c: questionsOf('rrrrrrr'),
      },
      { excluded: new Set([4, 98]), differentQuestions: new Set([3, 99]) },
    );
    // q1 failed in b, q5 is not in a, q3 differs, q4 is excluded.
    expect(aligned).toMatchObject({ leftOut: 3, differentQuestions: 1, excluded: 1 });
    expect(aligned.runs.map(({ outcomes }) => outcomes)).toEqual([
      ['right', 'wrong', 'right'],
      ['right', 'wrong', 'right'],
      ['right', 'right', 'right'],
    ]);
    expect(aligned.runs[1]?.failed).toBe(1);
  });
});

describe('main table', () => {
  // 12 questions: b loses 1 and gains 7 against a; c loses none and gains 2.
  const aligned = align({
    a: questionsOf('rrrrwwwwwwww', 10),
    b: questionsOf('rrrwrrrrrrru', 5),
    c: { ...questionsOf('rrrrrrwwwwww'), totalMs: Array.from({ length: 12 }, () => null) },
  });
  const [a, b, c] = methodFigures(aligned, 'a');

  it('has accuracy with the Wilson interval', () => {
    expect(a).toMatchObject({ questionCount: 12, correct: 4, unparsed: 0, failed: 0, againstBaseline: null });
    expect(b).toMatchObject({ correct: 10, unparsed: 1 });
    // Wilson's formula for 10 of 12, in Python.
    expect(b?.accuracy?.low).toBeCloseTo(0.5519691377470267, 12);
    expect(b?.accuracy?.high).toBeCloseTo(0.9530348578161462, 12);
  });

  it('has steps and times as NumPy gives them, and the speed-up over the baseline', () => {
    // arSteps 3…14; ms 10, 20 … 120: median 65, 90 % quantile 109.
    expect(a?.arStepsMean).toBe(8.5);
    expect(a?.secondsMean).toBeCloseTo(0.065, 12);
    expect(a?.secondsMedian).toBeCloseTo(0.065, 12);
    expect(a?.secondsP90).toBeCloseTo(0.109, 12);
    expect(b?.speedUp).toBeCloseTo(2, 12);
    expect(a?.speedUp).toBe(1);
    expect(c).toMatchObject({ secondsMean: null, secondsMedian: null, secondsP90: null, speedUp: null });
  });

  it('tests each run against the baseline, with Holm over the rows', () => {
    // Exact McNemar, 1 against 7: 2 (1 + 8) / 2^8 = 0.0703125; 0 against 2: 2 / 4 = 0.5.
    expect(b?.againstBaseline).toMatchObject({ rightToWrong: 1, wrongToRight: 7 });
    expect(b?.againstBaseline?.pValue).toBeCloseTo(0.0703125, 12);
    expect(b?.againstBaseline?.pValueHolm).toBeCloseTo(0.140625, 12);
    expect(c?.againstBaseline?.pValue).toBeCloseTo(0.5, 12);
    expect(c?.againstBaseline?.pValueHolm).toBeCloseTo(0.5, 12);
    expect(b?.againstBaseline?.difference?.estimate).toBeCloseTo(0.5, 12);
    // The bootstrap's own distribution, summed in Python over trinomial(12; 7/12, 1/12): up to 0 1.05 %, up to 1/12
    // 2.77 %; up to 9/12 95.17 %, up to 10/12 98.78 %.
    expect(b?.againstBaseline?.difference?.low).toBeCloseTo(1 / 12, 12);
    expect(b?.againstBaseline?.difference?.high).toBeCloseTo(10 / 12, 12);
  });

  it('has accuracy by domain', () => {
    // Even questions are science: r r w w w w of a.
    expect(a?.byDomain).toMatchObject([
      { domain: 'mathematics', total: 6, correct: 2 },
      { domain: 'science', total: 6, correct: 2 },
    ]);
    expect(c?.byDomain.map(({ correct }) => correct)).toEqual([3, 3]);
  });

  it('stands without any common question', () => {
    const [row, other] = methodFigures(align({ a: questionsOf('r-'), b: questionsOf('-r') }), 'a');
    expect(row).toMatchObject({ questionCount: 0, accuracy: null, secondsMean: null, speedUp: null, byDomain: [] });
    expect(other?.againstBaseline).toMatchObject({ pValue: 1, pValueHolm: 1, difference: null });
  });
});
