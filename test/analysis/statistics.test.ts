import { describe, expect, it } from 'vitest';
import { bootstrapDifference } from '../../src/main/analysis/bootstrap.ts';
import { holmCorrection } from '../../src/main/analysis/holm.ts';
import { logFactorial } from '../../src/main/analysis/log-gamma.ts';
import { mcnemarExact } from '../../src/main/analysis/mcnemar.ts';
import { wilsonInterval } from '../../src/shared/wilson-interval.ts';
import { mean, quantile, summarise } from '../../src/main/analysis/summary.ts';
import { expectClose, golden } from './golden-statistics.ts';

describe('Wilson interval', () => {
  it.each(golden.wilson)('$correct of $total equals statsmodels', ({ correct, total, low, high, low99, high99 }) => {
    const z99 = 2.5758293035489004;
    const wide = wilsonInterval(correct, total, z99);
    const narrow = wilsonInterval(correct, total);
    expectClose(narrow?.estimate, correct / total);
    // At the ends statsmodels leaves rounding (1e-17) where ours is exactly 0 or 1.
    if (correct === 0) expect(narrow?.low).toBe(0);
    else expectClose(narrow?.low, low);
    if (correct === total) expect(narrow?.high).toBe(1);
    else expectClose(narrow?.high, high);
    expect(wide?.low).toBeCloseTo(low99, 12);
    expect(wide?.high).toBeCloseTo(high99, 12);
  });

  it('is null without questions', () => {
    expect(wilsonInterval(0, 0)).toBeNull();
  });
});

describe('exact McNemar', () => {
  it.each(golden.mcnemar)('$rightToWrong against $wrongToRight equals statsmodels and SciPy', (row) => {
    const pValue = mcnemarExact(row.rightToWrong, row.wrongToRight);
    const tolerance = row.rightToWrong + row.wrongToRight > 10_000 ? 1e-7 : 1e-11;
    expectClose(pValue, row.statsmodels, tolerance);
    expectClose(pValue, row.scipy, tolerance);
  });

  it('is symmetric and never above 1', () => {
    for (let lost = 0; lost < 40; lost++) {
      for (let gained = 0; gained < 40; gained++) {
        const pValue = mcnemarExact(lost, gained);
        expect(pValue).toBe(mcnemarExact(gained, lost));
        expect(pValue).toBeLessThanOrEqual(1);
        expect(pValue).toBeGreaterThan(0);
      }
    }
  });
});

describe('Holm correction', () => {
  it.each(golden.holm)('of $pValues equals statsmodels', ({ pValues, corrected }) => {
    const ours = holmCorrection(pValues);
    expect(ours).toHaveLength(corrected.length);
    for (const [index, value] of corrected.entries()) expectClose(ours[index], value);
  });
});

describe('bootstrap of the difference', () => {
  it.each(golden.bootstrap)('of $rightToWrong lost, $wrongToRight gained', (row) => {
    const questionCount = row.bothRight + row.rightToWrong + row.wrongToRight + row.bothWrong;
    const ours = bootstrapDifference({ ...row, questionCount });
    expect(ours?.estimate).toBe((row.wrongToRight - row.rightToWrong) / questionCount);
    // NumPy's convolution question by question: the same step of the distribution.
    expect(ours?.low).toBeCloseTo(row.exact[0], 12);
    expect(ours?.high).toBeCloseTo(row.exact[1], 12);
    // A 2.5 % quantile of SciPy's 20,000 resamples spreads by 0.019 standard errors; five times that, and one step.
    const tolerance = 5 * 0.019 * (row.standardError ?? 0) + 1.0001 / questionCount;
    const resampled = row.scipy ?? row.exact;
    expect(Math.abs((ours?.low ?? Number.NaN) - resampled[0])).toBeLessThanOrEqual(tolerance);
    expect(Math.abs((ours?.high ?? Number.NaN) - resampled[1])).toBeLessThanOrEqual(tolerance);
  });

  it('has the quantiles of the distribution summed directly, for all small counts', () => {
    for (let questionCount = 1; questionCount <= 9; questionCount++) {
      for (let rightToWrong = 0; rightToWrong <= questionCount; rightToWrong++) {
        for (let wrongToRight = 0; rightToWrong + wrongToRight <= questionCount; wrongToRight++) {
          const counts = { questionCount, rightToWrong, wrongToRight };
          const cumulative = cumulativeOf(questionCount, rightToWrong / questionCount, wrongToRight / questionCount);
          for (const confidence of [0.5, 0.95]) {
            const ours = bootstrapDifference(counts, confidence);
            const at = (level: number) =>
              (cumulative.findIndex((probability) => probability >= level - 1e-12) - questionCount) / questionCount;
            expect(ours?.low, JSON.stringify(counts)).toBeCloseTo(at((1 - confidence) / 2), 12);
            expect(ours?.high, JSON.stringify(counts)).toBeCloseTo(at((1 + confidence) / 2), 12);
          }
        }
      }
    }
  });

  it('is as wide as the normal distribution says where questions are many, without time that grows with them', () => {
    const [questionCount, rightToWrong, wrongToRight] = [1_000_000, 60_000, 61_000];
    const start = performance.now();
    const ours = bootstrapDifference({ questionCount, rightToWrong, wrongToRight });
    expect(performance.now() - start).toBeLessThan(500);
    // sqrt(121,000 - 1,000^2 / 1,000,000) = 347.8 questions; 1.959964 of them to each side.
    const halfWidth = (1.959964 * Math.sqrt(121_000 - 1)) / questionCount;
    expect(Math.abs((ours?.low ?? Number.NaN) - (0.001 - halfWidth))).toBeLessThan(2 / questionCount);
    expect(Math.abs((ours?.high ?? Number.NaN) - (0.001 + halfWidth))).toBeLessThan(2 / questionCount);
  });

  it('is null without questions', () => {
    expect(bootstrapDifference({ questionCount: 0, rightToWrong: 0, wrongToRight: 0 })).toBeNull();
  });
});

/** Probability that gains less losses are at most -count .. count: one question after the other. */
function cumulativeOf(count: number, lossShare: number, gainShare: number): number[] {
  let probabilities = [1];
  for (let question = 0; question < count; question++) {
    const grown = [...probabilities, 0, 0].map(() => 0);
    for (const [place, probability] of probabilities.entries()) {
      for (const [step, share] of [lossShare, 1 - lossShare - gainShare, gainShare].entries()) {
        grown[place + step] = (grown[place + step] ?? 0) + probability * share;
      }
    }
    probabilities = grown;
  }
  let sum = 0;
  return probabilities.map((probability) => (sum += probability));
}

describe('summaries', () => {
  it.each(golden.quantiles)('equal NumPy for $values.length values', ({ values, mean: average, median, p90 }) => {
    expectClose(mean(values), average);
    expectClose(quantile(values, 0.5), median);
    expectClose(quantile(values, 0.9), p90);
    expect(summarise(values)).toMatchObject({ count: values.length });
  });

  it('of nothing are null', () => {
    expect(summarise([])).toEqual({ count: 0, mean: null, median: null, p90: null });
    expect(quantile([], 0.5)).toBeNull();
  });
});

describe('logarithm of factorials', () => {
  it.each(golden.logFactorials)('of $n equals SciPy', ({ n, value }) => {
    expectClose(logFactorial(n), value, 1e-14);
  });
});
