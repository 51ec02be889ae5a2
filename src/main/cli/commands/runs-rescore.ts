/** `penumbra runs rescore RUN --scorer S`: reads the stored outputs again by another rule. */
import type { Command } from 'commander';
import { z } from 'zod';
import { scorerNameSchema } from '../../../shared/prediction.ts';
import { examples } from '../examples.ts';
import { scorer, scorerHelp } from '../option-types.ts';
import { categoryTable } from '../output/category-table.ts';
import { resultText } from '../output/run-text.ts';
import type { RunInSession } from '../session.ts';

const optionsSchema = z.object({ scorer: scorerNameSchema });

export function addRunsRescore(parent: Command, run: RunInSession): void {
  parent
    .command('rescore <run>')
    .description('score the stored outputs of a run by another rule; nothing is answered again')
    .requiredOption('--scorer <name>', scorerHelp, scorer)
    .addHelpText('after', examples('runs rescore 01J… --scorer m3cot'))
    .action((runId: string, given: unknown, command: Command) =>
      run(command, async ({ client, json, print }) => {
        const options = optionsSchema.parse(given);
        const result = await client.runs.rescore({ runId, scorer: options.scorer });
        const shown = json ? null : await client.runs.show({ runId, scorer: options.scorer });
        print(result, () => `${resultText(result)}\n\n${categoryTable(shown?.categories ?? [])}`);
      }),
    );
}
