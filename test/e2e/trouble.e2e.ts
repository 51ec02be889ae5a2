/** What goes wrong at a desk: moved and broken files, killed engines, hostile text, others at work on the same store. */
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { repositoryRoot, runPenumbra } from '../support/run-penumbra.ts';
import { writeShapesDataset } from '../support/shapes-dataset.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { startBrowser } from './browser.ts';
import { longTestMs, workMs } from './patience.ts';
import { serveStore, type ServedStore } from './served-store.ts';
import { column, number } from './stored.ts';
import { makeVariedRuns, type VariedRuns } from './varied-runs.ts';
import { openWatchedPage } from './watched-page.ts';

const newFolder = temporaryFolders();
const picture = 'img[alt="The question\'s picture"]';
let folder = '';
let browser: Browser;
let runs: VariedRuns;
let served: Omit<ServedStore, 'runId'>;

beforeAll(async () => {
  folder = await newFolder();
  [browser, runs] = await Promise.all([startBrowser(), makeVariedRuns(folder, 12)]);
  served = await serveStore(folder, runs.store);
});
afterAll(async () => {
  await browser.close();
  expect(await served.stop()).toBe(0);
});

const at = (place: string): string => `${new URL(served.address).origin}/#/${place}`;
const cli = async (...args: readonly string[]): Promise<{ runId: string }> => {
  const { code, stdout, stderr } = await runPenumbra([...args, '--store', runs.store, '--json'], {
    dataFolder: folder,
  });
  if (code !== 0) throw new Error(`penumbra ${args.join(' ')}: ${stderr}${stdout}`);
  return JSON.parse(stdout) as { runId: string };
};
const decoded = (page: Page) => page.locator(picture).evaluate((image: HTMLImageElement) => image.decode());

