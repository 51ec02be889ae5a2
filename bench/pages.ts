/**
 * The pages over a run of 100,000 questions, in Chromium, while an engine evaluates the demo beside it: how long a page
 * takes to be shown, how smoothly the list scrolls, how soon a key is answered, and what the page keeps in memory. The
 * browser draws without a GPU here, on the same cores. There is no peer: the tools we compare with have no such page.
 */
import { spawn } from 'node:child_process';
import { loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { startBrowser } from '../test/e2e/browser.ts';
import { benchCache } from './bench-cache.ts';
import { quantile } from './quantile.ts';
import { sayProgress } from './progress-line.ts';
import { startBusyEngine } from './store/busy-engine.ts';
import { makeLargeStore, runIdOf } from './store/large-store.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const limits = { shownMs: 300, frameP95Ms: 50, inputP95Ms: 50, heapMb: 400 } as const;
const filters = [
  'domain=science',
  'outcome=wrong',
  'predicted=B',
  'outcome=wrong&where=domain=commonsense',
  'focus@2=..0.2',
];

export const bench = {
  name: 'pages',
  describe: 'pages over 100,000 questions while an engine works: shown, scrolled, input, memory',
  async run() {
    const { path } = await makeLargeStore(join(benchCache, 'stores'));
    const server = spawn(
      process.execPath,
      [join(root, 'src/main/cli/main.ts'), 'serve', '--port', '0', '--store', path],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const browser = await startBrowser();
    try {
      const address = await new Promise<string>((resolve, reject) => {
        createInterface(server.stdout).once('line', resolve);
        server.once('exit', (code) => reject(new Error(`penumbra serve ended with ${String(code)}`)));
      });
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      await page.goto(address);
      await page.getByRole('heading', { name: 'Runs', exact: true }).waitFor();
      // Everything has been asked once, as after the first minute with a run.
      await shown(page, '');
      for (const filter of filters) await shown(page, filter);
      const alone = await measure(page);
      sayProgress('starting an engine beside it …');
      const engine = await startBusyEngine();
      try {
        const besideEngine = await measure(page);
        return { ours: besideEngine, peer: null, ratio: null, details: { limits, alone, loadAverage: loadavg() } };
      } finally {
        await engine.stop();
      }
    } finally {
      await browser.close();
      server.kill('SIGINT');
    }
  },
};

async function measure(page: Page) {
  sayProgress('pages …');
  const times: number[] = [];
  // Enough of them that the 95th of a hundred is not simply the worst one.
  for (let round = 0; round < 12; round += 1) for (const filter of filters) times.push(await shown(page, filter));
  sayProgress('scrolling …');
  await shown(page, '');
  const frames = await scroll(page);
  sayProgress('keys …');
  const keys = await keyLatencies(page);
  const heap = await page.evaluate('performance.memory.usedJSHeapSize');
  return {
    shownMedianMs: tenths(times, 0.5),
    shownP95Ms: tenths(times, 0.95),
    frameP95Ms: tenths(frames, 0.95),
    frameMaxMs: tenths(frames, 1),
    framesOver50Ms: frames.filter((ms) => ms > 50).length,
    frameCount: frames.length,
    inputMedianMs: tenths(keys, 0.5),
    inputP95Ms: tenths(keys, 0.95),
    heapMb: Math.round(Number(heap) / 1e6),
  };
}

/** From the change of the address to rows of the new list on the screen. */
async function shown(page: Page, filter: string): Promise<number> {
  const hash = `#/runs/${runIdOf(0)}/questions${filter === '' ? '' : `?where=${filter}`}`;
  const ms = await page.evaluate(
    ([address]) =>
      new Promise<number>((resolve) => {
        const started = performance.now();
        location.hash = address ?? '';
        const look = (): void => {
          const links = document.querySelectorAll('a[href*="/questions/"]');
          const fresh = [...links].some((link) =>
            decodeURIComponent(link.getAttribute('href') ?? '').includes(
              decodeURIComponent((address ?? '').split('?')[1] ?? '/questions/'),
            ),
          );
          if (fresh) resolve(performance.now() - started);
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
    [hash],
  );
  return ms;
}

/** Times between frames while the wheel turns without a rest, from the top of the list into its middle. */
async function scroll(page: Page): Promise<number[]> {
  await page.evaluate(() => {
    const frames: number[] = [];
    Object.assign(globalThis, { frames });
    let last = performance.now();
    const note = (now: number): void => {
      frames.push(now - last);
      last = now;
      requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
  });
  await page.mouse.move(800, 500);
  for (let turn = 0; turn < 150; turn += 1) {
    await page.mouse.wheel(0, turn % 10 === 9 ? 6000 : 400);
    await page.waitForTimeout(30);
  }
  const frames = await page.evaluate(() => (globalThis as unknown as { frames: number[] }).frames);
  return frames.slice(5);
}

/** From a key to the frame with its effect: the row cursor going down the list. */
async function keyLatencies(page: Page): Promise<number[]> {
  const times: number[] = [];
  for (let press = 0; press < 60; press += 1) {
    const answered = page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const note = (event: KeyboardEvent): void => {
            requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - event.timeStamp)));
          };
          addEventListener('keydown', note, { once: true, capture: true });
          document.documentElement.dataset['listening'] = 'true';
        }),
    );
    await page.locator('html[data-listening="true"]').waitFor({ state: 'attached' });
    await page.keyboard.press('j');
    times.push(await answered);
    await page.evaluate(() => delete document.documentElement.dataset['listening']);
  }
  return times;
}

const tenths = (values: readonly number[], share: number): number => Math.round(quantile(values, share) * 10) / 10;
