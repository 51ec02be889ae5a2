/** `penumbra runs compare RUN RUN`: paired comparison over the questions that both runs answered. */
import type { Command } from 'commander';
import { z } from 'zod';
import { scorerNameSchema } from '../../../shared/prediction.ts';
import type { Interval, RunComparison } from '../../../shared/statistics.ts';
import { examples } from '../examples.ts';
import { scorer, scorerHelp } from '../option-types.ts';
import { count, percent } from '../output/numbers.ts';
import { table } from '../output/table.ts';
import type { RunInSession } from '../session.ts';

const optionsSchema = z.object({ scorer: scorerNameSchema.optional() });

export function addRunsCompare(parent: Command, run: RunInSession): void {
  parent
    .command('compare <runA> <runB>')
    .description('compare two runs question by question (exact McNemar test, bootstrap interval, flips)')
    .option('--scorer <name>', scorerHelp, scorer)
    .addHelpText('after', examples('runs compare 01J… 01K…', 'runs compare 01J… 01K… --json'))
    .action((runIdA: string, runIdB: string, given: unknown, command: Command) =>
      run(command, async ({ client, print }) => {
        const comparison = await client.runs.compare({ runIdA, runIdB, ...optionsSchema.parse(given) });
        const { run: a } = await client.runs.show({ runId: runIdA });
        const { run: b } = await client.runs.show({ runId: runIdB });
        print(comparison, () => comparisonText(comparison, a.label, b.label));
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

const points = (fraction: number): string => `${fraction < 0 ? '' : '+'}${(fraction * 100).toFixed(1)}`;

function differenceText(difference: Interval | null): string {
  if (difference === null) return '-';
  return `${points(difference.estimate)} [${points(difference.low)}, ${points(difference.high)}]`;
}

const pText = (value: number): string => (value < 0.0001 ? '< 0.0001' : value.toFixed(4));
