/** `penumbra dataset inspect DIR`: what a dataset folder holds and what is wrong with it. */
import type { Command } from 'commander';
import type { DatasetSummary } from '../../../shared/sample.ts';
import { examples } from '../examples.ts';
import { count } from '../output/numbers.ts';
import { problemLines } from '../output/problems.ts';
import { properties, table } from '../output/table.ts';
import type { RunInSession } from '../session.ts';

export function addDatasetInspect(parent: Command, run: RunInSession): void {
  parent
    .command('inspect <dir>')
    .description('show format, splits, categories, problems and licence of a dataset folder or file')
    .addHelpText('after', examples('dataset inspect ./M3CoT', 'dataset inspect ./ScienceQA --json'))
    .action((path: string, _options: unknown, command: Command) =>
      run(command, async ({ client, print }) => {
        const summary = await client.datasets.inspect({ path });
        print(summary, () => summaryText(summary));
      }),
    );
}

function summaryText(summary: DatasetSummary): string {
  const splits = Object.entries(summary.splits);
  return [
    properties([
      ['Dataset', summary.path],
      ['Format', summary.format],
      ['Licence', summary.licence ?? 'unknown'],
      ['Rows', count(summary.rowCount)],
      ['Rows without image', count(summary.rowsWithoutImage)],
      ['Rows left out', summary.rowsLeftOut === 0 ? null : count(summary.rowsLeftOut)],
      ['Fingerprint', summary.fingerprint],
    ]),
    '',
    table(splits, [
      { header: 'Split', cell: ([name]) => name },
      { header: 'Rows', align: 'right', cell: ([, split]) => count(split.rowCount) },
      { header: 'Without image', align: 'right', cell: ([, split]) => count(split.rowsWithoutImage) },
    ]),
    '',
    table(categoryRows(summary), [
      { header: 'Domain / topic', cell: ({ name }) => name },
      ...splits.map(([name]) => ({
        header: name,
        align: 'right' as const,
        cell: ({ counts }: CategoryRow) => count(counts(name)),
      })),
      { header: 'All', align: 'right', cell: ({ total }) => count(total) },
    ]),
    ...problemBlock(summary),
  ].join('\n');
}

type CategoryRow = Readonly<{ name: string; total: number; counts: (split: string) => number }>;

/** Each domain, followed by its topics indented. */
function categoryRows(summary: DatasetSummary): CategoryRow[] {
  const topics = Object.entries(summary.byTopic);
  return Object.entries(summary.byDomain).flatMap(([domain, total]) => [
    { name: domain, total, counts: (split: string) => countOf(summary.splits[split]?.byDomain, domain) },
    ...topics
      .filter(([key]) => key.startsWith(`${domain}/`))
      .map(([key, topicTotal]) => ({
        name: `  ${key.slice(domain.length + 1)}`,
        total: topicTotal,
        counts: (split: string) => countOf(summary.splits[split]?.byTopic, key),
      })),
  ]);
}

function problemBlock(summary: DatasetSummary): string[] {
  const lines = problemLines(summary.problems, summary.problemCount);
  return lines.length === 0 ? ['', 'No problems.'] : ['', ...lines];
}

/** Own entries only: a domain may be called `constructor`. */
const countOf = (counts: Readonly<Record<string, number>> = {}, name: string): number =>
  Object.hasOwn(counts, name) ? (counts[name] ?? 0) : 0;
