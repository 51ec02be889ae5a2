/**
 * What every command runs in: the core behind the contract, where to print, and signals. Makes exit codes and the
 * text of failures in one place, and closes the core whatever happens.
 */
import { writeSync } from 'node:fs';
import { ORPCError } from '@orpc/client';
import type { Command } from 'commander';
import { z } from 'zod';
import type { Failure } from '../../shared/failure.ts';
import { failureOf, failureSchema } from '../../shared/failure.ts';
import type { ContractClient, Core } from '../core/core.ts';
import { createCore } from '../core/core.ts';
import type { ExitCode } from './exit-codes.ts';
import { exitCodeOfFailure, exitCodes } from './exit-codes.ts';
import type { Interrupts } from './interrupts.ts';
import { listenForInterrupts } from './interrupts.ts';
import { failureText } from './output/failure-text.ts';
import { printableLines } from './output/printable.ts';

export type Session = Readonly<{
  core: Core;
  client: ContractClient;
  json: boolean;
  interrupts: Interrupts;
  /** The command's result on standard output: the document with `--json`, else the text. */
  print: (document: unknown, text: () => string) => void;
  /** A line for people on standard error. */
  note: (text: string) => void;
}>;

/** The options that every command has. */
export const commonOptionsSchema = z.object({
  store: z.string().optional(),
  json: z.boolean().default(false),
  /** Of `serve` only; the core is made before the command runs. */
  root: z.string().optional(),
});

/** What an interrupted command prints with `--json`; a run that was interrupted prints itself instead. */
const interrupted: Failure = {
  kind: 'cancelled',
  message: 'The command was interrupted.',
  action: 'Start it again; nothing half-made was left behind.',
};

/** Runs one command's work and sets the process's exit code from what it returns or throws. */
export type RunInSession = (command: Command, work: (session: Session) => Promise<ExitCode | void>) => Promise<void>;

export const runInSession: RunInSession = async (command, work) => {
  const options = commonOptionsSchema.parse(command.optsWithGlobals());
  const storeMustExist = options.store !== undefined && worksOnStoredRuns(command);
  const core = createCore({
    storePath: options.store,
    storeMustExist,
    browseRoot: options.root,
    hasPages: command.name() === 'serve',
  });
  let hasPrinted = false;
  let isLeaving = false;
  const leave = (): never => {
    // One document whatever happens; a write to a pipe may not be over when the process ends, this one is.
    if (options.json && !hasPrinted) writeSync(1, `${JSON.stringify({ error: interrupted }, null, 2)}\n`);
    process.exit(exitCodes.interrupted);
  };
  const interrupts = listenForInterrupts((level) => {
    isLeaving = true;
    if (level === 'stop-now') leave();
    void core.close().finally(leave);
  });
  const session: Session = {
    core,
    client: core.client,
    json: options.json,
    interrupts,
    print: (document, text) => {
      hasPrinted = true;
      process.stdout.write(options.json ? `${JSON.stringify(document, null, 2)}\n` : `${printableLines(text())}\n`);
    },
    note: (text) => {
      process.stderr.write(`${printableLines(text)}\n`);
    },
  };
  try {
    process.exitCode = (await work(session)) ?? exitCodes.done;
  } catch (error) {
    // What was cancelled by the interrupt is told once, on the way out.
    const isTold = options.json && isLeaving && failureFrom(error)?.kind === 'cancelled';
    process.exitCode = isTold ? exitCodes.interrupted : reportError(error, options.json);
  } finally {
    interrupts.leave();
    await core.close().catch((error: unknown) => {
      process.exitCode = reportError(error, false);
    });
  }
};

/**
 * Whether the command is about runs that are there already: no empty store is made for a mistyped name then. The
 * default store may be new, and simply has no runs.
 */
function worksOnStoredRuns(command: Command): boolean {
  if (command.parent?.name() === 'runs') return command.name() !== 'unpack';
  return command.name() === 'export';
}

/** Prints a failure (for people on standard error, with `--json` as the document) and returns its exit code. */
export function reportError(error: unknown, json: boolean): ExitCode {
  const failure = failureFrom(error);
  if (failure !== undefined) {
    if (json) process.stdout.write(`${JSON.stringify({ error: failure }, null, 2)}\n`);
    else process.stderr.write(`${failureText(failure)}\n`);
    return exitCodeOfFailure(failure);
  }
  const text = error instanceof Error ? error.message : String(error);
  // The API has logged the details of a bug behind it already; one in a command itself is shown here.
  if (!(error instanceof ORPCError)) {
    process.stderr.write(`internal error: ${error instanceof Error ? (error.stack ?? text) : text}\n`);
  }
  if (json) process.stdout.write(`${JSON.stringify({ error: { kind: 'internal', message: text } }, null, 2)}\n`);
  else process.stderr.write('error: This is a bug in Penumbra; please report it with the lines above.\n');
  return exitCodes.failed;
}

/** The typed failure in what a command or the API threw. */
export function failureFrom(error: unknown): Failure | undefined {
  const own = failureOf(error);
  if (own !== undefined) return own;
  if (!(error instanceof ORPCError) || error.code !== 'FAILURE') return undefined;
  const parsed = failureSchema.safeParse(error.data);
  return parsed.success ? parsed.data : undefined;
}
