/** Category trees of a run: from stored tallies, or counted question by question during an export. */
import type { CategoryNode } from '../../shared/statistics.ts';
import type { StratumCount } from '../store/scores-repository.ts';
import type { ExportQuestion } from '../export/export-question.ts';

/** The tree of everything that was tallied. */
export function categoriesOf(_counts: readonly StratumCount[]): CategoryNode[] {
  return [];
}

export type CategoryCounter = Readonly<{
  add: (question: ExportQuestion) => void;
  tree: () => CategoryNode[];
}>;

/** Counts questions as they pass by. */
export function createCategoryCounter(): CategoryCounter {
  const counts = new Map<string, StratumCount>();
  return {
    add: ({ sample, outcome }) => {
      const { split, domain, topic, category } = sample;
      const key = JSON.stringify([split, domain, topic, category, outcome]);
      const count = (counts.get(key)?.count ?? 0) + 1;
      counts.set(key, { split, domain, topic, category, outcome, count });
    },
    tree: () => categoriesOf([...counts.values()]),
  };
}
