/** An engine at work beside the benchmark: a run after the other of the demo, in a process and a store of their own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('./evaluate-again.ts', import.meta.url));

export type BusyEngine = Readonly<{ stop: () => Promise<void> }>;

/** Returns once the engine has answered a first batch. */
export async function startBusyEngine(): Promise<BusyEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'penumbra-bench-engine-'));
  const child = spawn(process.execPath, [script, join(folder, 'store.sqlite')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const working = new Promise<void>((resolve) => createInterface(child.stdout).once('line', () => resolve()));
  const ended = exited.then(() => {
    throw new Error('the engine beside the benchmark ended before it worked');
  });
  ended.catch(() => undefined);
  await Promise.race([working, ended]);
  return {
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
