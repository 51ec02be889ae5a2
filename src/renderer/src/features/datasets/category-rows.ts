/** Domains with their topics and counts, of the whole dataset or one split, for the table beside the gallery. */
import type { DatasetSummary } from '../../../../shared/sample.ts';

export type CountRow = Readonly<{ name: string; count: number; terms: readonly string[] }>;
export type DomainRow = CountRow & Readonly<{ topics: readonly CountRow[] }>;

/** Largest first. A split that the dataset lacks has no rows. */
export function categoryRows(summary: DatasetSummary, split: string | null): DomainRow[] {
  const counts = split === null ? summary : summary.splits[split];
  if (counts === undefined) return [];
  const topics = Object.entries(counts.byTopic);
  return Object.entries(counts.byDomain)
    .map(([domain, count]) => ({
      name: domain,
      count,
      terms: [`domain=${domain}`],
      topics: topics
        .filter(([key]) => key.startsWith(`${domain}/`))
        .map(([key, topicCount]) => {
          const topic = key.slice(domain.length + 1);
          return { name: topic, count: topicCount, terms: [`domain=${domain}`, `topic=${topic}`] };
        })
        .filter(({ name }) => name !== '')
        .sort(byCount),
    }))
    .sort(byCount);
}

const byCount = (a: CountRow, b: CountRow): number => b.count - a.count || a.name.localeCompare(b.name);

/** The value of a field's only term, or null. */
export function termOf(where: readonly string[], field: string): string | null {
  const found = where.filter((term) => term.startsWith(`${field}=`));
  return found.length === 1 && found[0] !== undefined ? found[0].slice(field.length + 1) : null;
}

/** The filter with the fields' terms replaced. */
export function withTerms(where: readonly string[], fields: readonly string[], terms: readonly string[]): string[] {
  return [...where.filter((term) => !fields.some((field) => term.startsWith(`${field}=`))), ...terms];
}
