/** `penumbra runs resume RUN`: goes on with a paused or interrupted run. */
import type { Command } from 'commander';
import { examples } from '../examples.ts';
import { exitCodeOfRun } from '../exit-codes.ts';
import { followRun } from '../follow-run.ts';
import { printRun } from '../print-run.ts';
import type { RunInSession } from '../session.ts';

export function addRunsResume(parent: Command, run: RunInSession): void {
  parent
    .command('resume <run>')
    .description('go on with a run; answers exactly the questions that have no answer yet')
    .addHelpText('after', examples('runs resume 01J…'))
    .action((runId: string, _options: unknown, command: Command) =>
      run(command, async (session) => {
        const done = await followRun(session, () => session.client.runs.resume({ runId }));
        await printRun(session, done);
        return exitCodeOfRun[done.status];
      }),
    );
}
