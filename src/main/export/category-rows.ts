/** Rows of categories.csv: the tree of domain, topic and category with accuracy and its 95 % Wilson interval. */
import type { ScorerName } from '../../shared/prediction.ts';
import type { CategoryNode } from '../../shared/statistics.ts';
import type { Cell } from './csv.ts';

export const categoryHeader = [
  'level',
  'domain',
  'topic',
  'category',
  'n',
  'correct',
  'unparsed',
  'failed',
  'accuracy',
  'accuracy_low',
  'accuracy_high',
  'scorer',
  'excluded',
] as const;

const levels = ['all', 'domain', 'topic', 'category'] as const;

export function categoryCells(node: CategoryNode, scorer: ScorerName): Cell[] {
  const { path, total, correct, unparsed, failed, excluded, accuracy } = node;
  const [domain = null, topic = null, category = null] = path;
  return [
    levels[path.length] ?? 'category',
    domain,
    topic,
    category,
    total,
    correct,
    unparsed,
    failed,
    accuracy?.estimate ?? null,
    accuracy?.low ?? null,
    accuracy?.high ?? null,
    scorer,
    excluded,
  ];
}
