/** Filters of the questions page: what the page counts is what SQL of our own counts, and filters outlive reloads. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { temporaryFolders } from '../support/temp-folder.ts';
import { startBrowser } from './browser.ts';
import { workMs } from './patience.ts';
import { serveStore, type ServedStore } from './served-store.ts';
import { column, number, scoredQuestions } from './stored.ts';
import { makeVariedRuns, type VariedRuns } from './varied-runs.ts';
import { openWatchedPage, type WatchedPage } from './watched-page.ts';

const questionCount = 60;
const folder = await temporaryFolders()();
let browser: Browser;
let runs: VariedRuns;
let served: Omit<ServedStore, 'runId'>;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  [browser, runs] = await Promise.all([startBrowser(), makeVariedRuns(folder, questionCount)]);
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
const openQuestions = async (runId: string): Promise<void> => {
  await open(`runs/${runId}/questions`);
  await page.locator('[data-index="0"] a').waitFor();
};
const shown = () => page.getByRole('status').filter({ hasText: /question|of \d/ });
const facet = (group: string, name: RegExp) => page.getByRole('group', { name: group }).getByRole('button', { name });

const counted = (runId: string, condition: string, ...parameters: readonly unknown[]): number =>
  number(runs.store, `SELECT count(*) ${scoredQuestions} WHERE run_id = ? AND ${condition}`, runId, ...parameters);

/** The page shows this count, and after a reload of the same address again. */
async function expectShown(count: number): Promise<void> {
  // A filter that finds nothing or everything would prove little.
  expect(count).toBeGreaterThan(0);
  expect(count).toBeLessThan(questionCount);
  await shown()
    .filter({ hasText: `${String(count)} of ${String(questionCount)} questions` })
    .waitFor();
  const address = page.url();
  await page.reload();
  await shown()
    .filter({ hasText: `${String(count)} of ${String(questionCount)} questions` })
    .waitFor();
  expect(page.url()).toBe(address);
  const table = page.getByRole('table', { name: 'Questions' });
  await expect.poll(() => table.getAttribute('aria-rowcount')).toBe(String(count + 1));
}

it('a category of the tree', async () => {
  await openQuestions(runs.importedRunId);
  await page.getByRole('treeitem', { name: /^science/ }).click();
  await expectShown(counted(runs.importedRunId, `domain = 'science'`));
  await page.getByRole('treeitem', { name: /^science/ }).focus();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('treeitem', { name: /^natural-science/ }).click();
  await expectShown(counted(runs.importedRunId, `domain = 'science' AND topic = 'natural-science'`));
});

it('outcomes: one, two, and the key for failures', async () => {
  await openQuestions(runs.importedRunId);
  await facet('Outcome', /^right/).click();
  await expectShown(counted(runs.importedRunId, 'outcome = 0'));
  await facet('Outcome', /^unparsed/).click();
  await expectShown(counted(runs.importedRunId, 'outcome IN (0, 2)'));
  await page.keyboard.press('f');
  await expectShown(counted(runs.importedRunId, 'outcome <> 0'));
});

it('the letter that was read, within a domain', async () => {
  await openQuestions(runs.importedRunId);
  await facet('Letter read', /^B/).click();
  await expectShown(counted(runs.importedRunId, 'choice_index = 1'));
  await page.getByRole('treeitem', { name: /^mathematics/ }).click();
  await expectShown(counted(runs.importedRunId, `choice_index = 1 AND domain = 'mathematics'`));
});

it('text of questions and of outputs', async () => {
  await openQuestions(runs.importedRunId);
  const anywhere = `instr(lower(question || ' ' || choices || ' ' || context || ' ' || output_text), ?) > 0`;
  for (const text of ['flat', 'cannot', 'triangle']) {
    await page.keyboard.press('/');
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type(text);
    await page.waitForURL(new RegExp(`where=text=${text}`));
    await expectShown(counted(runs.importedRunId, anywhere, text));
  }
});

it('a range of the focus at one latent step', async () => {
  const focuses = column(
    runs.store,
    `SELECT vision_focus FROM latent_steps JOIN predictions USING (prediction_row) JOIN runs USING (run_row)
     WHERE run_id = ? AND step_index = 1 ORDER BY vision_focus`,
    runs.runId,
  ) as number[];
  // Between two values, and short enough to be typed.
  const limit = ((focuses[19] ?? 0) + (focuses[20] ?? 0)) / 2;
  await openQuestions(runs.runId);
  await page.getByRole('button', { name: 'More filters' }).click();
  await page.getByRole('combobox', { name: 'Range of' }).click();
  await page.getByRole('option', { name: 'vision focus' }).click();
  await page.getByRole('textbox', { name: 'at step' }).fill('2');
  await page.getByRole('textbox', { name: 'At most' }).fill(String(limit));
  await page.keyboard.press('Enter');
  await page.waitForURL(/where=focus@2=\.\./);
  const typed = Number(/focus@2=\.\.([\d.]+)/.exec(page.url())?.[1]);
  expect(typed).toBeCloseTo(limit, 4);
  await expectShown(focuses.filter((focus) => focus <= typed).length);
});

