/**
 * Paired comparison of two runs on the questions that both answered: a question that failed in one of them counts
 * as not held there. Exact McNemar, flips and a bootstrap interval at every node of the category tree; Holm's
 * correction runs over the nodes of one level, which are tested together.
 */
import type { PairedComparison, RunComparison } from '../../shared/statistics.ts';
import type { AnswerColumns } from './answer-columns.ts';
import { bootstrapDifference } from './bootstrap.ts';
import { groupByCategory, type Categorised } from './category-tree.ts';
import { holmCorrection } from './holm.ts';
import { mcnemarExact } from './mcnemar.ts';
import type { Outcome } from './outcomes.ts';

export type ComparedAnswers = Pick<AnswerColumns, 'keys' | 'outcomes' | 'strata'>;

export type ComparisonOptions = Readonly<{
  categoryOf: (stratum: number) => Categorised;
  /** Keys that stand for another question in each run: never paired. */
  differentQuestions?: ReadonlySet<number>;
}>;

/** The comparison but for who the runs are; flips are keys. */
export type AnswerComparison = Pick<RunComparison, 'onlyInA' | 'onlyInB' | 'differentQuestions' | 'nodes'> &
  Readonly<{ flips: Readonly<{ rightToWrong: number[]; wrongToRight: number[] }> }>;

/** Pairs of one stratum, by what became of them. */
type PairCounts = Categorised & Record<'bothRight' | 'rightToWrong' | 'wrongToRight' | 'bothWrong', number>;

/** Compares B with A; the category of a question is A's. */
export function compareAnswers(
  a: ComparedAnswers,
  b: ComparedAnswers,
  { categoryOf, differentQuestions }: ComparisonOptions,
): AnswerComparison {
  // Runs of the same questions have them at the same places: the map is for the others.
  const areAligned = a.keys.length === b.keys.length && a.keys.every((key, index) => key === b.keys[index]);
  const indexInB = new Map(areAligned ? [] : b.keys.map((key, index) => [key, index]));
  const outcomeInB = (key: number, indexInA: number): Outcome =>
    b.outcomes[areAligned ? indexInA : (indexInB.get(key) ?? -1)] ?? 'failed';
  const byStratum = new Map<number, PairCounts>();
  const flips: AnswerComparison['flips'] = { rightToWrong: [], wrongToRight: [] };
  let answeredInA = 0;
  let pairCount = 0;
  let differentCount = 0;
  for (const [index, key] of a.keys.entries()) {
    if (a.outcomes[index] === 'failed') continue;
    answeredInA += 1;
    const outcomeB = outcomeInB(key, index);
    if (outcomeB === 'failed') continue;
    if (differentQuestions?.has(key) === true) {
      differentCount += 1;
      continue;
    }
    pairCount += 1;
    const rightA = a.outcomes[index] === 'right';
    const rightB = outcomeB === 'right';
    const counts = countsOf(byStratum, a.strata[index] ?? 0, categoryOf);
    if (rightA) counts[rightB ? 'bothRight' : 'rightToWrong'] += 1;
    else counts[rightB ? 'wrongToRight' : 'bothWrong'] += 1;
    if (rightA && !rightB) flips.rightToWrong.push(key);
    if (!rightA && rightB) flips.wrongToRight.push(key);
  }
  return {
    onlyInA: answeredInA - pairCount - differentCount,
    onlyInB: b.outcomes.filter((outcome) => outcome !== 'failed').length - pairCount - differentCount,
    differentQuestions: differentCount,
    nodes: withHolm(groupByCategory(byStratum.values()).map(({ path, rows }) => compareNode(path, rows))),
    flips,
  };
}

function countsOf(
  byStratum: Map<number, PairCounts>,
  stratum: number,
  categoryOf: ComparisonOptions['categoryOf'],
): PairCounts {
  let counts = byStratum.get(stratum);
  if (counts === undefined) {
    const { domain, topic, category } = categoryOf(stratum);
    counts = { domain, topic, category, bothRight: 0, rightToWrong: 0, wrongToRight: 0, bothWrong: 0 };
    byStratum.set(stratum, counts);
  }
  return counts;
}

function compareNode(path: string[], strata: readonly PairCounts[]): PairedComparison {
  const counts = { bothRight: 0, rightToWrong: 0, wrongToRight: 0, bothWrong: 0 };
  for (const stratum of strata) {
    counts.bothRight += stratum.bothRight;
    counts.rightToWrong += stratum.rightToWrong;
    counts.wrongToRight += stratum.wrongToRight;
    counts.bothWrong += stratum.bothWrong;
  }
  const { bothRight, rightToWrong, wrongToRight, bothWrong } = counts;
  const questionCount = bothRight + rightToWrong + wrongToRight + bothWrong;
  const pValue = mcnemarExact(rightToWrong, wrongToRight);
  return {
    path,
    questionCount,
    accuracyA: questionCount === 0 ? null : (bothRight + rightToWrong) / questionCount,
    accuracyB: questionCount === 0 ? null : (bothRight + wrongToRight) / questionCount,
    ...counts,
    pValue,
    pValueHolm: pValue,
    difference: bootstrapDifference({ questionCount, rightToWrong, wrongToRight }),
  };
}

function withHolm(nodes: readonly PairedComparison[]): PairedComparison[] {
  const corrected = new Map<PairedComparison, number>();
  for (const level of new Set(nodes.map(({ path }) => path.length))) {
    const sameLevel = nodes.filter(({ path }) => path.length === level);
    const values = holmCorrection(sameLevel.map(({ pValue }) => pValue));
    for (const [index, node] of sameLevel.entries()) corrected.set(node, values[index] ?? node.pValue);
  }
  return nodes.map((node) => ({ ...node, pValueHolm: corrected.get(node) ?? node.pValue }));
}

/** Counts up whenever the comparison gives other numbers for the same answers; results that are kept of an older one are computed anew. */
export const comparisonVersion = 1;
