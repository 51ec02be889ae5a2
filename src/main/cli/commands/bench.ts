/** `penumbra bench [NAME]`: hands over to the benchmarks of a checkout. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { programFiles } from '../../core/program-files.ts';
import { fail } from '../../../shared/failure.ts';
import { examples } from '../examples.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import type { RunInSession } from '../session.ts';

export function addBench(parent: Command, run: RunInSession): void {
  parent
    .command('bench [name]')
    .description('run a benchmark, or list them')
    .option('--keep', 'keep the result under bench/results')
    .addHelpText('after', examples('bench', 'bench engine --json'))
    .action((name: string | undefined, given: Readonly<{ keep?: boolean }>, command: Command) =>
      run(command, ({ json }) => {
        const entry = join(programFiles.root, 'bench', 'run.ts');
        if (!existsSync(entry)) fail('missing-file', 'The benchmarks are part of a checkout.', { file: entry });
        const flags = [...(given.keep === true ? ['--keep'] : []), ...(json ? ['--json'] : [])];
        return runNode([entry, ...(name === undefined ? [] : [name]), ...flags]);
      }),
    );
}

function runNode(args: readonly string[]): Promise<ExitCode> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', (code) =>
      resolve(code === 0 ? exitCodes.done : code === 2 ? exitCodes.wrongUsage : exitCodes.failed),
    );
  });
}
