/** CSV of a paired comparison of two runs: a row for each node of the category tree. */
import type { RunComparison } from '../../shared/statistics.ts';
import { csvText } from './csv.ts';

const header = [
  'level',
  'domain',
  'topic',
  'category',
  'n',
  'accuracy_a',
  'accuracy_b',
  'difference',
  'difference_low',
  'difference_high',
  'both_right',
  'right_to_wrong',
  'wrong_to_right',
  'both_wrong',
  'p_mcnemar_exact',
  'p_holm',
  'run_a',
  'run_b',
  'scorer',
] as const;

const levels = ['all', 'domain', 'topic', 'category'] as const;

/** The whole file, header included. */
export function comparisonCsv({ nodes, runIdA, runIdB, scorer }: RunComparison): string {
  return csvText([
    header,
    ...nodes.map(({ path, difference, ...node }) => [
      levels[path.length] ?? 'category',
      path[0] ?? null,
      path[1] ?? null,
      path[2] ?? null,
      node.questionCount,
      node.accuracyA,
      node.accuracyB,
      difference?.estimate ?? null,
      difference?.low ?? null,
      difference?.high ?? null,
      node.bothRight,
      node.rightToWrong,
      node.wrongToRight,
      node.bothWrong,
      node.pValue,
      node.pValueHolm,
      runIdA,
      runIdB,
      scorer,
    ]),
  ]);
}
