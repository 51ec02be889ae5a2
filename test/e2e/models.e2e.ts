/** Models, tasks and keys in a real browser over an empty store: from the first checkpoint to its deletion. */
import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { goldenRoot } from '../support/golden.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { screenshotFolder, startBrowser } from './browser.ts';
import { longTestMs, unrepeatable, workMs } from './patience.ts';
import { seriousFindings } from './serious-findings.ts';
import { serveStore, type ServedStore } from './served-store.ts';
import { openWatchedPage, type WatchedPage } from './watched-page.ts';

const folder = await temporaryFolders()();
const checkpoint = join(folder, 'tiny');
let browser: Browser;
let served: Omit<ServedStore, 'runId'>;
let page: Page;
let close: WatchedPage['close'];

beforeAll(async () => {
  await cp(join(goldenRoot, 'tiny-untied'), checkpoint, { recursive: true });
  [browser, served] = await Promise.all([startBrowser(), serveStore(folder, join(folder, 'store.sqlite'))]);
});
afterAll(async () => {
  await browser.close();
  expect(await served.stop()).toBe(0);
});

beforeEach(async () => {
  ({ page, close } = await openWatchedPage(browser));
  // Colours are measured as they stay, not while something fades in.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto(served.address);
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
});
afterEach(() => close());

describe('keys', () => {
  it('go to pages, and the help lists them with those of the page', async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('m');
    await page.getByRole('heading', { name: 'Models', exact: true }).waitFor();
    await expect.poll(() => page.title()).toBe('Models – Penumbra');
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'Keys' });
    await help.getByText('Import a checkpoint').waitFor();
    await expect
      .poll(() => help.getByRole('heading').allTextContents())
      .toEqual(expect.arrayContaining(['Models', 'Everywhere']));
    // An open dialog has the keys: nothing goes to the datasets.
    await page.keyboard.press('g');
    await page.keyboard.press('d');
    expect(new URL(page.url()).hash).toBe('#/models');
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'hidden' });
  });

  it('the palette finds a page by some of its name', async () => {
    await page.keyboard.press('Control+k');
    await page.getByLabel('Go to a page or a run', { exact: true }).fill('datas');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Datasets', exact: true }).waitFor();
  });
});

describe('models', () => {
  it(
    'a checkpoint is imported with its plan shown before and its report after, then deleted',
    { ...unrepeatable, timeout: longTestMs },
    async () => {
      await page.goto(`${new URL(served.address).origin}/#/models`);
      await page.getByRole('button', { name: 'Import a checkpoint…' }).click();
      await page.getByRole('button', { name: 'Choose the folder…' }).click();
      await page.getByPlaceholder('Type to filter, or paste a path').fill(checkpoint);
      await page.keyboard.press('Enter');
      const int4 = page.getByLabel(/^int4: .* on disk, about .* of memory/);
      await int4.check();
      await page.getByText(join(folder, 'models', 'tiny-int4')).waitFor();
      await page.getByLabel('4. Name (optional)').fill('My tiny');
      await page.getByText(join(folder, 'models', 'My-tiny-int4')).waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await page.getByRole('button', { name: 'Start the import' }).click();
      await page
        .getByText('computes right: a small test model answers as it does in PyTorch')
        .waitFor({ timeout: workMs });
      await page.screenshot({ path: join(screenshotFolder, 'model-report.png') });
      await page.getByRole('link', { name: 'Evaluate…' }).click();
      await page.getByRole('heading', { name: 'New run' }).waitFor();
      await page.getByText('My tiny (int4)').first().waitFor();

      expect(await readdir(join(folder, 'models'))).toEqual(['My-tiny-int4']);
      await page.goto(`${new URL(served.address).origin}/#/models`);
      await page.getByRole('button', { name: 'My tiny (int4)' }).click();
      await page.getByRole('button', { name: 'Delete…' }).click();
      await page.getByRole('button', { name: 'Delete', exact: true }).waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await page.getByRole('button', { name: 'Delete', exact: true }).click();
      await page.getByText('No models yet').waitFor();
      expect(await readdir(join(folder, 'models'))).toEqual([]);
    },
  );
});

describe('preferences', () => {
  it('colours are remembered by the store, not by the browser', async () => {
    const stored = async () => (await served.client.preferences.get())['colour-scheme'];
    await page.getByRole('button', { name: 'Use dark colours' }).click();
    await expect.poll(stored).toBe('dark');
    const fresh = await openWatchedPage(browser);
    await fresh.page.goto(served.address);
    await fresh.page.getByRole('button', { name: 'Use light colours' }).click();
    await expect.poll(stored).toBe('light');
    await fresh.close();
  });
});
