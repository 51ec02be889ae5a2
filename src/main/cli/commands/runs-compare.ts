/** `penumbra runs compare RUN RUN [RUN…]`: two runs question by question, or any number in the main table. */
import type { Command } from 'commander';
import { z } from 'zod';
import { scorerNameSchema } from '../../../shared/prediction.ts';
import type { RunComparison } from '../../../shared/statistics.ts';
import { examples } from '../examples.ts';
import { scorer, scorerHelp } from '../option-types.ts';
import { methodTableText } from '../output/method-table-text.ts';
import { count, percent } from '../output/numbers.ts';
import { differenceText, pText } from '../output/statistics-text.ts';
import { table } from '../output/table.ts';
import type { RunInSession } from '../session.ts';

const optionsSchema = z.object({ scorer: scorerNameSchema.optional() });

export function addRunsCompare(parent: Command, run: RunInSession): void {
  parent
    .command('compare <runA> <runB> [more...]')
    .description(
      'compare two runs question by question (exact McNemar test, bootstrap interval, flips), or more in one table; the first is the baseline',
    )
    .option('--scorer <name>', scorerHelp, scorer)
    .addHelpText(
      'after',
      examples('runs compare 01J… 01K…', 'runs compare 01J… 01K… --json', 'runs compare 01J… 01K… 01L… 01M…'),
    )
    .action((runIdA: string, runIdB: string, more: readonly string[], given: unknown, command: Command) =>
      run(command, async ({ client, print }) => {
        const options = optionsSchema.parse(given);
        if (more.length > 0) {
          const methods = await client.runs.methodTable({ runIds: [runIdA, runIdB, ...more], ...options });
          print(methods, () => methodTableText(methods));
          return;
        }
        const comparison = await client.runs.compare({ runIdA, runIdB, ...options });
        const { run: a } = await client.runs.show({ runId: runIdA });
        const { run: b } = await client.runs.show({ runId: runIdB });
        const methods = await client.runs.methodTable({ runIds: [runIdA, runIdB], ...options });
        print(comparison, () => `${comparisonText(comparison, a.label, b.label)}\n\n${methodTableText(methods)}`);
      }),
    );
}

function comparisonText(comparison: RunComparison, labelA: string, labelB: string): string {
  const { runIdA, runIdB, scorer, onlyInA, onlyInB, differentQuestions, nodes } = comparison;
  const shown = nodes.filter(({ path }) => path.length <= 2);
  return [
    `A  ${runIdA}  ${labelA}`,
    `B  ${runIdB}  ${labelB}`,
    `Scorer ${scorer}; B - A; p-values exact McNemar, Holm-corrected within a level`,
    ...(onlyInA + onlyInB === 0
      ? []
      : [`The runs differ in their questions: ${count(onlyInA)} only in A, ${count(onlyInB)} only in B are left out.`]),
    ...(differentQuestions === 0
      ? []
      : [`${count(differentQuestions)} shared ids stand for different questions (text or choices) and are left out.`]),
    '',
    table(shown, [
      {
        header: 'Category',
        cell: ({ path }) => (path.length === 0 ? 'all' : `${'  '.repeat(path.length - 1)}${path.at(-1) ?? ''}`),
      },
      { header: 'n', align: 'right', cell: ({ questionCount }) => count(questionCount) },
      { header: 'A', align: 'right', cell: ({ accuracyA }) => percent(accuracyA) },
      { header: 'B', align: 'right', cell: ({ accuracyB }) => percent(accuracyB) },
      { header: 'Difference', align: 'right', cell: ({ difference }) => differenceText(difference) },
      { header: 'Right->wrong', align: 'right', cell: ({ rightToWrong }) => count(rightToWrong) },
      { header: 'Wrong->right', align: 'right', cell: ({ wrongToRight }) => count(wrongToRight) },
      { header: 'p', align: 'right', cell: ({ pValue }) => pText(pValue) },
      { header: 'p (Holm)', align: 'right', cell: ({ pValueHolm }) => pText(pValueHolm) },
    ]),
  ].join('\n');
}
