/**
 * Methods that ask in words, from the command line to the question's page: calls with what was new in each, ICoT's
 * insertions at their place, Chain-of-Focus's regions, remarks.
 */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { QuestionDetail } from '../../src/shared/contract/questions.ts';
import type { ModelCall, Region, Trace } from '../../src/shared/trace.ts';
import { slotBox } from '../../src/shared/trace.ts';
import { repositoryRoot, runPenumbra } from '../support/run-penumbra.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { startBrowser } from './browser.ts';
import { number } from './stored.ts';
import { serveStore, type ServedStore } from './served-store.ts';
import { storeAnswer } from './stored-answer.ts';
import { openWatchedPage } from './watched-page.ts';

const folder = await temporaryFolders()();
const store = join(folder, 'store.sqlite');
const demo = join(repositoryRoot, 'resources', 'demo');
const regionsRun = 'REGIONS';
let browser: Browser;
let served: Omit<ServedStore, 'runId'>;
let icot: QuestionDetail;
let icotRun = '';
let ccotRun = '';
let cotRun = '';

const regions: readonly Region[] = [
  { callIndex: 0, imageIndex: 0, asked: box(40, 60, 80, 100), shown: box(20, 35, 120, 150) },
  { callIndex: 1, imageIndex: 0, asked: box(250, 200, 120, 90), shown: box(220, 177, 116, 135) },
];

beforeAll(async () => {
  const run = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await runPenumbra(args, { dataFolder: folder });
    if (code !== 0) throw new Error(`penumbra ${args.join(' ')}: ${stderr}${stdout}`);
    return stdout;
  };
  const model = join(folder, 'model');
  await run('model', 'import', join(demo, 'checkpoint-explicit'), '--out', model, '--precision', 'f32');
  const request = ['--dataset', join(demo, 'dataset'), '--model', model, '--store', store, '--limit', '3', '--json'];
  const evaluate = async (method: string, ...settings: readonly string[]): Promise<string> =>
    (JSON.parse(await run('eval', ...request, '--method', method, ...settings)) as { runId: string }).runId;
  icotRun = await evaluate('icot', '--max-tokens', '64');
  cotRun = await evaluate('cot');
  ccotRun = await evaluate('ccot', '--max-tokens', '24');
  [browser, served] = await Promise.all([startBrowser(), serveStore(folder, store)]);
  icot = await firstInserted();
  storeAnswer(store, {
    runId: regionsRun,
    besideRunId: icotRun,
    method: 'chain-of-focus',
    question: icot,
    answer: answerWithRegions(icot),
  });
});
afterAll(async () => {
  await browser.close();
  expect(await served.stop()).toBe(0);
});

function box(x: number, y: number, width: number, height: number) {
  return { x, y, width, height };
}

const traceOf = ({ prediction }: QuestionDetail): Trace => {
  if (prediction.status !== 'answered' || prediction.answer.trace === null) throw new Error('no trace');
  return prediction.answer.trace;
};

/** The first answer into which ICoT inserted something. */
async function firstInserted(): Promise<QuestionDetail> {
  const { rows } = await served.client.questions.list({ runId: icotRun, limit: 3 });
  for (const { sampleId } of rows) {
    const detail = await served.client.questions.get({ runId: icotRun, sampleId });
    if (traceOf(detail).steps.length > 1) return detail;
  }
  throw new Error('the demo writes no line breaks any more');
}

function answerWithRegions(detail: QuestionDetail) {
  const trace = traceOf(detail);
  const [first] = trace.calls;
  if (first === undefined) throw new Error('no call');
  const looks = ['<tool_call>{"name": "image_zoom_in_tool"}</tool_call>', '<tool_call>no', '<answer>A</answer>'];
  const calls = looks.map((outputText, callIndex): ModelCall => {
    const before = looks.slice(0, callIndex).map((text) => `${text}<|im_end|>\n<|im_start|>user\nLook.\n`);
    return { ...first, callIndex, purpose: 'look or answer', outputText, prompt: first.prompt + before.join('') };
  });
  const remarks = [
    { kind: 'box-outside-image' as const, callIndex: 1, found: 'a part of the box [125, 100, 185, 145] lies outside' },
  ];
  return {
    outputText: looks.at(-1) ?? '',
    trace: { ...trace, steps: [], calls, regions: [...regions], remarks },
  };
}

async function openQuestion(runId: string, sampleId: string) {
  const watched = await openWatchedPage(browser);
  await watched.page.goto(served.address);
  await watched.page.goto(`${new URL(served.address).origin}/#/runs/${runId}/questions/${sampleId}`);
  await watched.page.getByRole('heading', { name: sampleId, exact: true }).waitFor();
  return watched;
}

const picture = 'img[alt="The question\'s picture"]';

