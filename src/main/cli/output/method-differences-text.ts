/** Where several runs differ by domain and category, and the paper's figures beside one's own, for a terminal. */
import type { CategoryDifference, MethodRow, MethodTable } from '../../../shared/comparison.ts';
import { isOfPublished, publishedNote, publishedRows, type PublishedChoice } from '../../../shared/published-choice.ts';
import { publishedSource } from '../../../shared/published-results.ts';
import { count, percent } from './numbers.ts';
import { pText } from './statistics-text.ts';
import { table } from './table.ts';

/** Accuracy of each run by domain; null where the questions name none. */
export function domainAccuracyText({ rows }: MethodTable, nameOf: (row: MethodRow) => string): string | null {
  const domains = [...new Set(rows.flatMap(({ byDomain }) => byDomain.map(({ domain }) => domain)))];
  if (domains.length === 0) return null;
  const totalOf = (name: string): number => rows[0]?.byDomain.find(({ domain }) => domain === name)?.total ?? 0;
  return table(rows, [
    { header: 'Run', cell: ({ runId }) => runId },
    { header: 'Method', cell: nameOf },
    ...domains.map((name) => ({
      header: `${name} (n = ${count(totalOf(name))})`,
      align: 'right' as const,
      cell: ({ byDomain }: MethodRow) => {
        const found = byDomain.find(({ domain }) => domain === name)?.accuracy;
        return found === undefined || found === null
          ? '-'
          : `${percent(found.estimate)} [${(found.low * 100).toFixed(1)}, ${(found.high * 100).toFixed(1)}]`;
      },
    })),
  ]);
}

/** The differences that the table tells, but those of nothing; null where there are none. */
export function categoryDifferencesText(
  { rows, differences, baselineRunId }: MethodTable,
  nameOf: (row: MethodRow) => string,
): string | null {
  const shown = differences.filter(({ rightToWrong, wrongToRight }) => rightToWrong !== wrongToRight);
  if (shown.length === 0) return null;
  const methodOf = ({ runId }: CategoryDifference): string => {
    const row = rows.find((each) => each.runId === runId);
    return row === undefined ? '' : nameOf(row);
  };
  return [
    `Where runs differ most from ${baselineRunId}, by p of the exact McNemar test; Holm's correction over all runs and categories of a level`,
    table(shown, [
      { header: 'Category', cell: ({ path }) => path.join(' / ') },
      { header: 'Run', cell: ({ runId }) => runId },
      { header: 'Method', cell: methodOf },
      { header: 'n', align: 'right', cell: ({ questionCount }) => count(questionCount) },
      { header: 'Baseline', align: 'right', cell: ({ baselineAccuracy }) => percent(baselineAccuracy) },
      { header: 'Accuracy', align: 'right', cell: ({ accuracy }) => percent(accuracy) },
      { header: 'Right->wrong', align: 'right', cell: ({ rightToWrong }) => count(rightToWrong) },
      { header: 'Wrong->right', align: 'right', cell: ({ wrongToRight }) => count(wrongToRight) },
      { header: 'p', align: 'right', cell: ({ pValue }) => pText(pValue) },
      { header: 'p (Holm)', align: 'right', cell: ({ pValueHolm }) => pText(pValueHolm) },
    ]),
  ].join('\n');
}

type PublishedLine = Readonly<{ published: ReturnType<typeof publishedRows>[number]; row: MethodRow | null }>;

/** The paper's methods, each with the runs of the same method. */
export function publishedText({ rows }: MethodTable, choice: PublishedChoice): string {
  const lines = publishedRows(choice).flatMap((published): PublishedLine[] => {
    const own = rows.filter((row) => isOfPublished(published, row));
    return own.length === 0 ? [{ published, row: null }] : own.map((row) => ({ published, row }));
  });
  const figure = (value: number | null | undefined, digits: number): string => value?.toFixed(digits) ?? '-';
  return [
    `Published (${publishedSource}): ${choice.backbone} on ${choice.dataset}. ${publishedNote}`,
    table(lines, [
      { header: 'Method', cell: ({ published }) => published.title },
      { header: 'Paper', align: 'right', cell: ({ published }) => percent(published.accuracy) },
      { header: 'Own', align: 'right', cell: ({ row }) => percent(row?.accuracy?.estimate ?? null) },
      { header: 'AR steps, paper', align: 'right', cell: ({ published }) => figure(published.arSteps, 1) },
      { header: 'own', align: 'right', cell: ({ row }) => figure(row?.arStepsMean, 1) },
      { header: 's, paper', align: 'right', cell: ({ published }) => figure(published.seconds, 2) },
      { header: 'own', align: 'right', cell: ({ row }) => figure(row?.secondsMean, 3) },
      { header: 'Run', cell: ({ row }) => row?.runId ?? '' },
    ]),
  ].join('\n');
}
