/** Two runs question by question: which questions a count stands for, and the order of the table of categories. */
import type { PairedComparison } from '../../../../shared/statistics.ts';
import { formatRoute } from '../../routing/route.ts';
import { withCategory } from '../questions/filter-terms.ts';

export type PairedCount = 'bothRight' | 'rightToWrong' | 'wrongToRight' | 'bothWrong';

/** The comparison counts an unparsed answer as wrong; the filter knows both by name. */
const termsOf = (right: boolean): readonly string[] => (right ? ['right'] : ['wrong', 'unparsed']);

/** Address of the questions of run B that a count of the comparison with run A stands for. */
export function questionsOfCount(
  pair: Readonly<{ runIdA: string; runIdB: string; scorer: string }>,
  counted: PairedCount,
  path: readonly string[],
): string {
  const rightInA = counted === 'bothRight' || counted === 'rightToWrong';
  const rightInB = counted === 'bothRight' || counted === 'wrongToRight';
  const where = [
    ...withCategory([], path),
    ...termsOf(rightInA).map((outcome) => `other=${pair.runIdA}:${outcome}`),
    ...termsOf(rightInB).map((outcome) => `outcome=${outcome}`),
    // Lists show what is tagged as bad gold; the comparison leaves it out.
    'excluded=no',
  ];
  return formatRoute({ page: 'questions', runId: pair.runIdB, shape: 'table', where, sort: null, scorer: pair.scorer });
}

export type PairOrder = 'category' | 'n' | 'difference' | 'p';

/** Nodes in an order: the tree's own, most questions first, largest loss first, or smallest p first. */
export function sortedNodes(nodes: readonly PairedComparison[], order: PairOrder): PairedComparison[] {
  const difference = (node: PairedComparison): number => node.difference?.estimate ?? 0;
  switch (order) {
    case 'category':
      return [...nodes];
    case 'n':
      return nodes.toSorted((a, b) => b.questionCount - a.questionCount);
    case 'difference':
      return nodes.toSorted((a, b) => difference(a) - difference(b));
    case 'p':
      return nodes.toSorted((a, b) => a.pValueHolm - b.pValueHolm);
  }
}
