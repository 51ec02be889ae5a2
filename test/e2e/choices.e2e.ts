/**
 * What is chosen on a run's pages and on Compare is in the address: a reload and the way back keep it. What they show
 * and export is what SQL of our own counts.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { scorerNames } from '../../src/shared/prediction.ts';
import { readCsvRows } from '../support/read-csv.ts';
import { readZip } from '../support/read-zip.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { startBrowser } from './browser.ts';
import { serveStore, type ServedStore } from './served-store.ts';
import { column, number, scoredQuestions } from './stored.ts';
import { makeVariedRuns, type VariedRuns } from './varied-runs.ts';
import { openWatchedPage, type WatchedPage } from './watched-page.ts';

const folder = await temporaryFolders()();
let browser: Browser;
let runs: VariedRuns;
let served: Omit<ServedStore, 'runId'>;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  [browser, runs] = await Promise.all([startBrowser(), makeVariedRuns(folder, 24)]);
  served = await serveStore(folder, runs.store);
});
afterAll(async () => {
  await browser.close();
  expect(await served.stop()).toBe(0);
});
beforeEach(async () => {
  watched = await openWatchedPage(browser);
  page = watched.page;
  await page.goto(served.address);
});
afterEach(() => watched.close());

const open = (place: string) => page.goto(`${new URL(served.address).origin}/#/${place}`);

/** Right answers of a run by a scorer. */
const rightBy = (runId: string, scorer: string): number =>
  number(
    runs.store,
    `SELECT count(*) FROM scores JOIN runs USING (run_row) WHERE run_id = ? AND scores.scorer = ? AND outcome = 0`,
    runId,
    scorer,
  );

it('the scorer of an overview, and of the questions that it leads to', async () => {
  const own = rightBy(runs.importedRunId, 'm3cot');
  // Scorers that agreed would prove little.
  const scorer = scorerNames.find((name) => rightBy(runs.importedRunId, name) !== own) ?? '';
  expect(scorer).not.toBe('');
  const other = rightBy(runs.importedRunId, scorer);
  const figure = (right: number) => page.getByText(`${String(right)} of 24 (`, { exact: false }).waitFor();
  await open(`runs/${runs.importedRunId}`);
  await figure(own);
  await page.getByRole('combobox', { name: 'Scorer' }).click();
  await page.getByRole('option', { name: scorer, exact: true }).click();
  await figure(other);
  await page.waitForURL(new RegExp(`\\?scorer=${scorer}$`));
  await page.reload();
  await figure(other);
  await page.getByRole('link', { name: /^Questions \(/ }).click();
  await page.waitForURL(new RegExp(`/questions\\?scorer=${scorer}$`));
  await page.goBack();
  await page.goBack();
  await figure(own);
});

it('the failures of a category, two clicks from the list of runs', async () => {
  await page.locator(`a[href="#/runs/${runs.importedRunId}"]`).first().click();
  await page.getByRole('link', { name: /^\d+ failures in mathematics$/ }).click();
  await page.waitForURL(/where=domain=mathematics&where=outcome=failures/);
  const expected = number(
    runs.store,
    `SELECT count(*) ${scoredQuestions} WHERE run_id = ? AND domain = 'mathematics' AND outcome <> 0`,
    runs.importedRunId,
  );
  expect(expected).toBeGreaterThan(0);
  await page.getByText(`${String(expected)} of 24 questions`, { exact: true }).waitFor();
  const chips = page.getByRole('group', { name: 'What the filter says' });
  await expect.poll(() => chips.getByRole('button', { name: /^Remove / }).count()).toBe(2);
  await chips.getByText('outcome = failures', { exact: true }).waitFor();
});

it('the category whose latent steps are shown', async () => {
  await open(`runs/${runs.runId}/latent`);
  const choice = page.getByRole('combobox', { name: 'Questions' });
  await choice.click();
  await page.getByRole('option', { name: /^mathematics \(/ }).click();
  await page.waitForURL(/\/latent\?where=domain=mathematics$/);
  await page.reload();
  await expect.poll(() => choice.inputValue()).toMatch(/^mathematics \(/);
  const n = number(
    runs.store,
    `SELECT count(*) ${scoredQuestions} WHERE run_id = ? AND domain = 'mathematics'`,
    runs.runId,
  );
  await page
    .getByText(new RegExp(`n = ${String(n)}\\b`))
    .first()
    .waitFor();
  await page.goBack();
  await expect.poll(() => choice.inputValue()).toBe('');
});

it('the compared pair; its counts and its export follow', async () => {
  const [a, b] = [runs.runId, runs.importedRunId];
  await open(`compare?run=${a}&run=${b}&view=pair`);
  const [label] = column(runs.store, 'SELECT label FROM runs WHERE run_id = ?', b) as string[];
  const chosen = page.getByRole('combobox', { name: 'A (before)' });
  await chosen.click();
  await page.getByRole('option', { name: label ?? '', exact: true }).click();
  await page.waitForURL(new RegExp(`a=${b}&b=${a}`));
  await page.reload();
  await expect.poll(() => chosen.inputValue()).toBe(label);

  await page.getByRole('heading', { name: 'Flips' }).waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('e')]);
  const path = join(folder, download.suggestedFilename());
  await download.saveAs(path);
  expect(path).toMatch(/\.zip$/);
  const texts = readZip(await readFile(path));
  const [all] = readCsvRows(texts[Object.keys(texts).find((name) => name.endsWith('.csv')) ?? ''] ?? '');
  const flips = (before: string, after: string): string =>
    String(
      number(
        runs.store,
        `SELECT count(*) FROM (${outcomesOf}) AS a JOIN (${outcomesOf}) AS b USING (sample_row)
         WHERE (a.outcome = 0) ${before} AND (b.outcome = 0) ${after}`,
        b,
        a,
      ),
    );
  expect(all).toMatchObject({
    run_a: b,
    run_b: a,
    scorer: 'm3cot',
    right_to_wrong: flips('', 'IS FALSE'),
    wrong_to_right: flips('IS FALSE', ''),
    both_wrong: flips('IS FALSE', 'IS FALSE'),
  });
});

const outcomesOf = `SELECT predictions.sample_row, scores.outcome FROM scores JOIN runs USING (run_row)
  JOIN predictions ON predictions.run_row = scores.run_row AND predictions.position = scores.position
  WHERE runs.run_id = ? AND scores.scorer = 'm3cot'`;

it.each([1280, 800])('tables of Compare in a window %i pixels wide', async (width) => {
  await page.setViewportSize({ width, height: 800 });
  for (const view of ['pair', 'table']) {
    await open(`compare?run=${runs.runId}&run=${runs.importedRunId}&view=${view}`);
    await page.reload();
    const table = page.getByRole('region', { name: view === 'pair' ? 'Differences by category' : 'Main table' });
    await table.locator('tbody tr').first().waitFor();
    const first = table.locator('tbody tr').first().locator('td, th').first();
    const before = await first.boundingBox();
    const right = () => table.locator('table').evaluate((element) => element.getBoundingClientRect().right);
    if (width === 1280) await expect.poll(right).toBeLessThanOrEqual(width);
    await table.locator('tbody tr').first().locator('td').last().scrollIntoViewIfNeeded();
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    // Which row it is stays in view.
    await expect.poll(async () => (await first.boundingBox())?.x).toBe(before?.x);
  }
});
