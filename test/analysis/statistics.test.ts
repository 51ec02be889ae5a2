import { describe, expect, it } from 'vitest';
import { bootstrapDifference } from '../../src/main/analysis/bootstrap.ts';
import { holmCorrection } from '../../src/main/analysis/holm.ts';
import { logFactorial } from '../../src/main/analysis/log-gamma.ts';
import { mcnemarExact } from '../../src/main/analysis/mcnemar.ts';
import { wilsonInterval } from '../../src/shared/wilson-interval.ts';
import { createUniform, derivedSeed, drawBinomial } from '../../src/main/analysis/random.ts';
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
    const counts = { questionCount, rightToWrong: row.rightToWrong, wrongToRight: row.wrongToRight };
    const standardError = row.standardError ?? 0;
    // A 2.5 % quantile of 9,999 resamples spreads by 0.027 standard errors; five times that, and one question's step.
    const tolerance = 5 * 0.027 * standardError + 1.0001 / questionCount;
    for (const seed of [0, 1, 2]) {
      const ours = bootstrapDifference(counts, { seed });
      expect(ours?.estimate).toBe((row.wrongToRight - row.rightToWrong) / questionCount);
      for (const reference of [row.exact, row.scipy ?? row.exact]) {
        expect(Math.abs((ours?.low ?? Number.NaN) - reference[0])).toBeLessThanOrEqual(tolerance);
        expect(Math.abs((ours?.high ?? Number.NaN) - reference[1])).toBeLessThanOrEqual(tolerance);
      }
    }
  });

  it('repeats with its seed, and needs no time that grows with the questions', () => {
    const counts = { questionCount: 1_000_000, rightToWrong: 60_000, wrongToRight: 61_000 };
    const start = performance.now();
    const first = bootstrapDifference(counts, { seed: 5 });
    expect(performance.now() - start).toBeLessThan(2000);
    expect(bootstrapDifference(counts, { seed: 5 })).toEqual(first);
    expect(bootstrapDifference(counts, { seed: 6 })).not.toEqual(first);
    expect(bootstrapDifference({ ...counts, questionCount: 0 }, { seed: 5 })).toBeNull();
  });
});

describe('seeded draws', () => {
  it.each(golden.binomials)('from Binomial($n, $p) fit its probabilities', ({ n, p, from, probabilities }) => {
    const drawCount = 100_000;
    const uniform = createUniform(42);
    const counts = probabilities.map(() => 0);
    for (let draw = 0; draw < drawCount; draw++) {
      const value = drawBinomial(n, p, uniform) - from;
      if (counts[value] !== undefined) counts[value]++;
    }
    // Pearson's statistic over cells with at least 20 expected; mean = cells - 1, variance twice that.
    const cells = probabilities.flatMap((probability, index) => {
      const expected = probability * drawCount;
      return expected < 20 ? [] : [((counts[index] ?? 0) - expected) ** 2 / expected];
    });
    const statistic = cells.reduce((sum, cell) => sum + cell, 0);
    expect(statistic).toBeLessThan(cells.length + 5 * Math.sqrt(2 * cells.length));
  });

  it('know the edges of a binomial', () => {
    const uniform = createUniform(1);
    expect([drawBinomial(0, 0.5, uniform), drawBinomial(9, 0, uniform), drawBinomial(9, 1, uniform)]).toEqual([
      0, 0, 9,
    ]);
  });

  it('derive other seeds for other names', () => {
    const seeds = ['', 'science', 'science\nbiology', 'commonsense'].map((name) => derivedSeed(7, name));
    expect(new Set([...seeds, derivedSeed(8, '')]).size).toBe(5);
  });
});

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
