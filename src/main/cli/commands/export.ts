/** `penumbra export RUN`: a run's questions, categories, patches, regions and JSONL as files. */
import type { Command } from 'commander';
import { z } from 'zod';
import { fail } from '../../../shared/failure.ts';
import { scorerNameSchema } from '../../../shared/prediction.ts';
import { examples } from '../examples.ts';
import { answerWhereHelp, repeated, scorer, scorerHelp } from '../option-types.ts';
import { count } from '../output/numbers.ts';
import { table } from '../output/table.ts';
import type { RunInSession } from '../session.ts';

const optionsSchema = z.object({
  questions: z.string().optional(),
  categories: z.string().optional(),
  patches: z.string().optional(),
  regions: z.string().optional(),
  jsonl: z.string().optional(),
  where: z.array(z.string()).default([]),
  scorer: scorerNameSchema.optional(),
});

export function addExport(parent: Command, run: RunInSession): void {
  parent
    .command('export <run>')
    .description('write the answers of a run to files, each with a manifest')
    .option('--questions <file>', 'CSV: one row for each question')
    .option('--categories <file>', 'CSV: accuracy by category with intervals')
    .option('--patches <file>', 'CSV: one row for each selected patch, with its pixel box')
    .option('--regions <file>', 'CSV: one row for each part of a picture that the model asked to see larger')
    .option('--jsonl <file>', "JSONL in M3CoT's shape, with the calls of methods that reason in words")
    .option('--where <field=value>', answerWhereHelp, repeated)
    .option('--scorer <name>', scorerHelp, scorer)
    .addHelpText(
      'after',
      examples(
        'export 01J… --questions questions.csv --categories categories.csv',
        'export 01J… --patches patches.csv --where domain=science --where outcome=wrong',
      ),
    )
    .action((runId: string, given: unknown, command: Command) =>
      run(command, async ({ client, print }) => {
        const options = optionsSchema.parse(given);
        const { questions, categories, patches, regions, jsonl } = options;
        if ([questions, categories, patches, regions, jsonl].every((file) => file === undefined)) {
          fail('wrong-usage', 'Nothing to export was asked for.', {
            expected: 'at least one of --questions, --categories, --patches, --regions, --jsonl',
          });
        }
        const exported = await client.runs.export({ runId, ...options });
        print(exported, () =>
          table(exported.files, [
            { header: 'What', cell: ({ kind }) => kind },
            { header: 'Rows', align: 'right', cell: ({ rowCount }) => count(rowCount) },
            { header: 'File', cell: ({ path }) => path },
          ]),
        );
      }),
    );
}
