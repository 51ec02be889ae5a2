/** Differences by category against counts and binomial tails worked out by hand, as the comments say. */
import { describe, expect, it } from 'vitest';
import type { AlignedRun } from '../../src/main/analysis/align-runs.ts';
import { categoryDifferences } from '../../src/main/analysis/category-differences.ts';

const categories = [
  { domain: 'science', topic: 'physics', category: 'magnets' },
  { domain: 'science', topic: 'physics', category: 'heat' },
  { domain: 'mathematics', topic: '', category: '' },
];
const categoryOf = (stratum: number) => categories[stratum] ?? { domain: '', topic: '', category: '' };

/** A run whose answers are `r` right, else wrong or unparsed. */
const run = (runId: string, letters: string): AlignedRun => ({
  runId,
  outcomes: Array.from(letters, (letter) => (letter === 'r' ? 'right' : letter === 'u' ? 'unparsed' : 'wrong')),
  arSteps: [],
  totalMs: [],
  failed: 0,
});

// Six questions on magnets, two on heat, four of mathematics.
const strata = [0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 2, 2];
const base = run('base', 'wwwwwwrwrrww');
const better = run('better', 'rrrrrrwwrrww');
const worse = run('worse', 'wwwwwwrwuwww');

describe('differences by category', () => {
  const differences = categoryDifferences({ runs: [base, better, worse], strata }, 'base', categoryOf);
  const at = (runId: string, ...path: string[]) =>
    differences.find((each) => each.runId === runId && each.path.join() === path.join());

  it('have every node of every run but the baseline, and not the root', () => {
    expect(differences).toHaveLength(2 * 5);
    expect(differences.some(({ path, runId }) => path.length === 0 || runId === 'base')).toBe(false);
  });

  it('count gains and losses, unparsed answers as wrong', () => {
    expect(at('better', 'science', 'physics')).toMatchObject({
      questionCount: 8,
      baselineAccuracy: 1 / 8,
      accuracy: 6 / 8,
      rightToWrong: 1,
      wrongToRight: 6,
    });
    expect(at('worse', 'mathematics')).toMatchObject({
      questionCount: 4,
      baselineAccuracy: 0.5,
      accuracy: 0,
      rightToWrong: 2,
      wrongToRight: 0,
    });
  });

  it('have the exact p, and Holm over all runs and nodes of the level', () => {
    // Six gains, no loss: 2 / 2^6. Four tests of categories: 4 x that; of the rest, none is below.
    expect(at('better', 'science', 'physics', 'magnets')?.pValue).toBeCloseTo(2 / 64, 12);
    expect(at('better', 'science', 'physics', 'magnets')?.pValueHolm).toBeCloseTo(8 / 64, 12);
    // Six gains, one loss: 2 (1 + 7) / 2^7. Domains: four tests, two of mathematics.
    expect(at('better', 'science')?.pValue).toBeCloseTo(16 / 128, 12);
    expect(at('better', 'science')?.pValueHolm).toBeCloseTo(0.5, 12);
    // Two losses: 2 / 4; second smallest of the four, so three times that, and at most 1.
    expect(at('worse', 'mathematics')?.pValue).toBeCloseTo(0.5, 12);
    expect(at('worse', 'mathematics')?.pValueHolm).toBe(1);
  });

  it('come with the smallest p first, then the larger gain or loss', () => {
    const order = differences.map(({ runId, path }) => `${runId} ${path.join('/')}`);
    expect(order.slice(0, 4)).toEqual([
      'better science/physics/magnets',
      'better science',
      'better science/physics',
      'worse mathematics',
    ]);
    // One loss: p = 1, and still before what does not differ at all.
    expect(order[4]).toBe('better science/physics/heat');
  });

  it('are none of a run alone', () => {
    expect(categoryDifferences({ runs: [base], strata }, 'base', categoryOf)).toEqual([]);
  });
});
