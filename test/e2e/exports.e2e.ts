/** Exports as a person gets them: files that the browser saved, cell by cell against SQL of our own. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { readCsvRows } from '../support/read-csv.ts';
import { readZip } from '../support/read-zip.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { startBrowser } from './browser.ts';
import { unrepeatable } from './patience.ts';
import { serveStore, type ServedStore } from './served-store.ts';
import { rows, scoredQuestions } from './stored.ts';
import { makeVariedRuns, type VariedRuns } from './varied-runs.ts';
import { openWatchedPage, type WatchedPage } from './watched-page.ts';

const folder = await temporaryFolders()();
let browser: Browser;
let runs: VariedRuns;
let served: Omit<ServedStore, 'runId'>;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  [browser, runs] = await Promise.all([startBrowser(), makeVariedRuns(folder, 24)]);
  served = await serveStore(folder, runs.store);
  await served.client.questions.tag({ runId: runs.runId, sampleIds: ['natural-science-0'], add: ['a, "b"', 'c'] });
  await served.client.questions.tag({ runId: runs.runId, sampleIds: ['natural-science-4'], add: ['bad gold'] });
  const noted = { runId: runs.runId, sampleId: 'natural-science-0', note: '=1+1, "look"\nhere' };
  await served.client.questions.note(noted);
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

const openQuestions = async (runId: string, where = ''): Promise<void> => {
  await page.goto(`${new URL(served.address).origin}/#/runs/${runId}/questions${where}`);
  await page.locator('[data-index="0"] a').first().waitFor();
};

/** Presses what starts a download; the saved file. */
async function saved(start: () => Promise<void>): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), start()]);
  const path = join(folder, download.suggestedFilename());
  await download.saveAs(path);
  return path;
}

async function exported(kind: string, withManifest: boolean): Promise<string> {
  await page.keyboard.press('e');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: kind }).check();
  await dialog.getByRole('checkbox', { name: /manifest/ }).setChecked(withManifest);
  const path = await saved(() => dialog.getByRole('button', { name: 'Download' }).click());
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  return path;
}

/** A run's questions as the store has them. */
const stored = (runId: string, condition = '1') =>
  rows(
    runs.store,
    `SELECT sample_id, predictions.position, strata.split, domain, topic, category, question, choices, context, rationale,
       answer_index, runs.scorer, choice_index, outcome, output_text, output_token_count, finish_reason, ar_steps,
       preprocess_ms, vision_ms, prefill_ms, latent_ms, decode_ms, total_ms, predictions.prediction_row,
       (SELECT group_concat(name, '; ' ORDER BY name) FROM sample_tags JOIN tags USING (tag_row)
        WHERE sample_tags.sample_row = samples.sample_row) AS tags,
       (SELECT note FROM notes WHERE notes.prediction_row = predictions.prediction_row) AS note
     ${scoredQuestions} WHERE run_id = ? AND ${condition} ORDER BY predictions.position`,
    runId,
  );

const letter = (index: unknown): string => (typeof index === 'number' ? 'ABCDEFGH'.charAt(index) : '');
const cell = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
/** Text that a spreadsheet would run as a formula is written behind an apostrophe. */
const written = (value: unknown): string =>
  typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : cell(value);
const outcomeNames = ['right', 'wrong', 'unparsed', 'failed'];

it.each(['the model’s answers', 'imported answers'])(
  'questions.csv of %s is the store, cell by cell',
  async (which) => {
    const runId = which === 'imported answers' ? runs.importedRunId : runs.runId;
    await openQuestions(runId);
    const table = readCsvRows(await readFile(await exported('Questions (CSV)', false), 'utf8'));
    const expected = stored(runId);
    expect(table).toHaveLength(24);
    expect(expected).toHaveLength(24);
    for (const [index, row] of expected.entries()) {
      const found = table[index] ?? {};
      for (const name of [
        'sample_id position split domain topic category question context rationale scorer output_text',
        'output_token_count finish_reason ar_steps preprocess_ms vision_ms prefill_ms latent_ms decode_ms total_ms tags note',
      ].flatMap((names) => names.split(' '))) {
        expect(found[name], `${name} of row ${String(index)}`).toBe(written(row[name]));
      }
      expect(JSON.parse(found['choices'] ?? '')).toEqual(JSON.parse(cell(row['choices'])));
      expect(found['gold']).toBe(letter(row['answer_index']));
      expect(found['predicted']).toBe(letter(row['choice_index']));
      expect(found['outcome']).toBe(outcomeNames[Number(row['outcome'])]);
      expect(found['excluded']).toBe(String(row['tags'] === 'bad gold'));
      const steps = rows(
        runs.store,
        'SELECT * FROM latent_steps WHERE prediction_row = ? ORDER BY step_index',
        row['prediction_row'],
      );
      expect(found['latent_steps']).toBe(steps.length === 0 ? '' : String(steps.length));
      for (const step of steps) {
        for (const name of ['vision_mass', 'text_mass', 'latent_vision_mass', 'latent_text_mass', 'vision_focus']) {
          expect(found[`step_${cell(step['step_index'])}_${name}`]).toBe(cell(step[name]));
        }
      }
    }
  },
);

