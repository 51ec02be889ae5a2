/** The one place where outcomes become exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted. */
import type { Failure } from '../../shared/failure.ts';
import type { RunStatus } from '../../shared/run.ts';

export const exitCodes = { done: 0, failed: 1, wrongUsage: 2, interrupted: 130 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export function exitCodeOfFailure({ kind }: Failure): ExitCode {
  if (kind === 'wrong-usage' || kind === 'invalid-settings') return exitCodes.wrongUsage;
  return kind === 'cancelled' ? exitCodes.interrupted : exitCodes.failed;
}

/** Exit code of a command that followed a run to this state. A paused or interrupted run can be resumed. */
export const exitCodeOfRun: Readonly<Record<RunStatus, ExitCode>> = {
  finished: exitCodes.done,
  failed: exitCodes.failed,
  running: exitCodes.interrupted,
  paused: exitCodes.interrupted,
  interrupted: exitCodes.interrupted,
};
