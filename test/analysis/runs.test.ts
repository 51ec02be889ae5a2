import { describe, expect, it } from 'vitest';
import { buildCategoryTree } from '../../src/main/analysis/category-tree.ts';
import { compareAnswers, type ComparedAnswers } from '../../src/main/analysis/compare-runs.ts';
import { outcomeOf, summariseOutcomes, type Outcome, type OutcomeRow } from '../../src/main/analysis/outcomes.ts';
import { runResultSchema } from '../../src/shared/run.ts';
import { categoryNodeSchema, runComparisonSchema } from '../../src/shared/statistics.ts';

const categoryOf = (path: string) => {
  const [domain = '', topic = '', category = ''] = path.split('/');
  return { domain, topic, category };
};

const row = (path: string, outcome: Outcome): OutcomeRow => ({ ...categoryOf(path), outcome });

const rows = [
  row('science/biology/birds', 'right'),
  row('science/biology/birds', 'wrong'),
  row('science/biology/fish', 'failed'),
  row('science/physics/light', 'unparsed'),
  row('commonsense/physics/', 'right'),
  row('commonsense//', 'right'),
];

describe('outcomes', () => {
  it('follow from a reading', () => {
    expect(outcomeOf(null)).toBe('failed');
    expect(outcomeOf({ correct: true, choiceIndex: 1 })).toBe('right');
    expect(outcomeOf({ correct: false, choiceIndex: 1 })).toBe('wrong');
    expect(outcomeOf({ correct: false, choiceIndex: null })).toBe('unparsed');
    // `released` can be right by a candidate that it does not report first.
    expect(outcomeOf({ correct: true, choiceIndex: null })).toBe('right');
  });

  it('add up to the result of a run', () => {
    expect(summariseOutcomes(rows)).toEqual({
      total: 6,
      correct: 3,
      unparsed: 1,
      failed: 1,
      excluded: 0,
      accuracy: 0.5,
      byDomain: { commonsense: { total: 2, correct: 2 }, science: { total: 4, correct: 1 } },
      byTopic: {
        biology: { total: 3, correct: 1 },
        'commonsense/physics': { total: 1, correct: 1 },
        'science/physics': { total: 1, correct: 0 },
      },
    });
  });

  it('keep names that objects have by themselves', () => {
    const { byDomain, byTopic } = summariseOutcomes([row('__proto__/constructor/', 'right')]);
    const tally = { total: 1, correct: 1 };
    const through = runResultSchema.pick({ byDomain: true, byTopic: true }).parse({ byDomain, byTopic });
    expect(JSON.stringify(through)).toBe(
      JSON.stringify({ byDomain: { ['__proto__']: tally }, byTopic: { constructor: tally } }),
    );
    expect(JSON.stringify(through)).toContain('__proto__');
    expect(runResultSchema.shape.byDomain.safeParse({ science: { total: -1, correct: 0 } }).success).toBe(false);
  });

  it('of no questions have no accuracy', () => {
    expect(summariseOutcomes([])).toMatchObject({ total: 0, accuracy: null, byDomain: {}, byTopic: {} });
  });
});

describe('category tree', () => {
  it('lists each node before its children, siblings by name', () => {
    const tree = buildCategoryTree(rows);
    expect(tree.map(({ path, total, correct }) => [path.join('/'), total, correct])).toEqual([
      ['', 6, 3],
      ['commonsense', 2, 2],
      ['commonsense/physics', 1, 1],
      ['science', 4, 1],
      ['science/biology', 3, 1],
      ['science/biology/birds', 2, 1],
      ['science/biology/fish', 1, 0],
      ['science/physics', 1, 0],
      ['science/physics/light', 1, 0],
    ]);
    expect(tree[0]).toMatchObject({ unparsed: 1, failed: 1, excluded: 0, accuracy: { estimate: 0.5 } });
    for (const node of tree) categoryNodeSchema.parse(node);
  });

  it('of no rows is the root alone, without accuracy', () => {
    expect(buildCategoryTree([])).toEqual([
      { path: [], total: 0, correct: 0, unparsed: 0, failed: 0, excluded: 0, accuracy: null },
    ]);
  });
});

/** A question's path, outcome and key. */
type Question = readonly [path: string, outcome: Outcome, key: number];

const paths = ['science/biology/birds', 'science/biology/fish', 'commonsense/social/party', 'x/p/', 'x/q/', 'y/r/'];

const columnsOf = (questions: readonly Question[]): ComparedAnswers => ({
  keys: questions.map(([, , key]) => key),
  outcomes: questions.map(([, outcome]) => outcome),
  strata: questions.map(([path]) => paths.indexOf(path)),
});

