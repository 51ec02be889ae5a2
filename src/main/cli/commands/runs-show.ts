/** `penumbra runs show RUN`: a run's plan, result and category table; where it looked, if asked. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { z } from 'zod';
import { scorerNameSchema } from '../../../shared/prediction.ts';
import { examples } from '../examples.ts';
import { scorer, scorerHelp } from '../option-types.ts';
import { attentionText } from '../output/attention-text.ts';
import { accuracyTables } from '../output/category-table.ts';
import { runText } from '../output/run-text.ts';
import type { RunInSession } from '../session.ts';

const depths = { domain: 1, topic: 2, category: 3 } as const;
const optionsSchema = z.object({
  scorer: scorerNameSchema.optional(),
  by: z.enum(['domain', 'topic', 'category']),
  attention: z.boolean().default(false),
});

export function addRunsShow(parent: Command, run: RunInSession): void {
  parent
    .command('show <run>')
    .description('show a run with its category table')
    .option('--scorer <name>', scorerHelp, scorer)
    .addOption(new Option('--by <level>', 'depth of the category table').choices(Object.keys(depths)).default('topic'))
    .option('--attention', 'add the attention on vision against text, by latent step or by generated token')
    .addHelpText(
      'after',
      examples('runs show 01J…', 'runs show 01J… --scorer m3cot --by category', 'runs show 01J… --attention --json'),
    )
    .action((runId: string, given: unknown, command: Command) =>
      run(command, async ({ client, print }) => {
        const options = optionsSchema.parse(given);
        const { run: shown, categories, tables, manifest } = await client.runs.show({ runId, scorer: options.scorer });
        // Not by default: it reads every step and token of the run.
        const attention = options.attention ? await client.runs.attention({ runId, scorer: options.scorer }) : null;
        print({ ...shown, categories, tables, manifest, ...(attention === null ? {} : { attention }) }, () =>
          [
            runText(shown, categories, depths[options.by]),
            ...accuracyTables(tables),
            ...(attention === null ? [] : [attentionText(attention)]),
          ].join('\n\n'),
        );
      }),
    );
}
