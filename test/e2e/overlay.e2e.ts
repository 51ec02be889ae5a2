/**
 * The overlay is exact: pictures of many shapes have one grid cell painted red, the run is forced to select that
 * slot, and the box drawn for it has to lie where Chromium shows the red.
 */
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomCheckpoint, runPenumbra } from '../support/run-penumbra.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { startBrowser } from './browser.ts';
import { markedSlot, shapes, writeMarkedPictures } from './marked-pictures.ts';
import { waitMs } from './patience.ts';
import { serveStore, type ServedStore } from './served-store.ts';

const picture = 'img[alt="The question\'s picture"]';
const folder = await temporaryFolders()();
const store = join(folder, 'store.sqlite');
let browser: Browser;
let served: Omit<ServedStore, 'runId'>;
let runId = '';
let page: Page;

beforeAll(async () => {
  const run = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await runPenumbra(args, { dataFolder: folder });
    if (code !== 0) throw new Error(`penumbra ${args.join(' ')}: ${stderr}${stdout}`);
    return stdout;
  };
  await writeMarkedPictures(join(folder, 'dataset'));
  const model = join(folder, 'model');
  await run('model', 'import', randomCheckpoint, '--out', model, '--precision', 'f32');
  const request = ['--dataset', join(folder, 'dataset'), '--model', model, '--store', store, '--max-tokens', '4'];
  const forced = ['--force-patches', `0:${String(markedSlot)}`];
  runId = (JSON.parse(await run('eval', ...request, ...forced, '--json')) as { runId: string }).runId;
  [browser, served] = await Promise.all([startBrowser(), serveStore(folder, store)]);
  page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
  page.setDefaultTimeout(waitMs);
  await page.goto(served.address);
});
afterAll(async () => {
  await browser.close();
  expect(await served.stop()).toBe(0);
});

describe('the box of a selected patch lies where its cell of the picture is', () => {
  it.each(shapes)('$name ($width x $height, EXIF orientation $orientation)', async ({ name, width, height }) => {
    await page.goto(`${new URL(served.address).origin}/#/runs/${runId}/questions/${name}?step=1`);
    const box = page.locator(`rect[data-role="selected"][data-slot="${String(markedSlot)}"]`);
    await page.getByRole('heading', { name, exact: true }).waitFor();
    await box.waitFor();
    await page.locator(picture).evaluate((image: HTMLImageElement) => image.decode());
    const { drawn, shown } = await settled(async () => ({
      drawn: await box.boundingBox(),
      shown: await page.locator(picture).boundingBox(),
    }));
    if (drawn === null || shown === null) throw new Error('nothing is drawn');
    // The picture is shown upright and in its own shape.
    expect(shown.width / shown.height).toBeCloseTo(width / height, 1);
    const red = await redBox(shown);
    // The edge of the red is blurred by scaling: half a source pixel, and one of the screen.
    const tolerance = 1 + (0.75 * shown.width) / width;
    // The stroke is drawn over the edge: 2 px, half of it outside.
    const stroke = 1;
    expect(Math.abs(drawn.x + stroke - red.x), 'left').toBeLessThanOrEqual(tolerance + stroke);
    expect(Math.abs(drawn.y + stroke - red.y), 'top').toBeLessThanOrEqual(tolerance + stroke);
    expect(Math.abs(drawn.x + drawn.width - stroke - red.right), 'right').toBeLessThanOrEqual(tolerance + stroke);
    expect(Math.abs(drawn.y + drawn.height - stroke - red.bottom), 'bottom').toBeLessThanOrEqual(tolerance + stroke);
  });
});

/** What a measure says once it says the same twice: the page has come to its shape. */
async function settled<T>(measure: () => Promise<T>): Promise<T> {
  let last = await measure();
  await expect
    .poll(async () => {
      const before = last;
      last = await measure();
      return isDeepStrictEqual(before, last);
    })
    .toBe(true);
  return last;
}

/** Where the screen is red inside the picture, without the overlay. */
async function redBox(clip: Readonly<{ x: number; y: number; width: number; height: number }>) {
  const show = (visibility: string): Promise<void> =>
    page.locator('svg[data-overlay]').evaluate((overlay: SVGElement, value) => {
      overlay.style.visibility = value;
    }, visibility);
  await show('hidden');
  const shot = await page.screenshot({ clip });
  await show('');
  const { data, info } = await sharp(shot).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  let [left, top, right, bottom] = [info.width, info.height, -1, -1];
  for (let y = 0; y < info.height; y += 1) {
    for (let x = 0; x < info.width; x += 1) {
      const at = (y * info.width + x) * 3;
      const [r = 0, g = 0, b = 0] = data.subarray(at, at + 3);
      // More red than the grey around it: half-way between the two.
      if (r - (g + b) / 2 < 120) continue;
      [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)];
    }
  }
  if (right === -1) throw new Error('there is no red in the picture');
  return { x: clip.x + left, y: clip.y + top, right: clip.x + right + 1, bottom: clip.y + bottom + 1 };
}
