/** `penumbra runs rename RUN LABEL`: gives a run another name. */
import type { Command } from 'commander';
import { examples } from '../examples.ts';
import type { RunInSession } from '../session.ts';

export function addRunsRename(parent: Command, run: RunInSession): void {
  parent
    .command('rename <run> <label>')
    .description('give a run another name')
    .addHelpText('after', examples("runs rename 01J… 'N = 3, without latent text'"))
    .action((runId: string, label: string, _options: unknown, command: Command) =>
      run(command, async ({ client, print }) => {
        const renamed = await client.runs.rename({ runId, label });
        print(renamed, () => `${renamed.runId} is now called ${renamed.label}.`);
      }),
    );
}
