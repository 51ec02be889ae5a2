/**
 * The question page over runs of the real engine: many steps, a pool that runs out, the heat map's scale against the
 * stored attention, refused settings, the export of one question, and text that was not written for a page.
 */
import { readFile, writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readCsvRows } from '../support/read-csv.ts';
import { randomCheckpoint, runPenumbra } from '../support/run-penumbra.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { startBrowser } from './browser.ts';
import { serveStore, type ServedStore } from './served-store.ts';
import { openWatchedPage } from './watched-page.ts';

const folder = await temporaryFolders()();
const store = join(folder, 'store.sqlite');
/** The demo model's grid is 8 x 8. */
const slotCount = 64;
const longQuestion = 'How many cells are there in the picture? '.repeat(2500);
let browser: Browser;
let served: Omit<ServedStore, 'runId'>;
let manySteps = '';
let shortPool = '';

beforeAll(async () => {
  const run = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await runPenumbra(args, { dataFolder: folder });
    if (code !== 0) throw new Error(`penumbra ${args.join(' ')}: ${stderr}${stdout}`);
    return stdout;
  };
  const dataset = join(folder, 'dataset');
  await writeDataset(dataset);
  const model = join(folder, 'model');
  await run('model', 'import', randomCheckpoint, '--out', model, '--precision', 'f32');
  const evaluate = async (steps: number, patches: number): Promise<string> => {
    const request = ['--dataset', dataset, '--model', model, '--store', store, '--max-tokens', '4', '--json'];
    const settings = ['--latent-steps', String(steps), '--patches', String(patches)];
    return (JSON.parse(await run('eval', ...request, ...settings)) as { runId: string }).runId;
  };
  manySteps = await evaluate(slotCount, 1);
  shortPool = await evaluate(8, 10);
  [browser, served] = await Promise.all([startBrowser(), serveStore(folder, store)]);
});
afterAll(async () => {
  await browser.close();
  expect(await served.stop()).toBe(0);
});

