/** `penumbra eval`: answers a dataset's questions with a model and stores every answer and latent step. */
import type { Command } from 'commander';
import { z } from 'zod';
import { scorerNameSchema } from '../../../shared/prediction.ts';
import { examples } from '../examples.ts';
import { exitCodeOfRun } from '../exit-codes.ts';
import { followRun } from '../follow-run.ts';
import { repeated, scorer, scorerHelp, whereHelp, wholeNumber } from '../option-types.ts';
import { printRun } from '../print-run.ts';
import type { RunInSession } from '../session.ts';
import { addSettingsOptions, settingsOf } from '../settings-options.ts';

const optionsSchema = z.looseObject({
  dataset: z.string(),
  model: z.string(),
  split: z.string().optional(),
  where: z.array(z.string()).default([]),
  limit: z.int().optional(),
  label: z.string().optional(),
  scorer: scorerNameSchema,
});

export function addEval(parent: Command, run: RunInSession): void {
  const command = parent
    .command('eval')
    .description('answer the questions of a dataset with a model; can be interrupted and resumed')
    .requiredOption('--dataset <dir>', 'dataset folder or file')
    .requiredOption('--model <dir>', 'model, as "penumbra model import" wrote it')
    .option('--split <name>', 'split to evaluate; default: test where there is one, else the last split')
    .option('--where <field=value>', whereHelp, repeated)
    .option('--limit <n>', 'only the first n questions', wholeNumber(1))
    .option('--label <text>', 'a name for the run')
    .option('--scorer <name>', scorerHelp, scorer, 'strict');
  addSettingsOptions(command)
    .addHelpText(
      'after',
      examples(
        'eval --dataset ./M3CoT --model ./ivtlr-7b',
        'eval --dataset ./M3CoT --model ./ivtlr-7b --where domain=science --latent-steps 3 --patches 32',
        'eval --dataset ./M3CoT --model ./ivtlr-7b --intervention random-patches --seed 7 --limit 200 --json',
      ),
    )
    .action((given: Record<string, unknown>, self: Command) =>
      run(self, async (session) => {
        const { dataset, model, split, where, limit, label, scorer } = optionsSchema.parse(given);
        const settings = settingsOf(given);
        const request = { dataset, model, split, where, limit, label, scorer, settings };
        const done = await followRun(session, () => session.client.runs.start(request));
        await printRun(session, done);
        return exitCodeOfRun[done.status];
      }),
    );
}
