/** `penumbra model inspect DIR`: what an imported model is. */
import type { Command } from 'commander';
import { examples } from '../examples.ts';
import { bundleText } from '../output/bundle-text.ts';
import type { RunInSession } from '../session.ts';

export function addModelInspect(parent: Command, run: RunInSession): void {
  parent
    .command('inspect <dir>')
    .description('show dimensions, precision, fingerprint and training of an imported model')
    .addHelpText('after', examples('model inspect ./ivtlr-7b'))
    .action((path: string, _options: unknown, command: Command) =>
      run(command, async ({ client, print }) => {
        const bundle = await client.models.inspect({ path });
        print(bundle, () => bundleText(path, bundle));
      }),
    );
}