async function writeDataset(path: string): Promise<void> {
  await mkdir(join(path, 'data', 'images'), { recursive: true });
  const picture = sharp({ create: { width: 160, height: 96, channels: 3, background: '#4a7' } });
  await picture.png().toFile(join(path, 'data', 'images', 'green.png'));
  const texts = { plain: 'Which colour is it?', long: longQuestion, turned: 'ما اللون؟ \u202eabc \u001b[31m' };
  const rows = Object.entries(texts).map(([id, question]) => ({
    id,
    domain: 'science',
    topic: 'colours',
    category: 'names',
    image_id: 'green',
    question,
    choices: ['green', 'red'],
    context: '',
    answer: 'A',
    rationale: 'It is.',
    split: 'test',
    image: 'images/green.png',
  }));
  await writeFile(join(path, 'data', 'test.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

async function openQuestion(runId: string, sampleId: string, query = '') {
  const watched = await openWatchedPage(browser);
  await watched.page.goto(served.address);
  await watched.page.goto(`${new URL(served.address).origin}/#/runs/${runId}/questions/${sampleId}${query}`);
  await watched.page.getByRole('heading', { name: sampleId, exact: true }).waitFor();
  return watched;
}

const selectedAt = (page: Page, step: number) =>
  page
    .locator(`rect[data-role="selected"][data-step="${String(step - 1)}"]`)
    .first()
    .waitFor();

it('has one control for 64 steps, that keys and a number move', async () => {
  const { page, close } = await openQuestion(manySteps, 'plain');
  const control = page.getByRole('group', { name: 'Latent step' });
  await control.getByRole('slider').waitFor();
  await expect.poll(async () => (await control.boundingBox())?.height).toBeLessThan(80);
  const [panel, group] = await Promise.all([page.locator('main').boundingBox(), control.boundingBox()]);
  expect(group?.width ?? Number.POSITIVE_INFINITY).toBeLessThan(panel?.width ?? 0);
  await control.getByRole('textbox').fill('40');
  await selectedAt(page, 40);
  await control.getByRole('button', { name: 'Next step' }).click();
  await selectedAt(page, 41);
  await page.keyboard.press('[');
  await page.keyboard.press('[');
  await selectedAt(page, 39);
  await control.getByRole('slider').focus();
  await page.keyboard.press('ArrowRight');
  await selectedAt(page, 40);
  // Elsewhere the arrows lead through the list.
  await page.getByRole('heading', { name: 'plain', exact: true }).click();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('heading', { name: 'long', exact: true }).waitFor();
  await close();
});

it('says where the pool ran out', async () => {
  const { page, close } = await openQuestion(shortPool, 'plain');
  // 6 steps of 10 leave 4 of the 64 slots.
  await page.getByText('Step 7 wanted K = 10 patches, and 4 were left, and nothing for the step after it.').waitFor();
  await page.getByRole('list', { name: 'Legend of the picture' }).getByText('step 7: 4 selected').waitFor();
  await close();
});

it('gives the heat map the scale of the stored attention', async () => {
  const { prediction } = await served.client.questions.get({ runId: shortPool, sampleId: 'plain' });
  if (prediction.status !== 'answered') throw new Error('the question failed');
  const attention = prediction.answer.trace?.steps[1]?.imageAttention ?? [];
  const most = Math.max(...attention);
  const slot = attention.indexOf(most);
  const { page, close } = await openQuestion(shortPool, 'plain', '?step=2');
  await selectedAt(page, 2);
  await page.keyboard.press('h');
  const scale = page.getByRole('group', { name: 'Scale of the heat map' });
  await scale.getByText(`${String(Number((100 * most).toPrecision(3)))} %`, { exact: true }).waitFor();
  const [row, column] = [Math.floor(slot / 8) + 1, (slot % 8) + 1];
  await page
    .getByText(`(slot ${String(slot)} · row ${String(row)}, column ${String(column)})`, { exact: false })
    .waitFor();
  await close();
});

it('refuses a try beyond the limits and leaves the number as it was typed', async () => {
  const { page, close } = await openQuestion(shortPool, 'plain', '?step=1');
  await selectedAt(page, 1);
  await page.keyboard.press('t');
  const patches = page.getByRole('textbox', { name: 'Patches per step (K)' });
  await patches.fill('9999');
  await page.getByRole('textbox', { name: 'Latent steps (N)' }).click();
  await page.getByText('A whole number from 0 to 4096').waitFor();
  const again = page.getByRole('button', { name: 'Answer again' });
  expect(await patches.inputValue()).toBe('9999');
  await expect.poll(() => again.isDisabled()).toBe(true);
  await patches.fill('4');
  await expect.poll(() => again.isEnabled()).toBe(true);
  await page.getByRole('combobox', { name: 'Intervention' }).click();
  await page.getByRole('option', { name: /^allow-reuse.*the pool never shrinks/ }).click();
  await page.getByText('allow-reuse: A patch may be selected again by later steps').waitFor();
  await close();
});

it('exports this question alone', async () => {
  const { page, close } = await openQuestion(shortPool, 'plain');
  await page.keyboard.press('e');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('checkbox', { name: /manifest/ }).uncheck();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Download' }).click(),
  ]);
  const saved = join(folder, 'saved.csv');
  await download.saveAs(saved);
  expect(readCsvRows(await readFile(saved, 'utf8')).map(({ sample_id: id }) => id)).toEqual(['plain']);
  await close();
});

it('folds a long question, and shows what would turn or hide text', async () => {
  const { page, close } = await openQuestion(shortPool, 'long');
  const more = page.getByRole('button', { name: 'Show all 102,500 characters' });
  await more.waitFor();
  const height = () => page.evaluate(() => document.documentElement.scrollHeight);
  await expect.poll(height).toBeLessThan(2500);
  await more.click();
  const question = page.getByRole('region', { name: 'Question' });
  await expect.poll(async () => (await question.textContent())?.length).toBe(longQuestion.length);
  await expect.poll(height).toBeLessThan(2500);
  await page.keyboard.press('j');
  await page.getByText('ما اللون؟ [U+202E]abc \u241b[31m').waitFor();
  await close();
});