it('categories.csv counts what the store holds, without bad gold', async () => {
  await openQuestions(runs.importedRunId);
  const table = readCsvRows(await readFile(await exported('Categories (CSV)', false), 'utf8'));
  const counted = stored(runs.importedRunId, `domain = 'science'`).filter(({ tags }) => tags !== 'bad gold');
  const science = table.find(({ domain, topic, category }) => domain === 'science' && topic === '' && category === '');
  expect(science).toMatchObject({
    n: String(counted.length),
    correct: String(counted.filter(({ outcome }) => outcome === 0).length),
  });
});

it('JSON Lines of a filter hold its questions and nothing else', async () => {
  await openQuestions(runs.runId, '?where=domain=mathematics');
  const text = await readFile(await exported('Predictions (JSON Lines)', false), 'utf8');
  const lines = text.trimEnd().split('\n');
  const expected = stored(runs.runId, `domain = 'mathematics'`);
  expect(expected.length).toBeGreaterThan(0);
  const found = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(found.map((line) => JSON.stringify(line).includes('mathematics'))).toEqual(expected.map(() => true));
  for (const [index, row] of expected.entries()) {
    expect(lines[index]).toContain(JSON.stringify(row['sample_id']));
    expect(lines[index]).toContain(JSON.stringify(row['output_text']));
  }
});

it('with the manifest a zip holds the same file and what made it', async () => {
  await openQuestions(runs.runId, '?where=domain=science');
  const alone = await readFile(await exported('Questions (CSV)', false), 'utf8');
  const zip = await exported('Questions (CSV)', true);
  expect(zip).toMatch(/\.zip$/);
  const files = readZip(await readFile(zip));
  const names = Object.keys(files);
  expect(names).toHaveLength(2);
  expect(files[names.find((name) => name.endsWith('.csv')) ?? '']).toBe(alone);
  const manifest = files[names.find((name) => name.endsWith('.json')) ?? ''] ?? '';
  expect(JSON.parse(manifest)).toBeTypeOf('object');
  for (const text of [runs.runId, 'domain=science', runs.dataset]) expect(manifest).toContain(text);
});

it(
  'a packed run is downloaded when it is ready, and said to be packed before it is deleted',
  unrepeatable,
  async () => {
    const { runId } = runs;
    await page.goto(`${new URL(served.address).origin}/#/runs/${runId}`);
    const choose = async (name: string): Promise<void> => {
      await page.getByRole('button', { name: /^Actions for/ }).click();
      await page.getByRole('menuitem', { name }).click();
    };
    await choose('Delete…');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('24 answers · 1 note · never packed', { exact: false }).waitFor();
    await dialog.getByText('This run has never been packed.').waitFor();
    const path = await saved(() => dialog.getByRole('button', { name: 'Keep and pack' }).click());
    expect(path).toMatch(/\.penumbra$/);
    expect(rows(path, 'SELECT run_id, planned FROM runs')).toEqual([{ run_id: runId, planned: 24 }]);
    await page.getByRole('link', { name: 'Download it again' }).waitFor();
    await choose('Delete…');
    await dialog.getByText(/24 answers · 1 note · packed .* · (never )?exported/).waitFor();
    await expect.poll(() => dialog.getByText('never been packed').count()).toBe(0);
    await dialog.getByRole('button', { name: 'Keep', exact: true }).click();
    const again = await saved(() => choose('Pack as one file'));
    expect(rows(again, 'SELECT run_id FROM runs')).toEqual([{ run_id: runId }]);
  },
);

it('the picture with its patches decodes, at the size of the picture', async () => {
  await page.goto(`${new URL(served.address).origin}/#/runs/${runs.runId}/questions/natural-science-0?step=1`);
  await page.locator('rect[data-role="selected"]').first().waitFor();
  const path = await saved(() => page.getByRole('button', { name: /Save the picture/ }).click());
  const source = join(runs.dataset, 'data', 'images', 'natural-science-0.png');
  const [picture, original] = await Promise.all(
    [path, source].map((file) => sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true })),
  );
  expect((await sharp(path).metadata()).format).toBe('png');
  expect(picture?.info).toMatchObject({ width: original?.info.width, height: original?.info.height });
  // Something is drawn over it.
  expect(picture?.data.equals(original?.data ?? Buffer.alloc(0))).toBe(false);
});
