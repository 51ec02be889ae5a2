/** `penumbra predictions import FILE`: makes a run out of published or exported predictions. */
import type { Command } from 'commander';
import { z } from 'zod';
import { scorerNameSchema } from '../../../shared/prediction.ts';
import { examples } from '../examples.ts';
import { scorer, scorerHelp } from '../option-types.ts';
import { categoryTable } from '../output/category-table.ts';
import { problemLines } from '../output/problems.ts';
import { resultText } from '../output/run-text.ts';
import type { RunInSession } from '../session.ts';

const optionsSchema = z.object({
  dataset: z.string().optional(),
  scorer: scorerNameSchema,
  label: z.string().optional(),
});

export function addPredictionsImport(parent: Command, run: RunInSession): void {
  parent
    .command('import <file>')
    .description("import a prediction file (M3CoT's or ScienceQA's shape) as a run")
    .option('--dataset <dir>', 'dataset that the predictions belong to, for questions and images')
    .option('--scorer <name>', scorerHelp, scorer, 'm3cot')
    .option('--label <text>', 'a name for the run')
    .addHelpText(
      'after',
      examples(
        'predictions import llava-7b_direct.jsonl --scorer m3cot',
        'predictions import predictions.jsonl --dataset ./M3CoT --json',
      ),
    )
    .action((file: string, given: unknown, command: Command) =>
      run(command, async ({ client, json, print }) => {
        const result = await client.predictions.import({ file, ...optionsSchema.parse(given) });
        const shown = json ? null : await client.runs.show({ runId: result.runId, scorer: result.scorer });
        print(result, () =>
          [
            resultText(result),
            '',
            categoryTable(shown?.categories ?? []),
            ...problemLines(result.problems, result.problems.length),
          ].join('\n'),
        );
      }),
    );
}
