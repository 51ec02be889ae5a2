/**
 * Paired comparison of two runs on the questions that both answered: a question that failed in one of them counts
 * as not held there. Exact McNemar, flips and a bootstrap interval at every node of the category tree; Holm's
 * correction runs over the nodes of one level, which are tested together.
 */
import type { PairedComparison, RunComparison } from '../../shared/statistics.ts';
import { bootstrapDifference } from './bootstrap.ts';
import { groupByCategory, type Categorised } from './category-tree.ts';
import { holmCorrection } from './holm.ts';
import { mcnemarExact } from './mcnemar.ts';
import type { OutcomeRow } from './outcomes.ts';
import { derivedSeed } from './random.ts';

export type ComparedRow = OutcomeRow & Readonly<{ sampleId: string }>;

export type ComparisonOptions = Readonly<{
  runIdA: string;
  runIdB: string;
  scorer: string;
  /** Ids that stand for another question in each run: never paired. */
  differentQuestions?: ReadonlySet<string>;
  /** Seed of the bootstrap. */
  seed?: number;
  resampleCount?: number;
}>;

type Pair = Categorised & Readonly<{ sampleId: string; rightA: boolean; rightB: boolean }>;

/** Compares B with A; the category of a question is A's. Sample ids are unique inside each run. */
export function compareRuns(
  rowsA: Iterable<ComparedRow>,
  rowsB: Iterable<ComparedRow>,
  { runIdA, runIdB, scorer, differentQuestions, seed = 0, resampleCount }: ComparisonOptions,
): RunComparison {
  const answeredA = answered(rowsA);
  const answeredB = answered(rowsB);
  const pairs: Pair[] = [];
  let differentCount = 0;
  for (const [sampleId, { domain, topic, category, outcome }] of answeredA) {
    const other = answeredB.get(sampleId);
    if (other === undefined) continue;
    if (differentQuestions?.has(sampleId) === true) {
      differentCount += 1;
      continue;
    }
    pairs.push({ sampleId, domain, topic, category, rightA: outcome === 'right', rightB: other.outcome === 'right' });
  }
  const nodes = groupByCategory(pairs).map(({ path, rows }) => {
    const options = {
      seed: derivedSeed(seed, path.join('\n')),
      ...(resampleCount === undefined ? {} : { resampleCount }),
    };
    return compareNode(path, rows, options);
  });
  return {
    runIdA,
    runIdB,
    scorer,
    onlyInA: answeredA.size - pairs.length - differentCount,
    onlyInB: answeredB.size - pairs.length - differentCount,
    differentQuestions: differentCount,
    nodes: withHolm(nodes),
    flips: {
      rightToWrong: pairs.filter(({ rightA, rightB }) => rightA && !rightB).map(({ sampleId }) => sampleId),
      wrongToRight: pairs.filter(({ rightA, rightB }) => !rightA && rightB).map(({ sampleId }) => sampleId),
    },
  };
}

function answered(rows: Iterable<ComparedRow>): Map<string, ComparedRow> {
  const bySample = new Map<string, ComparedRow>();
  for (const row of rows) if (row.outcome !== 'failed') bySample.set(row.sampleId, row);
  return bySample;
}

function compareNode(
  path: string[],
  pairs: readonly Pair[],
  options: Readonly<{ seed: number; resampleCount?: number }>,
): PairedComparison {
  const countOf = (a: boolean, b: boolean) => pairs.filter(({ rightA, rightB }) => rightA === a && rightB === b).length;
  const questionCount = pairs.length;
  const bothRight = countOf(true, true);
  const rightToWrong = countOf(true, false);
  const wrongToRight = countOf(false, true);
  const pValue = mcnemarExact(rightToWrong, wrongToRight);
  return {
    path,
    questionCount,
    accuracyA: questionCount === 0 ? null : (bothRight + rightToWrong) / questionCount,
    accuracyB: questionCount === 0 ? null : (bothRight + wrongToRight) / questionCount,
    bothRight,
    rightToWrong,
    wrongToRight,
    bothWrong: questionCount - bothRight - rightToWrong - wrongToRight,
    pValue,
    pValueHolm: pValue,
    difference: bootstrapDifference({ questionCount, rightToWrong, wrongToRight }, options),
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
