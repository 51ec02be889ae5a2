/** Nothing of a run leaves the machine: the runtime's telemetry would leave traces in these folders before it sends. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { programFiles } from '../../src/main/core/program-files.ts';
import { createForkEngineHost } from '../../src/main/runs/engine-host.ts';
import { EngineSupervisor } from '../../src/main/runs/engine-supervisor.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { importTiny } from '../support/tiny-bundles.ts';

const newFolder = temporaryFolders();

it('an engine that loads a model writes no device identifier and no events', async () => {
  const bundlePath = join(await newFolder(), 'bundle');
  await importTiny('tiny-tied', bundlePath);
  const home = await newFolder();
  // On a build server the runtime is silent anyway: there this would prove nothing.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(CI|BUILD_|GITHUB_|TF_BUILD|ORT_|VITEST)/.test(name)),
  );
  const engine = new EngineSupervisor(
    createForkEngineHost({
      entry: programFiles.engineEntry,
      env: { ...env, HOME: home, TMPDIR: home, XDG_CACHE_HOME: join(home, 'cache') },
    }),
    { bundlePath, fingerprint: null, device: 'cpu', threadCount: 1 },
  );
  expect((await engine.ready()).device).toBe('cpu');
  await engine.close();
  expect(await readdir(home, { recursive: true })).toEqual([]);
});
