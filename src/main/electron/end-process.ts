/** Ends a process at once, whether or not it still is there: its exit may be on the way to us. */
import type { UtilityProcess } from 'electron';
import { systemCode } from '../files/io-failure.ts';

export function endProcess(child: Pick<UtilityProcess, 'pid' | 'kill'>): void {
  // Its own `kill` is a SIGTERM, which core and engines leave to their owner.
  if (child.pid === undefined) return void child.kill();
  try {
    process.kill(child.pid, 'SIGKILL');
  } catch (error) {
    if (systemCode(error) !== 'ESRCH') throw error;
  }
}