it('tags put on all questions of a filter', async () => {
  await openQuestions(runs.importedRunId);
  await facet('Outcome', /^wrong/).click();
  await expectShown(counted(runs.importedRunId, 'outcome = 1'));
  await page.keyboard.press('t');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Add' }).fill('look again');
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: /^Change tags of \d+ questions$/ }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Clear all' }).click();
  await facet('Tags', /^look again/).click();
  const tagged = counted(
    runs.importedRunId,
    `samples.sample_row IN (SELECT sample_row FROM sample_tags JOIN tags USING (tag_row) WHERE name = 'look again')`,
  );
  expect(tagged).toBe(counted(runs.importedRunId, 'outcome = 1'));
  await expectShown(tagged);
});

it('a saved view, also after the server was started again', async () => {
  await openQuestions(runs.importedRunId);
  await page.getByRole('treeitem', { name: /^commonsense/ }).click();
  await page.keyboard.press('f');
  const expected = counted(runs.importedRunId, `domain = 'commonsense' AND outcome <> 0`);
  await expectShown(expected);
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('menuitem', { name: /Save or manage/ }).click();
  const name = 'Everyday failures';
  onTestFinished(async () => void (await served.client.views.delete({ name })));
  await page.getByRole('textbox', { name: /Save what is shown as/ }).fill(name);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });

  watched.tolerate(/Failed to load resource|WebSocket connection|ERR_CONNECTION/);
  expect(await served.stop()).toBe(0);
  served = await serveStore(folder, runs.store);
  await page.goto(served.address);
  await openQuestions(runs.importedRunId);
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('menuitem', { name }).click();
  await expectShown(expected);
});

it('run again from a filter answers exactly its questions', async () => {
  await openQuestions(runs.runId);
  await page.getByRole('treeitem', { name: /^mathematics/ }).click();
  const expected = column(
    runs.store,
    `SELECT sample_id ${scoredQuestions} WHERE run_id = ? AND domain = 'mathematics' ORDER BY sample_id`,
    runs.runId,
  );
  await expectShown(expected.length);
  await page.getByRole('link', { name: 'Run again' }).click();
  await page.waitForURL(/#\/new-run\?/);
  const onlyThese = page.getByRole('switch', { name: /Only the questions of the filter/ });
  await expect.poll(() => onlyThese.isChecked()).toBe(true);
  await page.getByRole('button', { name: /^Start/ }).click();
  await page.waitForURL(/#\/runs\/[^/?]+$/);
  await page.getByText('finished', { exact: true }).first().waitFor({ timeout: workMs });
  const again = decodeURIComponent(page.url().split('/').at(-1) ?? '');
  expect(again).not.toBe(runs.runId);
  const answered = `SELECT sample_id ${scoredQuestions} WHERE run_id = ? ORDER BY sample_id`;
  expect(column(runs.store, answered, again)).toEqual(expected);
});

it('bad gold takes a question out of every count, and the run says so', async () => {
  await openQuestions(runs.importedRunId);
  await facet('Outcome', /^wrong/).click();
  // Until the filter's own rows have come, those before it can still be opened.
  await expectShown(counted(runs.importedRunId, 'outcome = 1'));
  await page.locator(`a[href*="/questions/"]`).first().click();
  onTestFinished(async () => {
    await served.client.questions.tag({ selection: { runId: runs.importedRunId }, remove: ['bad gold'] });
  });
  // The switch follows the store, so it turns a moment after the click.
  await page.getByRole('switch', { name: /Bad gold answer/ }).click();
  const excluded = `SELECT count(*) FROM sample_tags JOIN tags USING (tag_row) WHERE name = 'bad gold'`;
  await expect.poll(() => number(runs.store, excluded)).toBe(1);
  await open(`runs/${runs.importedRunId}`);
  const right = counted(runs.importedRunId, 'outcome = 0');
  await page.getByText(`${String(right)} of ${String(questionCount - 1)} `, { exact: false }).waitFor();
  await page
    .getByText(/\b1 excluded\b/)
    .first()
    .waitFor();
  await openQuestions(runs.importedRunId);
  await facet('Outcome', /^wrong/).click();
  // Lists still show it, marked; counts leave it out.
  const wrong = counted(runs.importedRunId, 'outcome = 1');
  await expect.poll(() => facet('Outcome', /^wrong/).textContent()).toBe(`wrong${String(wrong - 1)}`);
  await page.getByText(/bad gold, not counted/).waitFor();
});