/** Boxes of what is drawn, in pixels of the original picture. */
async function drawnBoxes(page: Page, selector: string, { sourceWidth, sourceHeight }: NonNullable<Trace['image']>) {
  const frame = await page.locator(picture).boundingBox();
  if (frame === null) throw new Error('no picture');
  const [scaleX, scaleY] = [sourceWidth / frame.width, sourceHeight / frame.height];
  const boxes = await page.locator(selector).evaluateAll((elements) =>
    elements.map((element) => {
      if (!(element instanceof SVGRectElement)) throw new Error('no rectangle');
      const onScreen = element.getScreenCTM();
      const { x, y, width, height } = element.getBBox();
      if (onScreen === null) throw new Error('not drawn');
      const from = new DOMPoint(x, y).matrixTransform(onScreen);
      const to = new DOMPoint(x + width, y + height).matrixTransform(onScreen);
      return { x: from.x, y: from.y, width: to.x - from.x, height: to.y - from.y };
    }),
  );
  return boxes.map((each) => ({
    x: (each.x - frame.x) * scaleX,
    y: (each.y - frame.y) * scaleY,
    width: each.width * scaleX,
    height: each.height * scaleY,
  }));
}

function expectSameBoxes(drawn: readonly ReturnType<typeof box>[], expected: readonly ReturnType<typeof box>[]): void {
  expect(drawn).toHaveLength(expected.length);
  for (const [index, wanted] of expected.entries())
    for (const side of ['x', 'y', 'width', 'height'] as const)
      expect(drawn[index]?.[side], `box ${String(index)} ${side}`).toBeCloseTo(wanted[side], 0);
}

it('shows where ICoT inserted patches, by its own name and at the place in the picture that the model saw', async () => {
  const { image, steps } = traceOf(icot);
  if (image === null) throw new Error('no picture');
  expect(image.resize).toBe('dynamic');
  const { page, close } = await openQuestion(icotRun, icot.sample.sampleId);
  const choice = page.getByRole('group', { name: 'Insertion', exact: true });
  await choice.getByRole('button', { name: /^\d$/ }).first().waitFor();
  expect(await choice.getByRole('button', { name: /^\d$/ }).count()).toBe(steps.length);
  await page.keyboard.press('2');
  const selected = 'rect[data-role="selected"][data-step="1"]';
  await page.locator(selected).first().waitFor();
  const slots = steps[1]?.selectedSlots ?? [];
  expectSameBoxes(
    await drawnBoxes(page, selected, image),
    slots.map((slot) => slotBox(image, slot)),
  );
  await page.getByText(`insertion 2: ${String(slots.length)} inserted`).waitFor();
  await page.getByRole('tab', { name: 'Insertions' }).click();
  await page.getByRole('button', { name: 'Show insertion 1' }).waitFor();
  expect(
    await page
      .getByRole('tabpanel', { name: 'Insertions' })
      .getByText(/latent/i)
      .count(),
  ).toBe(0);
  await close();
});

it('shows the calls one after the other: what was new, what came, where it looked, how it ended', async () => {
  const { rows } = await served.client.questions.list({ runId: ccotRun, limit: 1 });
  const detail = await served.client.questions.get({ runId: ccotRun, sampleId: rows[0]?.sampleId ?? '' });
  const { calls } = traceOf(detail);
  expect(calls.map(({ purpose }) => purpose)).toEqual(['scene graph', 'answer']);
  const { page, close } = await openQuestion(ccotRun, detail.sample.sampleId);
  await page.getByRole('tab', { name: 'Calls' }).click();
  await page.getByText('CCoT asks in words: its calls are below the picture.').waitFor();
  const [first, second] = [1, 2].map((number) => page.getByRole('region', { name: `Call ${String(number)} ·` }));
  if (first === undefined || second === undefined) throw new Error('two calls');
  await expect
    .poll(() => first.getByRole('region', { name: 'Output of call 1' }).textContent())
    .toBe(calls[0]?.outputText);
  await first.getByText('cut off at the token limit', { exact: true }).waitFor();
  await first.getByRole('img', { name: /^Attention while writing, call 1: pictures, text by Token/ }).waitFor();
  const added = second.getByRole('region', { name: 'What was new in the prompt of call 2' });
  expect(calls[1]?.prompt).toContain((await added.textContent())?.replace(/…$/, '') ?? '?');
  await second.getByRole('button', { name: 'Show the whole prompt of call 2' }).click();
  await expect
    .poll(() => second.getByRole('region', { name: 'Whole prompt of call 2' }).textContent())
    .toBe(calls[1]?.prompt);
  await second.getByText(`(${String(calls[1]?.cachedTokenCount)} from the cache)`, { exact: false }).waitFor();
  const remarks = page.getByRole('list', { name: 'Remarks' }).last();
  await remarks.getByText('Cut off at the token limit (call 1)').waitFor();
  await close();
});

