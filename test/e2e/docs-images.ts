/**
 * Makes the pictures of the documentation from the real pages over real demo runs: every page in two window sizes and
 * both colour schemes under docs/images/pages, and the short sequence of the main job that README shows.
 * `node test/e2e/docs-images.ts` (needs Node 24 and Chromium).
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { repositoryRoot } from '../support/run-penumbra.ts';
import { startBrowser } from './browser.ts';
import { fillDocsStore } from './docs-store.ts';
import { serveStore } from './served-store.ts';

type Shot = Readonly<{ name: string; address: string; prepare?: (page: Page) => Promise<void> }>;

const images = join(repositoryRoot, 'docs', 'images');
const sizes = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];
const folder = await mkdtemp(join(tmpdir(), 'penumbra-docs-'));
const { store, dataset, demoRunId, runIds } = await fillDocsStore(folder);
const served = await serveStore(folder, store);
const { client } = served;
const { datasetId } = await client.datasets.open({ path: dataset });
const run = `#/runs/${demoRunId}`;
const firstOf = async (...where: readonly string[]): Promise<string> => {
  const { rows } = await client.questions.list({ runId: demoRunId, where: [...where], limit: 1 });
  return `${run}/questions/${encodeURIComponent(rows[0]?.sampleId ?? '')}`;
};
const question = await firstOf('topic=household');
const failures = ['domain=mathematics', 'outcome=wrong'];
const failed = await firstOf(...failures);

const pictureDecoded = (page: Page): Promise<void> =>
  page.locator('img[alt="The question\'s picture"]').evaluate((image: HTMLImageElement) => image.decode());

const shots: readonly Shot[] = [
  { name: 'runs', address: '#/runs' },
  { name: 'datasets', address: '#/datasets' },
  { name: 'dataset', address: `#/datasets/${datasetId}` },
  { name: 'models', address: '#/models' },
  { name: 'new-run', address: `#/new-run?from=${demoRunId}` },
  { name: 'run', address: run },
  { name: 'latent-steps', address: `${run}/latent` },
  { name: 'manifest', address: `${run}/manifest` },
  { name: 'questions', address: `${run}/questions?where=domain=mathematics` },
  { name: 'gallery', address: `${run}/questions?as=gallery` },
  { name: 'question', address: `${question}?step=1`, prepare: pictureDecoded },
  {
    name: 'try-it',
    address: `${question}?step=1`,
    prepare: async (page) => {
      await page.getByRole('tab', { name: 'Try it' }).click();
      await page.getByLabel('Patches per step (K)').fill('8');
      await page.getByRole('button', { name: 'Answer again' }).click();
      await page.getByText('Try: N', { exact: false }).first().waitFor();
    },
  },
  { name: 'compare', address: `#/compare?${runIds.map((id) => `run=${id}`).join('&')}` },
];

const browser = await startBrowser();
try {
  await mkdir(join(images, 'pages'), { recursive: true });
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const size of sizes) await shootPages(browser, { ...size, colorScheme });
  }
  await shootSequence(browser);
} finally {
  await browser.close();
  await served.stop();
  await rm(folder, { recursive: true, force: true });
}

async function shootPages(
  browser: Browser,
  { width, height, colorScheme }: Readonly<{ width: number; height: number; colorScheme: 'light' | 'dark' }>,
): Promise<void> {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce' });
  await page.goto(served.address);
  for (const { name, address, prepare } of shots) {
    await open(page, address);
    await prepare?.(page);
    await settle(page);
    const picture = await compact(await page.screenshot());
    await writeFile(join(images, 'pages', `${name}-${String(width)}-${colorScheme}.png`), picture);
    process.stdout.write(
      `${name} ${String(width)} ${colorScheme}: ${String(Math.round(picture.byteLength / 1024))} KiB\n`,
    );
  }
  await page.close();
}

/** From the failures of a category to the patches of one question, step by step. */
async function shootSequence(browser: Browser): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1120, height: 700 }, reducedMotion: 'reduce' });
  await page.goto(served.address);
  const frames: Buffer[] = [];
  const frame = async (): Promise<void> => {
    await settle(page);
    frames.push(await page.screenshot());
  };
  await open(page, run);
  await frame();
  await open(page, `${run}/questions?${failures.map((term) => `where=${term}`).join('&')}`);
  await frame();
  await open(page, failed);
  await pictureDecoded(page);
  for (const key of ['1', '2', '3', '4', 'h']) {
    await page.keyboard.press(key);
    await frame();
  }
  const still = sharp(frames, { join: { animated: true } });
  const [first = 0, list = 0, ...steps] = frames.map((_, index) => (index < 2 ? 2200 : 1400));
  await still.gif({ delay: [first, list, ...steps], colours: 128, effort: 8 }).toFile(join(images, 'main-job.gif'));
  await page.close();
}

async function open(page: Page, address: string): Promise<void> {
  await page.goto(`${new URL(served.address).origin}/${address}`);
  // Pages that hold the same place would keep what the picture before did with them.
  await page.reload();
}

async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.getByLabel('Loading').first().waitFor({ state: 'detached' });
  await page.mouse.move(0, 0);
  await page.waitForTimeout(400);
}

/** Flat colours need no more than a palette. */
function compact(png: Buffer): Promise<Buffer> {
  return sharp(png).png({ palette: true, colours: 128, effort: 8 }).toBuffer();
}
