/** The pages in a real browser over a real run: the patches are where the trace says, and everything can be reached. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { QuestionDetail } from '../../src/shared/contract/questions.ts';
import type { PixelBox, Trace } from '../../src/shared/trace.ts';
import { slotBox } from '../../src/shared/trace.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { startBrowser } from './browser.ts';
import { waitMs } from './patience.ts';
import type { ServedStore } from './served-store.ts';
import { serveSmallRun } from './served-store.ts';
import { openWatchedPage, type WatchedPage } from './watched-page.ts';

const questionCount = 60;
const folder = await temporaryFolders()();
let browser: Browser;
let served: ServedStore;
let page: Page;
let close: WatchedPage['close'];

beforeAll(async () => {
  [browser, served] = await Promise.all([startBrowser(), serveSmallRun(folder, questionCount)]);
});
afterAll(async () => {
  await browser.close();
  expect(await served.stop()).toBe(0);
});

beforeEach(async () => {
  ({ page, close } = await openWatchedPage(browser));
  await page.goto(served.address);
});
afterEach(() => close());

const firstQuestion = async (): Promise<QuestionDetail> => {
  const { rows } = await served.client.questions.list({ runId: served.runId, limit: 1 });
  return served.client.questions.get({ runId: served.runId, sampleId: rows[0]?.sampleId ?? '' });
};

const traceOf = ({ prediction }: QuestionDetail): Trace => {
  if (prediction.status !== 'answered' || prediction.answer.trace === null) throw new Error('no trace');
  return prediction.answer.trace;
};

const openQuestion = async (sampleId: string): Promise<void> => {
  await page.goto(`${new URL(served.address).origin}/#/runs/${served.runId}/questions/${encodeURIComponent(sampleId)}`);
  await page.locator('rect[data-slot]').first().waitFor();
};

/** Boxes of the selected patches as they appear on the screen, relative to the picture's corner, by slot. */
async function drawnBoxes(): Promise<Map<number, PixelBox>> {
  const boxes = await page.evaluate(() => {
    const picture = document.querySelector('img[alt="The question\'s picture"]')?.getBoundingClientRect();
    if (picture === undefined) throw new Error('no picture');
    return [...document.querySelectorAll<SVGRectElement>('rect[data-role="selected"]')].map((rect) => {
      const onScreen = rect.getScreenCTM();
      if (onScreen === null) throw new Error('not drawn');
      const { x, y, width, height } = rect.getBBox();
      const topLeft = new DOMPoint(x, y).matrixTransform(onScreen);
      const bottomRight = new DOMPoint(x + width, y + height).matrixTransform(onScreen);
      return {
        slot: Number(rect.dataset['slot']),
        x: topLeft.x - picture.x,
        y: topLeft.y - picture.y,
        width: bottomRight.x - topLeft.x,
        height: bottomRight.y - topLeft.y,
      };
    });
  });
  return new Map(boxes.map(({ slot, ...box }) => [slot, box]));
}

/** The boxes that the trace asks for, scaled to the picture's size on the screen. */
async function expectedBoxes(trace: Trace, stepIndex: number): Promise<Map<number, PixelBox>> {
  const size = await page.locator('img[alt="The question\'s picture"]').boundingBox();
  const { image } = trace;
  if (size === null || image === null) throw new Error('no picture');
  const [scaleX, scaleY] = [size.width / image.sourceWidth, size.height / image.sourceHeight];
  const slots = trace.steps[stepIndex]?.selectedSlots ?? [];
  return new Map(
    slots.map((slot) => {
      const box = slotBox(image, slot);
      return [slot, { x: box.x * scaleX, y: box.y * scaleY, width: box.width * scaleX, height: box.height * scaleY }];
    }),
  );
}

function expectSameBoxes(drawn: Map<number, PixelBox>, expected: Map<number, PixelBox>): void {
  expect([...drawn.keys()].sort((a, b) => a - b)).toEqual([...expected.keys()].sort((a, b) => a - b));
  for (const [slot, box] of expected) {
    const found = drawn.get(slot);
    for (const side of ['x', 'y', 'width', 'height'] as const) {
      expect(found?.[side], `slot ${String(slot)} ${side}`).toBeCloseTo(box[side], 1);
    }
  }
}

