/** `penumbra runs compare RUN RUN [RUN…]`: two runs question by question, or any number in the main table. */
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { z } from 'zod';
import type { MethodTable } from '../../../shared/comparison.ts';
import { fail } from '../../../shared/failure.ts';
import {
  publishedChoiceSchema,
  publishedNote,
  publishedRows,
  type PublishedChoice,
} from '../../../shared/published-choice.ts';
import { publishedBackbones, publishedDatasets, publishedSource } from '../../../shared/published-results.ts';
import { scorerNameSchema } from '../../../shared/prediction.ts';
import type { RunComparison } from '../../../shared/statistics.ts';
import { examples } from '../examples.ts';
import { scorer, scorerHelp } from '../option-types.ts';
import { methodComparisonText } from '../output/method-table-text.ts';
import { count, percent } from '../output/numbers.ts';
import { differenceText, pText } from '../output/statistics-text.ts';
import { table } from '../output/table.ts';
import type { RunInSession } from '../session.ts';

const optionsSchema = z.object({
  scorer: scorerNameSchema.optional(),
  baseline: z.string().optional(),
  /** True: the one that the names of models and datasets suggest. */
  published: z.union([z.literal(true), publishedChoiceSchema]).optional(),
});

export function addRunsCompare(parent: Command, run: RunInSession): void {
  parent
    .command('compare <runA> <runB> [more...]')
    .description(
      'compare two runs question by question (exact McNemar test, bootstrap interval, flips), or more in one table: accuracy, AR steps, seconds, domains, and the categories that differ most',
    )
    .option('--scorer <name>', scorerHelp, scorer)
    .option('--baseline <run>', 'the run that the others are compared with (the first)')
    .option(
      '--published [model/dataset]',
      `add the paper's figures, as in Qwen2-VL-7B/M3CoT; without a name, those nearest to the runs`,
      publishedChoice,
    )
    .addHelpText(
      'after',
      examples(
        'runs compare 01J… 01K…',
        'runs compare 01J… 01K… --json',
        'runs compare 01J… 01K… 01L… 01M… --baseline 01K… --published',
      ),
    )
    .action((runIdA: string, runIdB: string, more: readonly string[], given: unknown, command: Command) =>
      run(command, async ({ client, print }) => {
        const options = optionsSchema.parse(given);
        const methods = await client.runs.methodTable({
          runIds: [runIdA, runIdB, ...more],
          baselineRunId: options.baseline,
          scorer: options.scorer,
        });
        const published = publishedBeside(methods, options.published);
        const paper = published === null ? {} : { paper: paperOf(published) };
        if (more.length > 0) {
          print({ ...methods, ...paper }, () => methodComparisonText(methods, published));
          return;
        }
        const from = methods.baselineRunId;
        const to = from === runIdA ? runIdB : runIdA;
        const comparison = await client.runs.compare({ runIdA: from, runIdB: to, scorer: options.scorer });
        const { run: a } = await client.runs.show({ runId: from });
        const { run: b } = await client.runs.show({ runId: to });
        print(
          { ...comparison, methods, ...paper },
          () => `${comparisonText(comparison, a.label, b.label)}\n\n${methodComparisonText(methods, published)}`,
        );
      }),
    );
}

/** `Qwen2-VL-7B/M3CoT`, in any case. */
function publishedChoice(text: string): PublishedChoice {
  const known = publishedBackbones.flatMap((backbone) => publishedDatasets.map((dataset) => ({ backbone, dataset })));
  const nameOf = ({ backbone, dataset }: PublishedChoice): string => `${backbone}/${dataset}`;
  const found = known.find((choice) => nameOf(choice).toLowerCase() === text.toLowerCase());
  if (found === undefined) throw new InvalidArgumentError(`Allowed: ${known.map(nameOf).join(', ')}.`);
  return found;
}

/** Null: none was asked for. Fails (`wrong-usage`) where none was named and the runs are of neither dataset. */
function publishedBeside(
  { published }: MethodTable,
  asked: true | PublishedChoice | undefined,
): PublishedChoice | null {
  if (asked === undefined) return null;
  if (asked !== true) return asked;
  return (
    published ??
    fail('wrong-usage', 'The runs are of none of the paper’s datasets, as far as their names tell.', {
      expected: publishedDatasets.join(' or '),
      action: 'name what to put beside them: --published Qwen2-VL-7B/M3CoT',
    })
  );
}

const paperOf = (choice: PublishedChoice) => ({
  source: publishedSource,
  ...choice,
  note: publishedNote,
  rows: publishedRows(choice),
});

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
