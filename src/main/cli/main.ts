/** Entry of the `penumbra` command: parses, runs, and leaves the exit code in `process.exitCode`. */
import { CommanderError } from 'commander';
import { exitCodes } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { reportError, runInSession } from './session.ts';

endWithLauncher();
survivePipes();
await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<void> {
  try {
    await createProgram(runInSession).parseAsync(args, { from: 'user' });
  } catch (error) {
    const json = args.includes('--json');
    if (!(error instanceof CommanderError)) {
      process.exitCode = reportError(error, json);
    } else if (error.exitCode !== 0) {
      // Commander has written its message and a hint to standard error.
      process.exitCode = exitCodes.wrongUsage;
      if (json) {
        const message = error.message.replace(/^error: /, '');
        process.stdout.write(`${JSON.stringify({ error: { kind: 'wrong-usage', message } }, null, 2)}\n`);
      }
    }
  }
}

/** Under the launcher (an older Node), this process must not outlive the one that the user started. */
function endWithLauncher(): void {
  if (process.env['PENUMBRA_TETHERED'] === undefined) return;
  delete process.env['PENUMBRA_TETHERED'];
  process.on('disconnect', () => process.exit(exitCodes.failed));
  process.channel?.unref();
}

/** A reader that goes away (`| head`) or a terminal that closes is no error of ours. */
function survivePipes(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCodes.done);
  });
  process.stderr.on('error', () => undefined);
}