const compare = (before: readonly Question[], after: readonly Question[], differentQuestions = new Set<number>()) =>
  compareAnswers(columnsOf(before), columnsOf(after), {
    categoryOf: (stratum) => categoryOf(paths[stratum] ?? ''),
    differentQuestions,
  });

describe('comparison of two runs', () => {
  const before: readonly Question[] = [
    ['science/biology/birds', 'right', 1],
    ['science/biology/birds', 'right', 2],
    ['science/biology/fish', 'wrong', 3],
    ['commonsense/social/party', 'unparsed', 4],
    ['commonsense/social/party', 'failed', 5],
    ['commonsense/social/party', 'right', 6],
  ];
  const after: readonly Question[] = [
    ['commonsense/social/party', 'right', 5],
    ['commonsense/social/party', 'right', 4],
    ['science/biology/fish', 'right', 3],
    ['science/biology/birds', 'wrong', 2],
    ['science/biology/birds', 'right', 1],
    ['science/biology/birds', 'right', 7],
  ];
  const comparison = compare(before, after);
  const nodeAt = (path: string) => comparison.nodes.find((node) => node.path.join('/') === path);

  it('looks at the questions that both answered', () => {
    runComparisonSchema.shape.nodes.parse(comparison.nodes);
    // 5 failed in A, 7 is not in A: both only in B. 6 is only in A.
    expect(comparison).toMatchObject({ onlyInA: 1, onlyInB: 2 });
    expect(comparison.flips).toEqual({ rightToWrong: [2], wrongToRight: [3, 4] });
  });

  it('is the same for runs that have their questions in one order', () => {
    const inOrder = before.map(([path, , key]): Question => {
      const other = after.find(([, , otherKey]) => otherKey === key);
      return [path, other?.[1] ?? 'failed', key];
    });
    // Without 7, which A does not have.
    expect(compare(before, inOrder)).toEqual({ ...comparison, onlyInB: 1 });
  });

  it('counts the four outcomes at each node', () => {
    expect(nodeAt('')).toMatchObject({
      questionCount: 4,
      accuracyA: 0.5,
      accuracyB: 0.75,
      bothRight: 1,
      rightToWrong: 1,
      wrongToRight: 2,
      bothWrong: 0,
      // 2 * (1 + 3) / 8
      pValue: 1,
      difference: { estimate: 0.25 },
    });
    expect(nodeAt('science/biology/birds')).toMatchObject({ questionCount: 2, rightToWrong: 1, wrongToRight: 0 });
  });

  it('corrects the p-values of one level together', () => {
    const many = (path: string, gained: number) =>
      Array.from({ length: 12 }, (_, index) => {
        const key = paths.indexOf(path) * 12 + index;
        const outcome = index < gained ? 'right' : 'wrong';
        return [[path, 'wrong', key] as const, [path, outcome, key] as const] as const;
      });
    const pairs = [...many('x/p/', 6), ...many('x/q/', 8), ...many('y/r/', 0)];
    const { nodes } = compare(
      pairs.map(([a]) => a),
      pairs.map(([, b]) => b),
    );
    const topics = nodes.filter(({ path }) => path.length === 2);
    expect(topics.map(({ pValue }) => pValue)).toEqual([2 / 64, 2 / 256, 1].map((p) => expect.closeTo(p, 12)));
    expect(topics.map(({ pValueHolm }) => pValueHolm)).toEqual([4 / 64, 6 / 256, 1].map((p) => expect.closeTo(p, 12)));
    expect(nodes[0]?.pValueHolm).toBe(nodes[0]?.pValue);
  });

  it('leaves out and counts ids that stand for different questions', () => {
    const parted = compare(before, after, new Set([2, 7]));
    // 7 is in B alone, whatever it stands for.
    expect(parted).toMatchObject({ differentQuestions: 1, onlyInA: 1, onlyInB: 2 });
    expect(parted.nodes[0]).toMatchObject({ questionCount: 3, rightToWrong: 0 });
  });

  it('says so when nothing is shared', () => {
    const apart = compare(before.slice(0, 1), after.slice(0, 1));
    expect(apart).toMatchObject({ onlyInA: 1, onlyInB: 1, flips: { rightToWrong: [], wrongToRight: [] } });
    expect(apart.nodes).toEqual([
      expect.objectContaining({ path: [], questionCount: 0, accuracyA: null, pValue: 1, difference: null }),
    ]);
  });
});
