/** `penumbra runs pack RUN F` and `runs unpack F`: a run as one file, from a server to a laptop. */
import type { Command } from 'commander';
import { newlyExcludedText } from '../../../shared/newly-excluded.ts';
import { examples } from '../examples.ts';
import { bytes } from '../output/numbers.ts';
import { printRun } from '../print-run.ts';
import type { RunInSession } from '../session.ts';

export function addRunsPack(parent: Command, run: RunInSession): void {
  parent
    .command('pack <run> <file>')
    .description('write a run with its traces to one file')
    .addHelpText('after', examples('runs pack 01J… run.penumbra'))
    .action((runId: string, file: string, _options: unknown, command: Command) =>
      run(command, async ({ client, print }) => {
        const packed = await client.runs.pack({ runId, file });
        print(packed, () => `Packed into ${packed.file} (${bytes(packed.sizeBytes)}).`);
      }),
    );
  parent
    .command('unpack <file>')
    .description('take a packed run into the store')
    .addHelpText('after', examples('runs unpack run.penumbra'))
    .action((file: string, _options: unknown, command: Command) =>
      run(command, async (session) => {
        const run = await session.client.runs.unpack({ file });
        await printRun(session, run);
        if (run.newlyExcluded !== undefined) session.note(newlyExcludedText(run.newlyExcluded));
      }),
    );
}
