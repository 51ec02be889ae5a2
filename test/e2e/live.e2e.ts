/** Pages follow what others do, in a real browser: another process's changes appear, a lost server is said and found. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runPenumbra } from '../support/run-penumbra.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { startBrowser } from './browser.ts';
import { makePausedRuns, type PausedRuns } from './paused-runs.ts';
import { serveStore } from './served-store.ts';

const newFolder = temporaryFolders();
const folder = await newFolder();
let browser: Browser;
let stored: PausedRuns;

beforeAll(async () => {
  [browser, stored] = await Promise.all([startBrowser(), makePausedRuns(folder, [40, 40])]);
});
afterAll(() => browser.close());

it('a run that another process deletes or finishes changes on the screen, in eight tabs', async () => {
  const served = await serveStore(folder, stored.store);
  const context = await browser.newContext();
  const pages = await Promise.all(Array.from({ length: 8 }, () => context.newPage()));
  for (const page of pages) {
    await page.goto(served.address);
    await page
      .getByRole('link', { name: /ivt-lr/ })
      .nth(1)
      .waitFor();
  }
  const [first = '', second = ''] = stored.runIds;
  const inStore = ['--store', stored.store, '--json'];
  expect((await runPenumbra(['runs', 'delete', first, ...inStore], { dataFolder: folder })).code).toBe(0);
  for (const page of pages) {
    await page
      .getByRole('link', { name: /ivt-lr/ })
      .nth(1)
      .waitFor({ state: 'detached', timeout: 10_000 });
  }
  const [page] = pages;
  await page?.goto(`${new URL(served.address).origin}/#/runs/${second}`);
  await page?.getByRole('button', { name: 'Resume' }).first().waitFor();
  expect((await runPenumbra(['runs', 'resume', second, ...inStore], { dataFolder: folder })).code).toBe(0);
  await page
    ?.getByText(/^finished$/i)
    .first()
    .waitFor({ timeout: 10_000 });
  await context.close();
  await served.stop();
});

it('paused runs that are chosen together are resumed, the oldest first', async () => {
  const own = await newFolder();
  const { store, runIds } = await makePausedRuns(own, [12, 12]);
  const served = await serveStore(own, store);
  const page = await browser.newPage();
  await page.goto(served.address);
  await page.getByRole('checkbox', { name: 'Choose all shown runs' }).check();
  const bar = page.getByRole('region', { name: 'Chosen runs' });
  await bar.getByRole('button', { name: 'Resume 2' }).click();
  const listed = async () => (await served.client.runs.list({})).runs;
  await expect
    .poll(async () => (await listed()).map(({ status }) => status), { timeout: 30_000 })
    .toEqual(['finished', 'finished']);
  const byEnd = (await listed()).toSorted((a, b) => ((a.finishedAt ?? '') < (b.finishedAt ?? '') ? -1 : 1));
  expect(byEnd.map(({ runId }) => runId)).toEqual(runIds);
  await bar.getByRole('button', { name: /^Resume/ }).waitFor({ state: 'detached' });
  await page.close();
  await served.stop();
});

it('a server that has gone is said, and one that knows this page no more says what to do', async () => {
  const served = await serveStore(folder, stored.store);
  const page = await browser.newPage();
  await page.goto(served.address);
  await page.getByRole('heading', { name: 'Runs' }).first().waitFor();
  await served.stop();
  await page.getByText('The server cannot be reached; trying again.').waitFor({ timeout: 20_000 });
  const port = new URL(served.address).port;
  const another = await serveStore(folder, stored.store, port);
  await page.getByText('This session has ended.').waitFor({ timeout: 20_000 });
  await page.goto(another.address);
  await page
    .getByRole('link', { name: /ivt-lr/ })
    .first()
    .waitFor();
  expect(await page.getByText('This session has ended.').count()).toBe(0);
  await page.close();
  await another.stop();
});
