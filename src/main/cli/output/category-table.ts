/** The table of accuracy by category: all, then domain -> topic -> category, each with its 95 % interval. */
import type { AccuracyRow, CategoryNode, Interval } from '../../../shared/statistics.ts';
import { count, percent } from './numbers.ts';
import { table } from './table.ts';

/** @param depth levels shown below the root: 1 domains, 2 topics, 3 categories */
export function categoryTable(nodes: readonly CategoryNode[], depth = 2): string {
  const shown = nodes.filter(({ path }) => path.length <= depth);
  return table(shown, [
    {
      header: 'Category',
      cell: ({ path }) => (path.length === 0 ? 'all' : `${'  '.repeat(path.length - 1)}${nameOf(path)}`),
    },
    { header: 'n', align: 'right', cell: ({ total }) => count(total) },
    { header: 'Correct', align: 'right', cell: ({ correct }) => count(correct) },
    { header: 'Accuracy', align: 'right', cell: ({ accuracy }) => percent(accuracy?.estimate ?? null) },
    { header: '95 % interval', align: 'right', cell: ({ accuracy }) => intervalText(accuracy) },
    { header: 'Unparsed', align: 'right', cell: ({ unparsed }) => count(unparsed) },
    { header: 'Failed', align: 'right', cell: ({ failed }) => count(failed) },
    ...(nodes.some(({ excluded }) => excluded > 0)
      ? [{ header: 'Excluded', align: 'right' as const, cell: ({ excluded }: CategoryNode) => count(excluded) }]
      : []),
  ]);
}

/** Tables beside the category tree (ScienceQA's), one for each group. */
export function accuracyTables(rows: readonly AccuracyRow[]): string[] {
  return [...Map.groupBy(rows, ({ group }) => group)].map(([group, inGroup]) =>
    table(inGroup, [
      { header: `By ${group}`, cell: ({ label }) => label },
      { header: 'n', align: 'right', cell: ({ total }) => count(total) },
      { header: 'Correct', align: 'right', cell: ({ correct }) => count(correct) },
      { header: 'Accuracy', align: 'right', cell: ({ accuracy }) => percent(accuracy?.estimate ?? null) },
      { header: '95 % interval', align: 'right', cell: ({ accuracy }) => intervalText(accuracy) },
    ]),
  );
}

const intervalText = (accuracy: Interval | null): string =>
  accuracy === null ? '-' : `${percent(accuracy.low)} – ${percent(accuracy.high)}`;

const nameOf = (path: readonly string[]): string => path.at(-1) || '(none)';
