/** Engines behind pages run below normal priority, those of the command line do not. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, getPriority } from 'node:os';
import { expect, it } from 'vitest';
import { yieldToPages } from '../../src/main/core/process-priority.ts';

it('lowers a process below the others', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  expect(getPriority(pid)).toBe(getPriority());
  yieldToPages(pid);
  expect(getPriority(pid)).toBe(constants.priority.PRIORITY_BELOW_NORMAL);
  child.kill();
  await once(child, 'exit');
});

it('leaves a process that is gone alone', async () => {
  const child = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' });
  await once(child, 'exit');
  expect(() => yieldToPages(child.pid ?? 0)).not.toThrow();
});
