/** axe-core on every page and dialog, empty and full, in both colour schemes: nothing serious, nothing critical. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runPenumbra } from '../support/run-penumbra.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { startBrowser } from './browser.ts';
import { longTestMs } from './patience.ts';
import { seriousFindings } from './serious-findings.ts';
import { serveStore, type ServedStore } from './served-store.ts';
import { makeVariedRuns, type VariedRuns } from './varied-runs.ts';
import { openWatchedPage } from './watched-page.ts';

type Served = Omit<ServedStore, 'runId'>;
type Place = Readonly<{ name: string; address: string; prepare?: (page: Page) => Promise<void> }>;

const newFolder = temporaryFolders();
let browser: Browser;
let runs: VariedRuns;
let empty: Served;
let full: Served;
let compared: string[] = [];
let inWords = '';

beforeAll(async () => {
  const [emptyFolder, folder] = [await newFolder(), await newFolder()];
  [browser, runs, empty] = await Promise.all([
    startBrowser(),
    makeVariedRuns(folder, 24),
    serveStore(emptyFolder, join(emptyFolder, 'store.sqlite')),
  ]);
  const { store, dataset, model, runId, importedRunId } = runs;
  compared = [runId, importedRunId];
  for (const options of [
    ['--latent-steps', '1'],
    ['--patches', '4'],
  ]) {
    const request = ['eval', '--dataset', dataset, '--model', model, '--store', store, '--max-tokens', '4', '--json'];
    const { stdout } = await runPenumbra([...request, ...options], { dataFolder: folder });
    compared.push((JSON.parse(stdout) as { runId: string }).runId);
  }
  const words = ['eval', '--dataset', dataset, '--model', model, '--store', store, '--max-tokens', '4', '--limit', '2'];
  const { stdout } = await runPenumbra([...words, '--method', 'cot', '--json'], { dataFolder: folder });
  inWords = (JSON.parse(stdout) as { runId: string }).runId;
  compared.push(inWords);
  full = await serveStore(folder, store);
  await full.client.datasets.open({ path: dataset });
});
afterAll(async () => {
  await browser.close();
  expect(await Promise.all([empty.stop(), full.stop()])).toEqual([0, 0]);
});

const emptyPlaces: readonly Place[] = [
  { name: 'runs', address: 'runs' },
  { name: 'datasets', address: 'datasets' },
  { name: 'models', address: 'models' },
  { name: 'new run', address: 'new-run' },
  { name: 'compare', address: 'compare' },
];

async function fullPlaces(): Promise<Place[]> {
  const { datasets } = await full.client.datasets.list();
  const run = `runs/${runs.runId}`;
  const question = `${run}/questions/natural-science-0`;
  const dialog = (page: Page) => page.getByRole('dialog').waitFor();
  return [
    { name: 'runs', address: 'runs' },
    { name: 'datasets', address: 'datasets' },
    {
      name: 'path picker',
      address: 'datasets',
      prepare: async (page) => {
        await page.getByRole('button', { name: /^Open a dataset/ }).click();
        await dialog(page);
      },
    },
    { name: 'dataset', address: `datasets/${datasets[0]?.datasetId ?? ''}` },
    { name: 'models', address: 'models' },
    { name: 'new run', address: `new-run?from=${runs.runId}` },
    { name: 'run', address: run },
    { name: 'latent steps', address: `${run}/latent` },
    { name: 'manifest', address: `${run}/manifest` },
    { name: 'questions', address: `${run}/questions?where=domain=science` },
    { name: 'gallery', address: `${run}/questions?as=gallery` },
    {
      name: 'more filters',
      address: `runs/${runs.importedRunId}/questions`,
      prepare: (page) => page.getByRole('button', { name: 'More filters' }).click(),
    },
    {
      name: 'export',
      address: `${run}/questions?where=domain=science`,
      prepare: async (page) => {
        await page.getByRole('link', { name: 'Which shape is number 0?' }).waitFor();
        await page.keyboard.press('e');
        await dialog(page);
      },
    },
    { name: 'question', address: `${question}?step=1`, prepare: patches },
    {
      name: 'question in words',
      address: `runs/${inWords}/questions/natural-science-0`,
      prepare: (page) => page.getByRole('img', { name: /^Attention while writing, call 2/ }).waitFor(),
    },
    { name: 'overview of a method in words', address: `runs/${inWords}` },
    { name: 'attention while writing', address: `runs/${inWords}/latent` },
    {
      name: 'heat map',
      address: question,
      prepare: async (page) => {
        await patches(page);
        await page.keyboard.press('h');
      },
    },
    {
      name: 'try it',
      address: `${question}?step=1`,
      prepare: async (page) => {
        await patches(page);
        await page.keyboard.press('t');
        await page.getByRole('button', { name: 'Answer again' }).click();
        await page.getByText('Try: N', { exact: false }).first().waitFor();
      },
    },
    {
      name: 'keys',
      address: question,
      prepare: async (page) => {
        await patches(page);
        await page.keyboard.press('?');
        await dialog(page);
      },
    },
    ...['table', 'sweep', 'interventions', 'pair', 'attention'].map((view) => ({
      name: `compare, ${view}`,
      address: `compare?${compared.map((id) => `run=${id}`).join('&')}&view=${view}`,
    })),
  ];
}

const patches = (page: Page) => page.locator('rect[data-slot]').first().waitFor();

/** What is passed by too quickly for the pages below: each part while it waits for the core. */
it.each([
  { what: 'Loading', address: 'new-run', held: 'datasets/list' },
  { what: 'Planning', address: 'new-run?from=', held: 'runs/plan' },
])('$what, as long as it takes', { timeout: longTestMs }, async ({ what, address, held }) => {
  const { page, close } = await openWatchedPage(browser);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto(full.address);
  // Never answered.
  await page.route(`**/api/rpc/${held}**`, () => new Promise(() => undefined));
  await page.goto(`${new URL(full.address).origin}/#/${address}${address.endsWith('=') ? runs.runId : ''}`);
  await page.reload();
  await page.getByRole('status', { name: what }).first().waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  expect(await page.getByRole('status', { name: what }).count()).toBeGreaterThan(0);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await close();
});

describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
  it.each(['empty', 'full'] as const)('every page of an %s store', { timeout: longTestMs }, async (kind) => {
    const served = kind === 'empty' ? empty : full;
    const { page, close } = await openWatchedPage(browser, { colorScheme });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.goto(served.address);
    for (const { name, address, prepare } of kind === 'empty' ? emptyPlaces : await fullPlaces()) {
      await page.goto(`${new URL(served.address).origin}/#/${address}`);
      await page.reload();
      await page.locator('main h1, main h2').first().waitFor();
      await prepare?.(page);
      await page.waitForLoadState('networkidle');
      await page.getByLabel('Loading').first().waitFor({ state: 'detached' });
      expect.soft(await seriousFindings(page), `${name}, ${kind}, ${colorScheme}`).toEqual([]);
    }
    await close();
  });
});