describe('the way to a question', () => {
  it('leads from the runs over the run to its picture, and the address keeps no token', async () => {
    expect(page.url()).not.toContain('token');
    await page
      .getByRole('link', { name: /IVT-LR/ })
      .first()
      .click();
    await page.getByRole('link', { name: 'Questions (60)' }).click();
    await page.getByText('60 questions', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Which shape is number 1?', exact: true }).click();
    await page.getByRole('heading', { name: 'Answer' }).waitFor();
    await page.locator('rect[data-slot]').first().waitFor();
  });

  it('leads from a category of the run to its questions; the address keeps the filter', async () => {
    await page.goto(`${new URL(served.address).origin}/#/runs/${served.runId}`);
    await page.getByRole('link', { name: 'mathematics', exact: true }).click();
    await page.getByText('15 of 60 questions').waitFor();
    expect(page.url()).toContain('where=domain=mathematics');
    await page.reload();
    await page.getByText('15 of 60 questions').waitFor();
    await page.getByRole('button', { name: 'Clear all' }).click();
    await page.getByText('60 questions', { exact: true }).waitFor();
  });

  it('scrolls through all questions: rows exist while they are in view, and the last one can be reached', async () => {
    await page.goto(`${new URL(served.address).origin}/#/runs/${served.runId}/questions`);
    const table = page.getByRole('table', { name: 'Questions' });
    await page.getByRole('link', { name: 'Which shape is number 0?' }).waitFor();
    await expect.poll(() => table.getAttribute('aria-rowcount')).toBe('61');
    await page.keyboard.press('End');
    await page.getByRole('link', { name: 'Which shape is number 59?' }).waitFor();
    await expect.poll(() => page.getByRole('link', { name: 'Which shape is number 0?' }).count()).toBe(0);
  });
});

describe('the picture', () => {
  it.each([
    [1280, 800],
    [1920, 1080],
    [700, 900],
  ])('has the patches of each step at their exact place in a window of %d x %d', async (width, height) => {
    await page.setViewportSize({ width, height });
    const detail = await firstQuestion();
    const trace = traceOf(detail);
    await openQuestion(detail.sample.sampleId);
    expect(trace.steps).toHaveLength(3);
    for (const { stepIndex } of trace.steps) {
      await page.keyboard.press(String(stepIndex + 1));
      await page
        .locator(`rect[data-role="selected"][data-step="${String(stepIndex)}"]`)
        .first()
        .waitFor();
      // The page may still be coming to its shape; where it stays, the boxes are exact.
      await vi.waitFor(async () => expectSameBoxes(await drawnBoxes(), await expectedBoxes(trace, stepIndex)), waitMs);
    }
  });

  it('marks what earlier steps took and what is left', async () => {
    const detail = await firstQuestion();
    const { image, steps } = traceOf(detail);
    const step = steps[2];
    const slotCount = (image?.gridRows ?? 0) * (image?.gridColumns ?? 0);
    await openQuestion(detail.sample.sampleId);
    await page.keyboard.press('3');
    await page.locator('rect[data-step="2"]').first().waitFor();
    await expect
      .poll(() => page.locator('rect[data-role="pool"]').count())
      .toBe((step?.pool.length ?? 0) - (step?.selectedSlots.length ?? 0));
    await expect.poll(() => page.locator('rect[data-role="used"]').count()).toBe(slotCount - (step?.pool.length ?? 0));
  });

  it('says which patch the mouse is over', async () => {
    const detail = await firstQuestion();
    await openQuestion(detail.sample.sampleId);
    await page.keyboard.press('1');
    await page.waitForURL(/step=1/);
    await page.locator('rect[data-role="selected"][data-step="0"]').first().hover();
    await page.getByText(/slot \d+ · row \d+, column \d+.*step 1.*attention .*rank \d+ of the pool/).waitFor();
  });

  it('goes from question to question with the keys, keeping the step', async () => {
    const detail = await firstQuestion();
    await openQuestion(detail.sample.sampleId);
    await page.keyboard.press('2');
    await page.keyboard.press('j');
    await page.waitForURL(new RegExp(`questions/${detail.nextSampleId ?? ''}\\?step=2`));
    await page.getByText(detail.nextSampleId ?? '', { exact: true }).waitFor();
    await page.keyboard.press('k');
    await page.waitForURL(new RegExp(`questions/${detail.sample.sampleId}\\?step=2`));
  });
});

describe('quick keys, on a machine that answers slowly', () => {
  const sampleIdAt = async (index: number): Promise<string> => {
    const { rows } = await served.client.questions.list({ runId: served.runId, limit: 1, offset: index });
    return rows[0]?.sampleId ?? '';
  };
  const questionAt = async (index: number, query = ''): Promise<string> =>
    `#/runs/${served.runId}/questions/${await sampleIdAt(index)}${query}`;

  beforeEach(() =>
    page.route('**/api/rpc/questions/*', async (route) => {
      await delay(300);
      await route.continue();
    }),
  );

  it('go as many questions on and back as they were pressed', async () => {
    await openQuestion(await sampleIdAt(0));
    for (let count = 0; count < 7; count += 1) await page.keyboard.press('j');
    await page.waitForURL(`**/${await questionAt(7)}`);
    for (const key of ['k', 'k', 'ArrowLeft', '2', 'j', '3']) await page.keyboard.press(key);
    await page.waitForURL(`**/${await questionAt(5, '?step=3')}`);
    await page.getByRole('heading', { name: await sampleIdAt(5), exact: true }).waitFor();
    await page.locator('rect[data-role="selected"][data-step="2"]').first().waitFor();
  });

  it('so do the buttons that stand for them', async () => {
    await openQuestion(await sampleIdAt(0));
    const next = page.getByRole('button', { name: 'Next' });
    for (let count = 0; count < 3; count += 1) await next.click();
    await page.waitForURL(`**/${await questionAt(3)}`);
    await next.focus();
    for (let count = 0; count < 3; count += 1) await page.keyboard.press('Enter');
    await page.waitForURL(`**/${await questionAt(6)}`);
  });

  it('wait for a list that is on its way, and for the question that they open in it', async () => {
    await page.goto(`${new URL(served.address).origin}/#/runs/${served.runId}/questions`);
    for (const key of ['j', 'j', 'j', 'Enter', '2', 'j']) await page.keyboard.press(key);
    await page.waitForURL(`**/${await questionAt(3, '?step=2')}`);
  });

  it('are forgotten by a click elsewhere and by another page', async () => {
    const [second, third] = [await sampleIdAt(2), await sampleIdAt(3)];
    const [releases, held] = [new Map<string, () => void>(), new Map<string, Promise<void>>()];
    for (const sampleId of [second, third]) {
      held.set(sampleId, new Promise((resolve) => releases.set(sampleId, resolve)));
    }
    await page.route('**/api/rpc/questions/get', async (route) => {
      const asked = route.request().postData() ?? '';
      await [...held].find(([sampleId]) => asked.includes(`"${sampleId}"`))?.[1];
      await route.fallback();
    });
    await openQuestion(await sampleIdAt(0));
    for (const key of ['j', 'j', 'j', 'j']) await page.keyboard.press(key);
    await page.waitForURL(`**/${await questionAt(2)}`);
    await page.getByRole('heading', { name: 'Answer' }).click();
    await page.keyboard.press('1');
    releases.get(second)?.();
    await page.waitForURL(`**/${await questionAt(2, '?step=1')}`);

    for (const key of ['j', 'j', 'u']) await page.keyboard.press(key);
    await page.getByRole('link', { name: 'Which shape is number 0?' }).waitFor();
    releases.get(third)?.();
    await page.waitForLoadState('networkidle');
    expect(new URL(page.url()).hash).toBe(`#/runs/${served.runId}/questions`);
  });
});

describe('strangers and old sessions', () => {
  it('are told what to do', async () => {
    const stranger = await browser.newPage();
    const response = await stranger.goto(new URL(served.address).origin);
    expect(response?.status()).toBe(401);
    expect(await stranger.textContent('body')).toContain('penumbra serve');
    await stranger.close();
  });
});

describe('the window', () => {
  it.each([
    [1280, 800],
    [1920, 1080],
    [700, 900],
  ])('is wide enough for every page at %d x %d', async (width, height) => {
    await page.setViewportSize({ width, height });
    const origin = new URL(served.address).origin;
    const { sample } = await firstQuestion();
    const { models } = await served.client.models.list();
    const { datasets } = await served.client.datasets.list();
    const run = `#/runs/${served.runId}`;
    const places = [
      '#/runs',
      run,
      `${run}/latent`,
      `${run}/manifest`,
      `${run}/questions`,
      `${run}/questions?as=gallery`,
      `${run}/questions/${sample.sampleId}?step=2`,
      `#/compare?run=${served.runId}`,
      '#/datasets',
      `#/datasets/${datasets[0]?.datasetId ?? ''}`,
      '#/models',
      `#/new-run?from=${served.runId}`,
    ];
    expect(models.length).toBeGreaterThan(0);
    for (const place of places) {
      await page.goto(`${origin}/${place}`);
      await page.locator('main h1, main h2').first().waitFor();
      await page.getByLabel('Loading').first().waitFor({ state: 'detached' });
      const widest = await page.evaluate(() => document.documentElement.scrollWidth);
      expect.soft(widest, place).toBeLessThanOrEqual(width);
    }
  });
});
