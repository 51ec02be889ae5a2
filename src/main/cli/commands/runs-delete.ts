/** `penumbra runs delete RUN`: removes a run with all its answers from the store. */
import type { Command } from 'commander';
import { examples } from '../examples.ts';
import type { RunInSession } from '../session.ts';

export function addRunsDelete(parent: Command, run: RunInSession): void {
  parent
    .command('delete <run>')
    .description('remove a run with its answers and traces from the store; datasets and models stay')
    .addHelpText('after', examples('runs delete 01J…'))
    .action((runId: string, _options: unknown, command: Command) =>
      run(command, async ({ client, print }) => {
        const deleted = await client.runs.delete({ runId });
        print(deleted, () => `Deleted ${deleted.runId}.`);
      }),
    );
}
