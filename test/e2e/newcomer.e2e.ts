/**
 * The newcomer's path, from an empty profile: the demo in one click, the failures of one category, the patches of a
 * question step by step, the CSV. Against the real program, engine and browser.
 */
import { readFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readCsvRows } from '../support/read-csv.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { startBrowser } from './browser.ts';
import { longTestMs, unrepeatable, workMs } from './patience.ts';
import { serveStore, type ServedStore } from './served-store.ts';
import { openWatchedPage } from './watched-page.ts';

/** What the first start promises where the cores are its own; others at work before the click or after it stretch it. */
const promisedMs = { firstPatches: 10_000, wholeDemo: 60_000 };
const busynessBefore = Math.max(1, (loadavg()[0] ?? 0) / availableParallelism());

/** How many times longer than its own work one thread takes just now, for others at work. */
function busynessNow(): number {
  const [started, usedBefore] = [performance.now(), process.cpuUsage()];
  while (performance.now() - started < 1000);
  const { user, system } = process.cpuUsage(usedBefore);
  return (performance.now() - started) / ((user + system) / 1000);
}

const folder = await temporaryFolders()();
const store = join(folder, 'store.sqlite');
let browser: Browser;
let served: Omit<ServedStore, 'runId'>;

beforeAll(async () => {
  [browser, served] = await Promise.all([startBrowser(), serveStore(folder, store)]);
});
afterAll(async () => {
  await browser.close();
  expect(await served.stop()).toBe(0);
});

it(
  'leads from the first start to the failures of a category, their patches and a CSV',
  { ...unrepeatable, timeout: longTestMs },
  async () => {
    const { page, close } = await openWatchedPage(browser);
    await page.goto(served.address);

    const clicked = performance.now();
    await page.getByRole('button', { name: 'Try the demo' }).click();
    await page.waitForURL(/#\/runs\/[^/]+$/);
    const runId = decodeURIComponent(page.url().split('/').at(-1) ?? '');

    // The first answered question has its patches on the screen while the run goes on.
    await expect
      .poll(async () => (await served.client.questions.list({ runId, limit: 1 })).total, { timeout: workMs })
      .toBeGreaterThan(0);
    const { rows } = await served.client.questions.list({ runId, limit: 1 });
    const origin = new URL(served.address).origin;
    await page.goto(`${origin}/#/runs/${runId}/questions/${encodeURIComponent(rows[0]?.sampleId ?? '')}`);
    await page.locator('rect[data-role="selected"]').first().waitFor();
    const firstPatches = performance.now() - clicked;

    await page.goto(`${origin}/#/runs/${runId}`);
    await page.getByText('finished', { exact: true }).first().waitFor({ timeout: workMs });
    const wholeDemo = performance.now() - clicked;
    const busyness = Math.max(busynessBefore, busynessNow());
    const seconds = [firstPatches, wholeDemo, busyness * 1000].map((ms) => (ms / 1000).toFixed(1));
    process.stdout.write(`first patches after ${String(seconds[0])} s, all after ${String(seconds[1])} s`);
    process.stdout.write(`, on cores wanted ${String(seconds[2])} times over\n`);
    expect(firstPatches).toBeLessThan(promisedMs.firstPatches * busyness);
    expect(wholeDemo).toBeLessThan(promisedMs.wholeDemo * busyness);

    // The failures of one category.
    await page.getByRole('link', { name: /^Questions/ }).click();
    await page.waitForURL(/\/questions/);
    await page.getByRole('treeitem', { name: /^mathematics/ }).click();
    await page.waitForURL(/where=domain=mathematics/);
    await page.keyboard.press('f');
    await page.waitForURL(/where=outcome=/);
    const expected = countFailures(runId, 'mathematics');
    await page.getByText(`${String(expected)} of 612 questions`, { exact: true }).waitFor();

    // One of them, step by step.
    await page.locator(`a[href*="/runs/${runId}/questions/"]`).first().click();
    await page.locator('rect[data-role="selected"]').first().waitFor();
    const steps = await page.getByRole('group', { name: 'Latent step' }).getByRole('button', { name: /^\d$/ }).count();
    expect(steps).toBeGreaterThan(0);
    for (let step = 1; step <= steps; step += 1) {
      await page.keyboard.press(String(step));
      await page
        .locator(`rect[data-role="selected"][data-step="${String(step - 1)}"]`)
        .first()
        .waitFor();
    }

    // Back to the list, and its CSV.
    await page.keyboard.press('u');
    await page.getByText(`${String(expected)} of 612 questions`, { exact: true }).waitFor();
    await page.keyboard.press('e');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('checkbox', { name: /manifest/ }).uncheck();
    const download = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Download' }).click();
    const saved = join(folder, 'saved.csv');
    await (await download).saveAs(saved);
    const table = readCsvRows(await readFile(saved, 'utf8'));
    expect(table).toHaveLength(expected);
    expect(new Set(table.map(({ sample_id: id }) => id))).toEqual(failuresOf(runId, 'mathematics'));
    await close();
  },
);

/** Sample ids of a domain that the run's scorer did not find right, by SQL of our own. */
function failuresOf(runId: string, domain: string): Set<unknown> {
  const database = new Database(store, { readonly: true });
  const rows = database
    .prepare(
      `SELECT samples.sample_id FROM scores
       JOIN runs ON runs.run_row = scores.run_row AND runs.scorer = scores.scorer
       JOIN planned_questions AS planned ON planned.run_row = scores.run_row AND planned.position = scores.position
       JOIN samples ON samples.sample_row = planned.sample_row
       JOIN strata ON strata.stratum_row = samples.stratum_row
       WHERE runs.run_id = ? AND strata.domain = ? AND scores.outcome <> 0`,
    )
    .pluck()
    .all(runId, domain);
  database.close();
  return new Set(rows);
}

const countFailures = (runId: string, domain: string): number => failuresOf(runId, domain).size;
