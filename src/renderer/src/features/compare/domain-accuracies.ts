/** Accuracy of every run in every domain beside the baseline's, over the questions that all of them answered. Pure. */
import type { MethodRow, MethodTable } from '../../../../shared/comparison.ts';
import type { Interval } from '../../../../shared/statistics.ts';

export type DomainCell = Readonly<{
  accuracy: Interval | null;
  /** Accuracy less the baseline's, a fraction; null for the baseline itself, and where either has none. */
  difference: number | null;
}>;

export type DomainAccuracies = Readonly<{
  domains: readonly Readonly<{ domain: string; total: number }>[];
  /** In the table's order; a cell for each domain. */
  rows: readonly Readonly<{ runId: string; cells: readonly DomainCell[] }>[];
}>;

export function domainAccuracies({
  rows,
  baselineRunId,
}: Pick<MethodTable, 'rows' | 'baselineRunId'>): DomainAccuracies {
  const names = [...new Set(rows.flatMap(({ byDomain }) => byDomain.map(({ domain }) => domain)))].sort();
  const baseline = rows.find(({ runId }) => runId === baselineRunId);
  const inDomain = (row: MethodRow | undefined, name: string) => row?.byDomain.find(({ domain }) => domain === name);
  return {
    domains: names.map((domain) => ({ domain, total: inDomain(baseline, domain)?.total ?? 0 })),
    rows: rows.map((row) => ({
      runId: row.runId,
      cells: names.map((name) => {
        const accuracy = inDomain(row, name)?.accuracy ?? null;
        const reference = inDomain(baseline, name)?.accuracy ?? null;
        const isComparable = row !== baseline && accuracy !== null && reference !== null;
        return { accuracy, difference: isComparable ? accuracy.estimate - reference.estimate : null };
      }),
    })),
  };
}
