/**
 * Makes the pictures of the documentation from the real pages over a real demo run:
 * `node test/e2e/docs-images.ts` (needs Node 24 and Chromium).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot, runPenumbra } from '../support/run-penumbra.ts';
import { startBrowser } from './browser.ts';
import { serveStore } from './served-store.ts';

const folder = await mkdtemp(join(tmpdir(), 'penumbra-docs-'));
const store = join(folder, 'store.sqlite');
const images = join(repositoryRoot, 'docs', 'images');
const demo = await runPenumbra(['demo', '--store', store, '--json'], { dataFolder: folder });
if (demo.code !== 0) throw new Error(`the demo ended with ${String(demo.code)}: ${demo.stderr}`);
const { runId } = JSON.parse(demo.stdout) as { runId: string };

const served = await serveStore(folder, store);
const browser = await startBrowser();
const { rows } = await served.client.questions.list({ runId, where: ['domain=science'], limit: 1 });
const question = `#/runs/${runId}/questions/${encodeURIComponent(rows[0]?.sampleId ?? '')}?step=1`;
for (const colorScheme of ['light', 'dark'] as const) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1.5, colorScheme });
  await page.goto(served.address);
  await page.goto(`${new URL(served.address).origin}/${question}`);
  await page.locator('img[alt="The question\'s picture"]').evaluate((image: HTMLImageElement) => image.decode());
  await page.screenshot({ path: join(images, `question-${colorScheme}.png`) });
  await page.close();
}
await browser.close();
await served.stop();
await rm(folder, { recursive: true, force: true });