describe('pictures', () => {
  it('a moved dataset: the place of the picture says so, and opening the dataset elsewhere brings it back', async () => {
    const { page, close, tolerate } = await openWatchedPage(browser);
    tolerate(/Failed to load resource/);
    await page.goto(served.address);
    await page.goto(at(`runs/${runs.runId}/questions/natural-science-0`));
    await decoded(page);
    const moved = join(folder, 'elsewhere', 'the same');
    await mkdir(join(folder, 'elsewhere'), { recursive: true });
    await rename(runs.dataset, moved);
    try {
      // The next picture may have been ready; nothing is beyond it.
      for (const key of ['j', 'j']) await page.keyboard.press(key);
      await page.waitForURL(/physical-commonsense-2/);
      await page.getByText('The image cannot be shown', { exact: false }).waitFor();
      await page.getByRole('heading', { name: 'Answer' }).waitFor();

      await page.goto(at('datasets'));
      await page.getByRole('button', { name: /^Open a dataset/ }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('combobox', { name: 'Filter, or a path' }).fill(moved);
      await page.keyboard.press('Enter');
      await page.waitForURL(/#\/datasets\/./);
      await page.goto(at(`runs/${runs.runId}/questions/physical-commonsense-2`));
      await page.locator('rect[data-slot]').first().waitFor();
      await decoded(page);
    } finally {
      await rename(moved, runs.dataset);
      await served.client.datasets.open({ path: runs.dataset });
    }
    await close();
  });

  it('an image that cannot be drawn is named as that, beside everything else of the question', async () => {
    const file = join(runs.dataset, 'data', 'images', 'geometry-7.png');
    const whole = await readFile(file);
    onTestFinished(() => writeFile(file, whole));
    await writeFile(file, 'no picture');
    const { page, close, tolerate } = await openWatchedPage(browser);
    tolerate(/Failed to load resource/);
    await page.goto(served.address);
    await page.goto(at(`runs/${runs.runId}/questions/geometry-7`));
    await page.getByText('The image cannot be shown', { exact: false }).waitFor();
    await page.getByText('Which shape is number 7?').first().waitFor();
    await close();
  });
});

describe('code that cannot be fetched', () => {
  it('takes its own place only: a chart leaves its page, a page leaves the frame', async () => {
    const { page, close, tolerate } = await openWatchedPage(browser);
    tolerate(/Failed to load resource/);
    await page.route(/\/assets\/(histogram|compare-page)-/, (route) => route.abort());
    await page.goto(served.address);
    await page.goto(at(`runs/${runs.runId}`));
    await page.getByText('This part of the page could not be loaded').first().waitFor();
    await page.getByText('finished', { exact: true }).first().waitFor();
    await page.goto(at('compare'));
    await page.getByRole('heading', { name: 'The page could not be loaded' }).waitFor();
    await page.getByRole('navigation', { name: 'Pages' }).waitFor();

    await page.unroute(/\/assets\/(histogram|compare-page)-/);
    await page.getByRole('button', { name: 'Reload' }).click();
    await page.getByRole('heading', { name: 'Compare' }).waitFor();
    await close();
  });
});

describe('the store', () => {
  it('from a newer version is refused before an address is printed', async () => {
    const store = join(await newFolder(), 'newer.sqlite');
    await copyFile(runs.store, store);
    const database = new Database(store);
    database.pragma('user_version = 999');
    database.close();
    const ended = await runPenumbra(['serve', '--port', '0', '--store', store], { dataFolder: folder });
    expect(ended.code).toBe(1);
    expect(ended.stdout).toBe('');
    expect(ended.stderr).toMatch(/written by a newer version of Penumbra[^]*newer\.sqlite[^]*action:/);
  });

  it('locked by another program: what was not saved is named, and saved once the lock is gone', async () => {
    const { page, close, tolerate } = await openWatchedPage(browser);
    tolerate(/Failed to load resource/);
    await page.goto(served.address);
    await page.goto(at(`runs/${runs.runId}/questions/natural-science-4`));
    await page.getByRole('tab', { name: 'Note' }).waitFor();
    const other = new Database(runs.store);
    // Closing rolls back what is open.
    onTestFinished(() => void other.close());
    other.exec('BEGIN EXCLUSIVE');
    // That the tab is remembered is refused as well: the note stays where it is written.
    await page.getByRole('tab', { name: 'Note' }).click();
    const note = page.getByRole('textbox', { name: /^Note on this answer/ });
    await note.fill('Not yet');
    // Each of the two writes waits 15 s for the lock.
    await page.getByText(/Not saved: .*locked/).waitFor({ timeout: workMs });
    // What is stored can be read meanwhile.
    await page.keyboard.press('Escape');
    await page.goto(at('runs'));
    await page
      .getByRole('link', { name: /IVT-LR/ })
      .first()
      .waitFor();
    other.close();
    await page.goto(at(`runs/${runs.runId}/questions/natural-science-4`));
    await note.fill('Now');
    await page.getByText('Saved', { exact: true }).waitFor();
    expect(number(runs.store, `SELECT count(*) FROM notes WHERE note = 'Now'`)).toBe(1);
    await close();
  });
});

describe('hostile text', () => {
  const script = `<img src=x onerror="window.harmed=1"><script>window.harmed=1</script>{{7*7}}`;
  const long = 'x'.repeat(100_000);
  const texts = [
    script,
    'bell \u0007 escape \u001b[31m null-like \u2400 \u200b',
    long,
    '\u202Eright to left\u202C שלום עולם',
  ];

  it('is text: no script runs, nothing is wider than the window', { timeout: longTestMs }, async () => {
    const dataset = join(folder, 'hostile');
    await mkdir(join(dataset, 'data', 'images'), { recursive: true });
    await sharp({ create: { width: 60, height: 40, channels: 3, background: '#888' } })
      .png()
      .toFile(join(dataset, 'data', 'images', 'one.png'));
    const rows = texts.map((text, index) => ({
      id: `a/b?c#d "${String(index)}" ${index === 0 ? '<b>' : ''}`,
      domain: index === 2 ? 'y'.repeat(300) : `domain ${text}`.slice(0, 200),
      topic: `topic ${text}`.slice(0, 200),
      category: text.slice(0, 200),
      image_id: 'one',
      question: text,
      choices: [text.slice(0, 5000), `${script} B`],
      context: text,
      answer: 'A',
      rationale: text,
      split: 'test',
      image: 'images\\one.png',
    }));
    await writeFile(join(dataset, 'data', 'test.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const file = join(folder, 'hostile-answers.jsonl');
    const answers = rows.map(({ id, choices, context }) => ({ id, choices, answer: 'A', messages: ['?', context] }));
    await writeFile(file, answers.map((answer) => `${JSON.stringify(answer)}\n`).join(''));
    const { runId } = await cli('predictions', 'import', file, '--dataset', dataset, '--label', script);
    await served.client.questions.tag({ runId, sampleIds: [rows[0]?.id ?? ''], add: ['<script>harmed=1</script>'] });
    const { datasetId } = await served.client.datasets.open({ path: dataset });
    const { page, close } = await openWatchedPage(browser);
    await page.goto(served.address);
    const places = [
      'runs',
      `runs/${runId}`,
      `runs/${runId}/questions`,
      `runs/${runId}/questions?as=gallery`,
      `runs/${runId}/manifest`,
      `datasets/${datasetId}`,
      'datasets',
      ...rows.map(({ id }) => `runs/${runId}/questions/${encodeURIComponent(id)}`),
    ];
    for (const place of places) {
      await page.goto(at(place));
      await page.locator('main h1, main h2').first().waitFor();
      await page.waitForLoadState('networkidle');
      await page.getByLabel('Loading').first().waitFor({ state: 'detached' });
      expect.soft(await page.getByRole('alert').allTextContents(), place).toEqual([]);
      expect.soft(await page.evaluate(() => document.documentElement.scrollWidth), place).toBeLessThanOrEqual(1280);
      expect(await page.evaluate(() => 'harmed' in window), place).toBe(false);
    }
    await page.goto(at(`runs/${runId}/questions/${encodeURIComponent(rows[0]?.id ?? '')}`));
    await page.getByText(script, { exact: true }).first().waitFor();
    await close();
  });
});

describe('a killed engine', () => {
  it(
    'costs no answer: the run goes on by itself or says what happened and can be resumed',
    { timeout: longTestMs },
    async () => {
      const dataset = join(folder, 'many');
      await writeShapesDataset(dataset, 120);
      const { page, close } = await openWatchedPage(browser);
      await page.goto(served.address);
      const { runId } = await served.client.runs.start({ dataset, model: runs.model, settings: { batchSize: 1 } });
      await page.goto(at(`runs/${runId}`));
      const answered = (): number =>
        number(runs.store, 'SELECT count(*) FROM predictions JOIN runs USING (run_row) WHERE run_id = ?', runId);
      await expect.poll(answered, { timeout: workMs, interval: 20 }).toBeGreaterThan(5);
      const engines = descendants(process.pid).filter(({ command }) => /engine-entry\.[jt]s/.test(command));
      const before = answered();
      for (const { pid } of engines) process.kill(pid, 'SIGKILL');
      expect(engines.length).toBeGreaterThan(0);
      expect(before).toBeLessThan(120);
      const ended = page.getByText(/^(finished|paused|failed)$/).first();
      await ended.waitFor({ timeout: workMs });
      if ((await ended.textContent()) !== 'finished') {
        await page.getByRole('alert').first().waitFor();
        await page.getByRole('button', { name: 'Resume' }).click();
        await page.getByText('finished', { exact: true }).first().waitFor({ timeout: workMs });
      }
      expect(answered()).toBe(120);
      // Only the question under way may have a failure by name; SIGKILL is how Linux ends what takes all memory.
      const failures = column(
        runs.store,
        `SELECT outputs.failure ->> 'kind' FROM outputs JOIN predictions USING (prediction_row) JOIN runs USING (run_row)
         WHERE run_id = ? AND answered = 0`,
        runId,
      );
      expect([[], ['out-of-memory']]).toContainEqual(failures);
      await close();
    },
  );
});

describe('others at work', () => {
  it('a run of the command line appears in an open page and moves there', { timeout: longTestMs }, async () => {
    const { page, close } = await openWatchedPage(browser);
    await page.goto(served.address);
    await page
      .getByRole('link', { name: /IVT-LR/ })
      .first()
      .waitFor();
    await page.evaluate(() => Object.assign(window, { isTheSame: true }));
    const seen = new Set<string>();
    const watching = page.getByRole('row', { name: /From the command line/ });
    const run = cli(
      'eval',
      '--dataset',
      // Long enough for a page that hears of other processes about twice a second.
      join(repositoryRoot, 'resources', 'demo', 'dataset'),
      '--model',
      runs.model,
      '--label',
      'From the command line',
      '--batch-size',
      '1',
    );
    onTestFinished(async () => void (await served.client.runs.delete({ runId: (await run).runId })));
    await Promise.race([watching.waitFor(), run]);
    const ended = run.then(() => true);
    while (!(await Promise.race([ended, delay(50, false)]))) seen.add((await watching.textContent()) ?? '');
    await watching.getByText('finished').waitFor({ timeout: workMs });
    // Running before it was finished, with more than one state on the way.
    expect([...seen].some((text) => text.includes('running'))).toBe(true);
    expect(await page.evaluate(() => 'isTheSame' in window)).toBe(true);
    await close();
  });

  it('eight tabs of one browser hear of a change', async () => {
    const { page, close } = await openWatchedPage(browser);
    await page.goto(served.address);
    const pages = [page];
    for (let count = 1; count < 8; count += 1) {
      const another = await page.context().newPage();
      await another.goto(at('runs'));
      pages.push(another);
    }
    for (const each of pages)
      await each
        .getByRole('link', { name: /IVT-LR/ })
        .first()
        .waitFor();
    const { label } = (await served.client.runs.show({ runId: runs.runId })).run;
    onTestFinished(async () => void (await served.client.runs.rename({ runId: runs.runId, label: label ?? 'Again' })));
    await served.client.runs.rename({ runId: runs.runId, label: 'Heard everywhere' });
    for (const each of pages) await each.getByRole('link', { name: 'Heard everywhere' }).waitFor();
    await close();
  });
});

type Process = Readonly<{ pid: number; parent: number; command: string }>;

/** Processes below one, by the system's own list. */
function descendants(root: number): Process[] {
  const listed = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' });
  const all = listed.split('\n').flatMap((line): Process[] => {
    const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return command === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
  });
  const below = (pid: number): Process[] =>
    all.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...below(child.pid)]);
  return below(root);
}