it('gives the run its attention while writing, and its remarks as ways to their answers', async () => {
  const { page, close } = await openWatchedPage(browser);
  await page.goto(served.address);
  const counted = await served.client.questions.list({ runId: ccotRun, where: ['remark=token-limit'] });
  expect(counted.total).toBeGreaterThan(0);
  await page.goto(`${new URL(served.address).origin}/#/runs/${ccotRun}`);
  await page.getByRole('link', { name: /answers?: Cut off at the token limit$/ }).click();
  await page.waitForURL(/where=remark=token-limit/);
  await page
    .getByText(counted.total === 3 ? '3 questions' : `${String(counted.total)} of 3 questions`)
    .first()
    .waitFor();
  await page.getByRole('link', { name: 'Attention', exact: true }).click();
  await page.getByRole('img', { name: /^Attention while writing: Pictures, Text by Part of the call/ }).waitFor();
  await page.getByRole('combobox', { name: 'Call' }).click();
  await page.getByRole('option', { name: 'Call 1 · scene graph' }).click();
  await page
    .getByText(/^n = 3 calls, \d+ tokens; scorer strict$/)
    .first()
    .waitFor();
  await page.goto(`${new URL(served.address).origin}/#/runs/${icotRun}/latent`);
  await page.getByRole('heading', { name: 'Attention masses by insertion' }).waitFor();
  await page.getByRole('link', { name: 'Attention and insertions' }).waitFor();
  await close();
});

it('draws the regions that the model asked to see, and goes through them by keys', async () => {
  const { image } = traceOf(icot);
  if (image === null) throw new Error('no picture');
  const { page, close } = await openQuestion(regionsRun, icot.sample.sampleId);
  await page.locator('[data-region="1"]').waitFor();
  for (const kind of ['asked', 'shown'] as const) {
    expectSameBoxes(
      await drawnBoxes(page, `rect[data-box="${kind}"]`, image),
      regions.map((region) => region[kind]),
    );
  }
  await page.keyboard.press('2');
  await expect.poll(() => page.locator('[data-region]').count()).toBe(1);
  await page.locator('[data-region="1"]').waitFor();
  await page.keyboard.press('3');
  await page.keyboard.press('h');
  await page.locator('[data-region="1"]').waitFor();
  await page.getByRole('tab', { name: 'Calls' }).click();
  const call = page.getByRole('region', { name: 'Call 2 ·' });
  await call.getByText('asked for region 2').waitFor();
  await call.getByText('A box that is not inside the picture').waitFor();
  await page.getByRole('tab', { name: 'Regions' }).click();
  await page.getByRole('row', { name: /2 x 250, y 200, 120 × 90 px x 220, y 177, 116 × 135 px$/ }).waitFor();
  await page.getByRole('button', { name: 'Show region 1' }).click();
  await page.locator('[data-region="0"]').waitFor();
  await page.keyboard.press('0');
  await expect.poll(() => page.locator('[data-region]').count()).toBe(2);
  await close();
});

it('compares three methods: each count of questions opens these questions, the paper stands beside', async () => {
  const { page, close } = await openWatchedPage(browser);
  await page.goto(served.address);
  const compare = `${new URL(served.address).origin}/#/compare?run=${cotRun}&run=${icotRun}&run=${ccotRun}`;
  await page.goto(compare);
  const table = page.getByRole('region', { name: 'Main table' });
  await table.getByRole('link', { name: /^checkpoint-explicit.*, ICoT$/ }).waitFor();
  await table.getByRole('combobox', { name: 'Published dataset' }).click();
  await page.getByRole('option', { name: 'M3CoT' }).click();
  const own = table.getByRole('row').filter({ has: page.getByRole('link', { name: /^checkpoint-explicit.*, ICoT$/ }) });
  for (const figure of ['paper 46.0 %', 'paper 96.5', 'paper 2.86']) await own.getByText(figure).waitFor();
  // The paper has no plain CoT.
  const plain = table
    .getByRole('row')
    .filter({ has: page.getByRole('link', { name: /^checkpoint-explicit.*, CoT$/ }) });
  expect(await plain.getByText('paper').count()).toBe(0);

  const lost = number(store, lostQuestions, icotRun, cotRun);
  expect(lost).toBeGreaterThan(0);
  await own
    .getByRole('link', { name: new RegExp(`^${String(lost)} lost: questions right by the baseline, not by `) })
    .click();
  await page.waitForURL(new RegExp(`runs/${icotRun}/questions`));
  await page
    .getByText(lost === 3 ? '3 questions' : `${String(lost)} of 3 questions`)
    .first()
    .waitFor();

  await page.goto(compare);
  await page
    .getByRole('region', { name: 'Accuracy by domain' })
    .getByRole('link', { name: /^checkpoint-explicit.*, CCoT$/ })
    .click();
  await page.waitForURL(new RegExp(`view=pair&a=${cotRun}&b=${ccotRun}`));
  await page.getByRole('tab', { name: 'Attention' }).click();
  await page
    .getByRole('img', { name: /^On pictures, while writing: .*, CoT, .*, ICoT, .*, CCoT by Part of the call/ })
    .waitFor();
  await page.getByRole('heading', { name: 'Focus by insertion' }).waitFor();
  await close();
});

/** Right by the second run, not by the first. */
const lostQuestions = `SELECT count(*) FROM runs AS a JOIN scores USING (run_row)
  JOIN predictions USING (run_row, position) WHERE a.run_id = ? AND scores.scorer = 'strict' AND outcome <> 0
  AND sample_row IN (SELECT sample_row FROM runs AS b JOIN scores USING (run_row)
  JOIN predictions USING (run_row, position) WHERE b.run_id = ? AND scores.scorer = 'strict' AND outcome = 0)`;
