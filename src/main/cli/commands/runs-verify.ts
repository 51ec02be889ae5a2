/** `penumbra runs verify RUN`: answers a sample again at batch size 1 and compares. */
import type { Command } from 'commander';
import { z } from 'zod';
import { examples } from '../examples.ts';
import { exitCodes } from '../exit-codes.ts';
import { wholeNumber } from '../option-types.ts';
import { count } from '../output/numbers.ts';
import type { RunInSession } from '../session.ts';

const optionsSchema = z.object({ count: z.int(), seed: z.int() });

export function addRunsVerify(parent: Command, run: RunInSession): void {
  parent
    .command('verify <run>')
    .description('answer a sample of the run again at batch size 1; exit code 1 when answers or patches differ')
    .option('--count <n>', 'questions to check', wholeNumber(1), 20)
    .option('--seed <n>', 'seed of the sample', wholeNumber(0), 0)
    .addHelpText('after', examples('runs verify 01J… --count 50'))
    .action((runId: string, given: unknown, command: Command) =>
      run(command, async ({ client, print }) => {
        const report = await client.runs.verify({ runId, ...optionsSchema.parse(given) });
        print(report, () =>
          [
            `${count(report.checked)} questions answered again at batch size 1:`,
            `  same answer   ${count(report.sameAnswer)}`,
            `  same patches  ${count(report.samePatches)}`,
            ...(report.differing.length === 0 ? [] : [`  differing     ${report.differing.join(', ')}`]),
          ].join('\n'),
        );
        return report.differing.length === 0 ? exitCodes.done : exitCodes.failed;
      }),
    );
}
