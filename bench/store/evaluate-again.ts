/**
 * A process for `busy-engine.ts`: a core as `penumbra serve` makes it that evaluates the demo again and again in the
 * store of its first argument. Prints a line once the first batch has been answered; ends with SIGTERM.
 */
import { createCore } from '../../src/main/core/core.ts';

const core = createCore({ storePath: process.argv[2] ?? '', hasPages: true });
process.once('SIGTERM', () => void core.close().finally(() => process.exit(0)));
const { client } = core;

const { taskId } = await client.models.startDemoImport();
while ((await client.tasks.list()).tasks.find((task) => task.taskId === taskId)?.status === 'running') {
  await new Promise((resolve) => setTimeout(resolve, 50));
}
for (let isFirst = true; ;) {
  const { runId } = await client.runs.startDemo();
  for await (const { done } of await client.runs.watch({ runId })) {
    if (!isFirst || done === 0) continue;
    isFirst = false;
    process.stdout.write('working\n');
  }
}
