/** The newcomer's path without a mouse, and always with a visible focus. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readCsvRows } from '../support/read-csv.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { startBrowser } from './browser.ts';
import { longTestMs, unrepeatable, workMs } from './patience.ts';
import { serveStore, type ServedStore } from './served-store.ts';
import { column, number, scoredQuestions } from './stored.ts';
import { openWatchedPage } from './watched-page.ts';

/** More stops than any of these pages has before what is looked for. */
const mostStops = 60;

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

/** Where the focus is: its words, and whether it can be seen. */
const stop = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return null;
    // Of the element, of what is laid over its row, or of the label that stands for a hidden radio button.
    const label = element instanceof HTMLInputElement ? (element.labels?.[0] ?? null) : null;
    const shown = element.getBoundingClientRect().width > 0 ? element : (label ?? element);
    const isOutlined = [null, '::after'].some((part) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(shown, part);
      return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1;
    });
    const box = shown.getBoundingClientRect();
    const labels =
      element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? [...(element.labels ?? [])] : [];
    return {
      words: [element.getAttribute('aria-label'), ...labels.map((label) => label.textContent), element.textContent]
        .filter((text) => text !== null && text !== '')
        .join(' ')
        .trim(),
      isSeen: isOutlined && box.width > 0 && box.height > 0,
      isInView: box.bottom > 0 && box.top < window.innerHeight && box.right > 0 && box.left < window.innerWidth,
    };
  });

/** Tab until the focus is on what is looked for; every stop on the way can be seen. */
async function tabTo(page: Page, words: RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const passed: string[] = [];
  for (let count = 0; count < mostStops; count += 1) {
    await page.keyboard.press(key);
    const now = await stop(page);
    if (now === null) continue;
    passed.push(now.words);
    expect.soft([now.words, now.isSeen, now.isInView]).toEqual([now.words, true, true]);
    if (words.test(now.words)) return;
  }
  throw new Error(`Tab never came to ${String(words)}; it came to:\n${passed.join('\n')}`);
}

it('leads from the first start to patches, a note and a file', { ...unrepeatable, timeout: longTestMs }, async () => {
  const { page, close } = await openWatchedPage(browser);
  await page.goto(served.address);
  await page.getByRole('button', { name: 'Try the demo' }).waitFor();
  await tabTo(page, /^Try the demo$/);
  await page.keyboard.press('Enter');
  await page.waitForURL(/#\/runs\/[^/]+$/, { timeout: workMs });
  const runId = decodeURIComponent(page.url().split('/').at(-1) ?? '');
  await page.getByText('finished', { exact: true }).first().waitFor({ timeout: workMs });

  await tabTo(page, /^Questions \(/);
  await page.keyboard.press('Enter');
  await page.locator('[data-index="0"] a').waitFor();
  await page.getByRole('treeitem', { name: /^mathematics/ }).waitFor();
  await tabTo(page, /^All/);
  for (const key of ['ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
  await expect.poll(() => stop(page)).toMatchObject({ words: expect.stringMatching(/^mathematics/), isSeen: true });
  await page.keyboard.press('Enter');
  await page.waitForURL(/where=domain=mathematics/);
  await page.getByText('204 of 612 questions', { exact: true }).waitFor();
  await page.keyboard.press('f');
  await page.waitForURL(/where=outcome=/);
  const failures = `${scoredQuestions} WHERE run_id = ? AND domain = 'mathematics' AND outcome <> 0`;
  const expected = number(store, `SELECT count(*) ${failures}`, runId);
  await page.getByText(`${String(expected)} of 612 questions`, { exact: true }).waitFor();

  // The second of the list.
  for (const key of ['j', 'j']) await page.keyboard.press(key);
  await page.locator('[data-index="1"] a:focus').waitFor();
  expect((await stop(page))?.isSeen).toBe(true);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/questions\/[^?]+/);
  const opened = /\/questions\/([^?]+)/.exec(page.url())?.[1] ?? '';
  expect(decodeURIComponent(opened)).toBe(
    column(store, `SELECT sample_id ${failures} ORDER BY predictions.position LIMIT 1 OFFSET 1`, runId)[0],
  );
  await page.locator('rect[data-role="selected"]').first().waitFor();
  for (const step of ['1', '2', '3']) {
    await page.keyboard.press(step);
    await page
      .locator(`rect[data-role="selected"][data-step="${String(Number(step) - 1)}"]`)
      .first()
      .waitFor();
  }

  await tabTo(page, /^Latent steps$/);
  for (const key of ['End', 'Enter']) await page.keyboard.press(key);
  await page.getByRole('tab', { name: 'Note', selected: true }).waitFor();
  await tabTo(page, /^Note on this answer/);
  await page.keyboard.type('Looks at the wrong bar.');
  await page.getByText('Saved', { exact: true }).waitFor();
  expect(column(store, 'SELECT note FROM notes')).toEqual(['Looks at the wrong bar.']);

  // Out of the field, then back to where the list was left.
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('u');
  await page.waitForURL(/\/questions\?.*where=outcome=/);
  await page.locator(`[data-cursor] a[href*="${opened}"]`).waitFor();

  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keys' });
  await help.getByText('Failures only, and back').waitFor();
  await help.getByText('Go to Datasets').waitFor();
  await page.keyboard.press('Escape');
  await help.waitFor({ state: 'detached' });

  await page.keyboard.press('e');
  await page.locator('[role="dialog"] :focus').waitFor();
  await tabTo(page, /With the manifest/);
  await page.keyboard.press('Space');
  await tabTo(page, /^Download$/);
  const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
  const saved = join(folder, 'saved.csv');
  await download.saveAs(saved);
  expect(readCsvRows(await readFile(saved, 'utf8')).map(({ sample_id: id }) => id)).toEqual(
    column(store, `SELECT sample_id ${failures} ORDER BY predictions.position`, runId),
  );
  await close();
});

it('opens the actions of a category from its row, and comes back to it', async () => {
  const { page, close } = await openWatchedPage(browser);
  await page.goto(served.address);
  await page.locator('a[href^="#/runs/"]').first().waitFor();
  const [runId] = column(store, 'SELECT run_id FROM runs');
  await page.goto(`${new URL(served.address).origin}/#/runs/${String(runId)}/questions`);
  await page.locator('[data-index="0"] a').waitFor();
  await page.getByRole('treeitem', { name: /^mathematics/ }).waitFor();
  await tabTo(page, /^All/);
  for (const key of ['ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
  await page.keyboard.press('Shift+F10');
  const menu = page.getByRole('menu');
  await menu.getByText('mathematics', { exact: true }).waitFor();
  await page.keyboard.press('Escape');
  await menu.waitFor({ state: 'detached' });

  // The same by its button, the stop after the row.
  await tabTo(page, /^Actions for mathematics$/);
  await page.keyboard.press('Enter');
  await menu.waitFor();
  await page.locator('[role="menu"]:focus, [role="menu"] :focus').waitFor();
  await page.keyboard.press('ArrowDown');
  await expect.poll(async () => (await stop(page))?.words).toBe('Tag…');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Tag mathematics' }).waitFor();
  await close();
});
