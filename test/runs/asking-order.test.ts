/** The order of a run's questions: what it is, what it does not depend on, and the padding that it saves. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { openDataset } from '../../src/main/datasets/open-dataset.ts';
import { blockSize, createPromptLength, inAskingOrder, type PromptLength } from '../../src/main/runs/asking-order.ts';
import type { PlannedQuestion } from '../../src/main/store/predictions-repository.ts';
import { buildPrompt } from '../../src/main/backbones/qwen2-vl/question-prompt.ts';
import { findSpecialTokens } from '../../src/main/vlm/special-tokens.ts';
import { loadTokenizer } from '../../src/main/vlm/tokenizer.ts';
import type { Sample } from '../../src/shared/sample.ts';
import { nominalImage, nominalVision } from '../support/nominal-bundle.ts';

const demo = fileURLToPath(new URL('../../resources/demo/', import.meta.url));

const sample: Sample = {
  sampleId: 'x',
  split: 'test',
  question: '',
  choices: [],
  answerIndex: 0,
  context: '',
  rationale: '',
  domain: 'science',
  topic: '',
  category: '',
  attributes: {},
  image: null,
};
const planned = (position: number, changes: Partial<Sample> = {}): PlannedQuestion => ({
  position,
  sampleRow: position,
  sample: { ...sample, ...changes },
});
const positions = (questions: readonly PlannedQuestion[]): number[] => questions.map(({ position }) => position);

const bundle = { architecture: 'qwen2-vl', image: nominalImage, vision: nominalVision } as const;

/** Lengths by position. */
const lengths =
  (...values: readonly number[]): PromptLength =>
  async ({ position }) =>
    values[position % values.length] ?? 0;

describe('the questions of a block', () => {
  const questions = [0, 1, 2, 3, 4].map((position) => planned(position));

  it('go from long to short, in the next block from short to long; ties by position', async () => {
    const lengthOf = lengths(3, 9, 3, 5, 9);
    expect(positions(await inAskingOrder(0, questions, lengthOf))).toEqual([1, 4, 3, 0, 2]);
    expect(positions(await inAskingOrder(1, questions, lengthOf))).toEqual([0, 2, 3, 1, 4]);
  });

  it('keep their order whichever of them are left', async () => {
    const lengthOf = lengths(4, 7, 2, 7, 9, 4, 1);
    const block = Array.from({ length: blockSize }, (_, position) => planned(position));
    const whole = positions(await inAskingOrder(0, block, lengthOf));
    for (const answered of [1, 17, 200]) {
      const left = new Set(whole.slice(answered));
      const again = await inAskingOrder(
        0,
        block.filter(({ position }) => left.has(position)),
        lengthOf,
      );
      expect(positions(again)).toEqual(whole.slice(answered));
    }
  });
});

describe('the length of a prompt', () => {
  const picture = async (width: number, height: number): Promise<Uint8Array> =>
    await sharp({ create: { width, height, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
  const image = { kind: 'file', path: 'x.png' } as const;
  const readImage = async (): Promise<Uint8Array> => await picture(112, 84);

  it('counts four characters as a token, the context only where the prompt has it', async () => {
    const of = (promptFormat: 'released-inference' | 'with-context') =>
      createPromptLength(bundle, { method: 'ivt-lr', promptFormat }, { readImage });
    const short = planned(0, { question: 'Why?' });
    const long = planned(0, { question: 'Why?'.repeat(11), context: 'It rains' });
    const without = of('released-inference');
    expect((await without(long)) - (await without(short))).toBe(10);
    const withContext = of('with-context');
    // "[Context]:{It rains}" and a line's end.
    expect((await withContext(long)) - (await withContext(short))).toBe(10 + 21 / 4);
  });

  it.each([
    { method: 'ivt-lr', slots: 100 },
    // 112 x 84 pixels.
    { method: 'no-cot', slots: 12 },
  ] as const)('counts $slots slots of an image for $method', async ({ method, slots }) => {
    const lengthOf = createPromptLength(bundle, { method, promptFormat: 'released-inference' }, { readImage });
    expect((await lengthOf(planned(0, { image }))) - (await lengthOf(planned(0)))).toBe(slots);
  });

  it('takes an image that cannot be read for none', async () => {
    const settings = { method: 'no-cot', promptFormat: 'released-inference' } as const;
    const lengthOf = createPromptLength(bundle, settings, { readImage: async () => new Uint8Array(9) });
    expect(await lengthOf(planned(0, { image }))).toBe(await lengthOf(planned(0)));
  });
});

/** Positions that batches of these prompts hold beyond the prompts' own. */
function padding(tokenCounts: readonly number[], batchSize: number): number {
  let sum = 0;
  for (let start = 0; start < tokenCounts.length; start += batchSize) {
    const batch = tokenCounts.slice(start, start + batchSize);
    sum += Math.max(...batch) * batch.length - batch.reduce((total, count) => total + count, 0);
  }
  return sum;
}

describe('padding', () => {
  it('is what fills up to the longest prompt of a batch', () => {
    // (9 - 5) + 0, 0 + (7 - 3), and one alone.
    expect(padding([5, 9, 7, 3, 100], 2)).toBe(8);
  });

  it.each([8, 32])(
    'in batches of %i of the demo questions is less than half of what the plan’s order needs',
    async (size) => {
      const dataset = await openDataset(join(demo, 'dataset'));
      const questions: PlannedQuestion[] = [];
      for await (const each of dataset.samples({ split: 'test' })) {
        questions.push({ position: questions.length, sampleRow: 0, sample: each });
      }
      await dataset.close();
      const checkpoint = (file: string): string => join(demo, 'checkpoint', file);
      const tokenizer = await loadTokenizer(
        {
          tokenizer: checkpoint('tokenizer.json'),
          tokenizerConfig: checkpoint('tokenizer_config.json'),
          latentTokens: true,
        },
        findSpecialTokens,
      );
      const chatTemplate = readFileSync(checkpoint('chat_template.jinja'), 'utf8');
      const tokensOf = ({ sample: { question, choices, context } }: PlannedQuestion): number =>
        buildPrompt({
          tokenizer,
          chatTemplate,
          format: 'released-inference',
          question,
          choices,
          context,
          imageTokenCounts: [36],
        }).tokenIds.length;
      const readImage = async (): Promise<Uint8Array> => new Uint8Array(0);
      const lengthOf = createPromptLength(
        bundle,
        { method: 'ivt-lr', promptFormat: 'released-inference' },
        { readImage },
      );
      const ordered: PlannedQuestion[] = [];
      for (let block = 0; block * blockSize < questions.length; block += 1) {
        const inBlock = questions.slice(block * blockSize, (block + 1) * blockSize);
        ordered.push(...(await inAskingOrder(block, inBlock, lengthOf)));
      }
      const before = padding(questions.map(tokensOf), size);
      const after = padding(ordered.map(tokensOf), size);
      expect(after).toBeLessThan(before / 2);
    },
  );
});
