/** Prediction files: the published ones whole, and every mended row. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  parsePredictionFile,
  type PredictionRow,
} from '../../../src/main/datasets/prediction-files/parse-prediction-file.ts';
import { choicesOfPrompt } from '../../../src/main/datasets/prediction-files/prompt-choices.ts';
import { expectFailure } from '../../support/expect-failure.ts';
import { temporaryFolders } from '../../support/temp-folder.ts';

const newFolder = temporaryFolders();

async function collect(rows: AsyncIterable<PredictionRow>): Promise<PredictionRow[]> {
  const all: PredictionRow[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

async function parse(name: string, content: string): Promise<PredictionRow[]> {
  const path = join(await newFolder(), name);
  writeFileSync(path, content);
  return collect(parsePredictionFile(path));
}

const line = (fields: Readonly<Record<string, unknown>>): string =>
  `${JSON.stringify({ id: 'q', choices: ['x', 'y'], answer: 'B', domain: 'd', topic: 't', messages: ['p', 'o'], ...fields })}\n`;

describe('JSON Lines with messages', () => {
  test('every field; the last message is the output, untouched', async () => {
    const messages = ['prompt', 'thinking</s>', 'Please select', 'The answer is (B)</s>\n'];
    const [row] = await parse('p.jsonl', line({ messages, category: 'c' }));
    expect(row).toStrictEqual({
      row: 1,
      prediction: {
        sampleId: 'q',
        choices: ['x', 'y'],
        answerIndex: 1,
        domain: 'd',
        topic: 't',
        category: 'c',
        messages,
        outputText: 'The answer is (B)</s>\n',
        predictedIndex: null,
      },
      problem: null,
    });
  });

  test('missing choices come from the prompt, and the row says so', async () => {
    const prompt = '[Question]\nWhich?\n[Choices]\n(A) one\n(B) two,\nwith more\n(C) \n\nThink!';
    const [row] = await parse('p.jsonl', line({ choices: undefined, messages: [prompt, 'B'] }));
    expect(row?.prediction?.choices).toStrictEqual(['one', 'two,\nwith more', '']);
    expect(row?.problem?.failure.message).toContain('those in the prompt are used');
  });

  test('nothing is made up where the prompt lists no choices', async () => {
    const [row] = await parse('p.jsonl', line({ choices: null, answer: '', domain: undefined }));
    expect(row?.prediction).toMatchObject({ choices: null, answerIndex: null, domain: null });
    expect(row?.problem?.failure.message).toContain('none are known');
    expect(row?.problem?.failure.message).toContain('no answer');
  });

  test('stale choices: the gold letter stays', async () => {
    const [row] = await parse('p.jsonl', line({ answer: 'E' }));
    expect(row?.prediction?.answerIndex).toBe(4);
    expect(row?.problem?.failure.kind).toBe('answer-out-of-range');
  });

  test('ids and answers that are numbers', async () => {
    const [row] = await parse('p.jsonl', line({ id: 17, answer: 1 }));
    expect(row?.prediction).toMatchObject({ sampleId: '17', answerIndex: 1 });
  });
});

describe('ScienceQA results', () => {
  test('indices, letters, failed reads; outputs where the file has them', async () => {
    const rows = await parse(
      'p.json',
      JSON.stringify({ acc: 50, results: { 11: 1, 5: 'C', x: -1 }, outputs: { 11: 'The answer is B.' } }, null, 2),
    );
    expect(
      rows.map(({ prediction }) => [prediction?.sampleId, prediction?.predictedIndex, prediction?.outputText]),
    ).toStrictEqual([
      ['5', 2, '2'],
      ['11', 1, 'The answer is B.'],
      ['x', null, '-1'],
    ]);
    expect(rows.every(({ prediction }) => prediction?.messages === null && prediction.choices === null)).toBe(true);
  });

  test('on one line', async () => {
    expect(await parse('p.json', '{"results": {"1": 0, "__proto__": 1}}')).toHaveLength(2);
  });
});

test('reading can be cancelled', async () => {
  const path = join(await newFolder(), 'p.jsonl');
  writeFileSync(path, line({}));
  await expectFailure(() => collect(parsePredictionFile(path, { signal: AbortSignal.abort() })), 'cancelled');
});

test.each([
  ['no heading', '(A) x\n(B) y', null],
  ['one choice', '[Choices]\n(A) x', null],
  ['a gap in the letters', '[Choices]\n(B) x\n(C) y', null],
  ['the last list counts', '[Choices]\n(A) no\n(B) no\n\n[Choices]\nA. x\nB. y\n', ['x', 'y']],
  ['another heading', '<CHOICE>\n(A) x\n(B) y\n\n<CONTEXT>', ['x', 'y']],
  ['Options:', 'Options:\nA) x\nB) y', ['x', 'y']],
])('choices of a prompt: %s', (_, prompt, choices) => {
  expect(choicesOfPrompt(prompt)).toStrictEqual(choices);
});

/** Published outputs of real models; they are not part of the repository. */
const published = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data', 'm3cot-predictions');

describe.skipIf(!existsSync(published))(
  `published M3CoT files (skipped without ${published.split(/[/\\]/).slice(-3).join('/')})`,
  () => {
    test.each(['llava-7b_direct.jsonl', 'llava-13b_cot.jsonl'])('%s', async (name) => {
      const rows = await collect(parsePredictionFile(join(published, name)));
      expect(rows).toHaveLength(2318);
      expect(rows.every(({ problem }) => problem === null)).toBe(true);
      const byDomain = Map.groupBy(rows, ({ prediction }) => prediction?.domain);
      expect([...byDomain].map(([domain, { length }]) => [domain, length])).toStrictEqual(
        expect.arrayContaining([
          ['science', 1622],
          ['commonsense', 455],
          ['mathematics', 241],
        ]),
      );
      const raw = readFileSync(join(published, name), 'utf8').split('\n');
      for (const { row, prediction } of rows) {
        const { messages, choices } = JSON.parse(raw[row - 1] ?? '') as { messages: string[]; choices: string[] };
        expect(prediction?.messages).toStrictEqual(messages);
        expect(prediction?.choices).toStrictEqual(choices);
        // The prompt's own list can be found in every one of them, should the field be missing; some rows are stale.
        expect(choicesOfPrompt(messages[0] ?? '')).not.toBeNull();
      }
    });
  },
);
