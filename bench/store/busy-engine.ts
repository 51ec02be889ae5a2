/** An engine at work beside the benchmark: the demo is evaluated again and again in a store of its own until it is stopped. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../src/main/cli/main.ts', import.meta.url));

export type BusyEngine = Readonly<{ stop: () => Promise<void> }>;

/** Returns once the first demo has ended: from then on model and dataset are there, and only the engine works. */
export async function startBusyEngine(): Promise<BusyEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'penumbra-bench-engine-'));
  const stopping = new AbortController();
  const start = (): ChildProcess =>
    spawn(process.execPath, [program, 'demo', '--store', join(folder, 'store.sqlite')], {
      cwd: folder,
      stdio: 'ignore',
    });
  await once(start(), 'exit');
  let current = start();
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      await once(current, 'exit');
      if (!stopping.signal.aborted) current = start();
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      current.kill('SIGTERM');
      await loop;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
