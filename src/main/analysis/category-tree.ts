/** The tree all -> domain -> topic -> category as a list of nodes, each node before its children, siblings by name. */
import type { CategoryNode } from '../../shared/statistics.ts';
import type { OutcomeRow } from './outcomes.ts';
import { wilsonInterval } from '../../shared/wilson-interval.ts';

export type Categorised = Readonly<{ domain: string; topic: string; category: string }>;

export type CategoryGroup<Row> = Readonly<{ path: string[]; rows: readonly Row[] }>;

/** Rows by node. A row counts as deep as it is named: without a topic it is in its domain's node and no deeper one. */
export function groupByCategory<Row extends Categorised>(rows: Iterable<Row>): CategoryGroup<Row>[] {
  const groups = new Map<string, { path: string[]; rows: Row[] }>([['', { path: [], rows: [] }]]);
  for (const row of rows) {
    const names = [row.domain, row.topic, row.category];
    const firstEmpty = names.indexOf('');
    const depth = firstEmpty < 0 ? names.length : firstEmpty;
    for (let length = 0; length <= depth; length++) {
      const path = names.slice(0, length);
      const key = path.join('\u0000');
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { path, rows: [row] });
      else group.rows.push(row);
    }
  }
  return [...groups.values()].sort((a, b) => comparePaths(a.path, b.path));
}

/** Counts and accuracy with its 95 % interval at every node; failures and unparsed answers count as wrong. */
export function buildCategoryTree(rows: Iterable<OutcomeRow>): CategoryNode[] {
  return groupByCategory(rows).map(({ path, rows: inNode }) => {
    const counts = { total: 0, right: 0, wrong: 0, unparsed: 0, failed: 0, excluded: 0 };
    for (const { outcome, count = 1, excluded = 0 } of inNode) {
      counts.total += count;
      counts[outcome] += count;
      counts.excluded += excluded;
    }
    const { total, right, unparsed, failed, excluded } = counts;
    return { path, total, correct: right, unparsed, failed, excluded, accuracy: wilsonInterval(right, total) };
  });
}

function comparePaths(a: readonly string[], b: readonly string[]): number {
  for (const [depth, name] of a.entries()) {
    const other = b[depth];
    if (other === undefined) return 1;
    if (name !== other) return name < other ? -1 : 1;
  }
  return a.length - b.length;
}
