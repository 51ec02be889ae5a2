/** `penumbra runs resume RUN`: goes on with a paused or interrupted run. */
import type { Command } from 'commander';
import { examples } from '../examples.ts';
import { exitCodeOfRun } from '../exit-codes.ts';
import { followRun } from '../follow-run.ts';
import { printRun } from '../print-run.ts';
import type { RunInSession } from '../session.ts';
import { addChangeOptions, settingsOf } from '../settings-options.ts';

export function addRunsResume(parent: Command, run: RunInSession): void {
  const command = parent
    .command('resume <run>')
    .description('go on with a run; answers exactly the questions that have no answer yet');
  addChangeOptions(command, ['engines', 'gpus'])
    .addHelpText('after', examples('runs resume 01J…', 'runs resume 01J… --engines 4'))
    .action((runId: string, given: Record<string, unknown>, self: Command) =>
      run(self, async (session) => {
        const done = await followRun(session, () => session.client.runs.resume({ runId, ...settingsOf(given) }));
        await printRun(session, done);
        return exitCodeOfRun[done.status];
      }),
    );
}
