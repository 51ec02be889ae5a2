/** `penumbra runs list`: the runs of the store, newest first. */
import type { Command } from 'commander';
import { z } from 'zod';
import { ranOn } from '../../../shared/engine-places.ts';
import { questionsDone, type RunSummary } from '../../../shared/run.ts';
import { examples } from '../examples.ts';
import { wholeNumber } from '../option-types.ts';
import { count, percent } from '../output/numbers.ts';
import { table, type Column } from '../output/table.ts';
import type { RunInSession } from '../session.ts';

const optionsSchema = z.object({ limit: z.int(), offset: z.int() });

export function addRunsList(parent: Command, run: RunInSession): void {
  parent
    .command('list')
    .description('list the runs, newest first')
    .option('--limit <n>', 'at most n runs', wholeNumber(1), 100)
    .option('--offset <n>', 'leave out the n newest', wholeNumber(0), 0)
    .addHelpText('after', examples('runs list', 'runs list --json'))
    .action((given: unknown, command: Command) =>
      run(command, async ({ client, print }) => {
        const page = await client.runs.list(optionsSchema.parse(given));
        print(page, () => {
          if (page.total === 0) return 'No runs yet. "penumbra demo" makes a first one.';
          const lines = table(page.runs, [
            { header: 'Run', cell: ({ runId }) => runId },
            { header: 'Created', cell: ({ createdAt }) => createdAt.slice(0, 16).replace('T', ' ') },
            { header: 'Status', cell: ({ status }) => status },
            { header: 'Done', align: 'right', cell: (run) => `${count(questionsDone(run))}/${count(run.planned)}` },
            ...excludedColumn(page.runs),
            { header: 'Accuracy', align: 'right', cell: ({ accuracy }) => percent(accuracy) },
            { header: 'Scorer', cell: ({ scorer }) => scorer },
            { header: 'Precision', cell: ({ modelPrecision }) => modelPrecision ?? '-' },
            { header: 'Device', cell: (run) => ranOn(run) ?? '-' },
            { header: 'Method', cell: ({ settings }) => settings?.method ?? 'imported' },
            { header: 'Label', cell: ({ label }) => label },
          ]);
          return page.total > page.runs.length ? `${lines}\n${count(page.runs.length)} of ${count(page.total)}` : lines;
        });
      }),
    );
}

/** How many are in no other count; nothing where no run has any. */
const excludedColumn = (runs: readonly RunSummary[]): Column<RunSummary>[] =>
  runs.some(({ excluded }) => excluded > 0)
    ? [{ header: 'Excluded', align: 'right', cell: ({ excluded }) => (excluded === 0 ? '' : count(excluded)) }]
    : [];
