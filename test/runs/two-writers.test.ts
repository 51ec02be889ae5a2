/** Two processes that write two runs into one new store at once: no error, and both runs whole. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openStore } from '../../src/main/store/store.ts';
import type { DriverRequest } from '../support/run-driver.ts';
import { createWorkplace } from '../support/run-workplace.ts';
import { temporaryFolders } from '../support/temp-folder.ts';

const newFolder = temporaryFolders();
const driver = fileURLToPath(new URL('../support/run-driver.ts', import.meta.url));

it('two runs of two processes in one store', async () => {
  const { dataset, model, storePath } = createWorkplace(await newFolder(), { questionCount: 300 });
  const engine = { batchMs: 1, suggestedBatchSize: 2 };
  const request: DriverRequest = { storePath, dataset, model, mode: 'new', engine };
  const children = [1, 2].map(() => spawn(process.execPath, [driver, JSON.stringify(request)], { stdio: 'inherit' }));
  const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0] as number));
  expect(codes).toEqual([0, 0]);
  const store = openStore(storePath);
  const runs = store.runs.list(10, 0);
  expect(runs.map(({ status }) => status)).toEqual(['finished', 'finished']);
  const [first, second] = runs.map(({ runRow }) =>
    store.predictions.after(runRow, -1, 500, { steps: 'all' }).map(({ prediction }) => prediction),
  );
  expect(first).toHaveLength(300);
  expect(first).toEqual(second);
  expect(store.checkIntegrity()).toBe('ok');
  store.close();
});
