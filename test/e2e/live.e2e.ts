/** Pages follow what others do, in a real browser: another process's changes appear, a lost server is said and found. */
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { runPenumbra } from '../support/run-penumbra.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { startBrowser } from './browser.ts';
import { makePausedRuns, type PausedRuns } from './paused-runs.ts';
import { unrepeatable, waitMs, workMs } from './patience.ts';
import { serveStore } from './served-store.ts';

const newFolder = temporaryFolders();
const folder = await newFolder();
let browser: Browser;
let stored: PausedRuns;

beforeAll(async () => {
  [browser, stored] = await Promise.all([startBrowser(), makePausedRuns(folder, [40, 40])]);
});
afterAll(() => browser.close());

/** Ends with the test. */
async function startServer(...[place, store, port]: Parameters<typeof serveStore>) {
  const server = await serveStore(place, store, port);
  onTestFinished(async () => void (await server.stop()));
  return server;
}

/** Ends with the test. */
async function openContext(): Promise<BrowserContext> {
  const context = await browser.newContext();
  context.setDefaultTimeout(waitMs);
  onTestFinished(() => context.close());
  return context;
}

// What it deletes and finishes is not there for a second try.
it('a run that another process deletes or finishes changes on the screen, in eight tabs', unrepeatable, async () => {
  const served = await startServer(folder, stored.store);
  const context = await openContext();
  const pages = await Promise.all(Array.from({ length: 8 }, () => context.newPage()));
  for (const page of pages) {
    await page.goto(served.address);
    await page
      .getByRole('link', { name: /IVT-LR/ })
      .nth(1)
      .waitFor();
  }
  const [first = '', second = ''] = stored.runIds;
  const inStore = ['--store', stored.store, '--json'];
  expect((await runPenumbra(['runs', 'delete', first, ...inStore], { dataFolder: folder })).code).toBe(0);
  for (const page of pages) {
    await page
      .getByRole('link', { name: /IVT-LR/ })
      .nth(1)
      .waitFor({ state: 'detached' });
  }
  const [page] = pages;
  await page?.goto(`${new URL(served.address).origin}/#/runs/${second}`);
  await page?.getByRole('button', { name: 'Resume' }).first().waitFor();
  expect((await runPenumbra(['runs', 'resume', second, ...inStore], { dataFolder: folder })).code).toBe(0);
  await page
    ?.getByText(/^finished$/i)
    .first()
    .waitFor();
});

it('paused runs that are chosen together are resumed, the oldest first', async () => {
  const own = await newFolder();
  const { store, runIds } = await makePausedRuns(own, [12, 12]);
  const served = await startServer(own, store);
  const page = await (await openContext()).newPage();
  await page.goto(served.address);
  await page.getByRole('checkbox', { name: 'Choose all shown runs' }).check();
  const bar = page.getByRole('region', { name: 'Chosen runs' });
  await bar.getByRole('button', { name: 'Resume 2' }).click();
  const listed = async () => (await served.client.runs.list({})).runs;
  await expect
    .poll(async () => (await listed()).map(({ status }) => status), { timeout: workMs })
    .toEqual(['finished', 'finished']);
  const byEnd = (await listed()).toSorted((a, b) => ((a.finishedAt ?? '') < (b.finishedAt ?? '') ? -1 : 1));
  expect(byEnd.map(({ runId }) => runId)).toEqual(runIds);
  await bar.getByRole('button', { name: /^Resume/ }).waitFor({ state: 'detached' });
});

it('a server that has gone is said, and one that knows this page no more says what to do', async () => {
  const served = await startServer(folder, stored.store);
  const page = await (await openContext()).newPage();
  await page.goto(served.address);
  await page.getByRole('heading', { name: 'Runs' }).first().waitFor();
  await served.stop();
  await page.getByText('The server cannot be reached; trying again.').waitFor();
  const port = new URL(served.address).port;
  const another = await startServer(folder, stored.store, port);
  await page.getByText('This session has ended.').waitFor();
  await page.goto(another.address);
  await page
    .getByRole('link', { name: /IVT-LR/ })
    .first()
    .waitFor();
  await expect.poll(() => page.getByText('This session has ended.').count()).toBe(0);
});
