/** Processes that are to end: one that works, and one that has ended without our knowing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { endProcess } from '../../src/main/electron/end-process.ts';

it('ends a process that leaves signals to its owner, and takes it calmly when it has gone', async () => {
  const child = spawn(process.execPath, [
    '--eval',
    'process.on("SIGTERM", () => undefined); setInterval(() => undefined, 1000); console.log("ready")',
  ]);
  await once(child.stdout, 'data');
  const { pid } = child;
  const asUtility = { pid, kill: () => child.kill() };
  endProcess(asUtility);
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  expect(() => endProcess(asUtility)).not.toThrow();
});
