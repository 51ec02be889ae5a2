/** Prompts, token for token those of the reference; and questions that try to write tokens of their own. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findChatTemplate } from '../../../src/main/vlm/chat-template.ts';
import { buildPrompt } from '../../../src/main/backbones/qwen2-vl/question-prompt.ts';
import { formatQuestion, pythonStrip } from '../../../src/main/vlm/question-text.ts';
import { findSpecialTokens, slotTokenNames } from '../../../src/main/vlm/special-tokens.ts';
import { loadTokenizer, type Tokenizer } from '../../../src/main/vlm/tokenizer.ts';
import { promptFormats } from '../../../src/shared/run-settings.ts';
import { expectFailure } from '../../support/expect-failure.ts';
import { checkpointFolder, readGoldenJson } from '../../vlm/vlm-golden.ts';

const { prompts } = readGoldenJson(
  z.object({
    prompts: z.array(
      z.object({
        question: z.string(),
        choices: z.array(z.string()),
        context: z.string(),
        format: z.enum(promptFormats),
        imageTokenCounts: z.array(z.int()),
        text: z.string(),
        tokenIds: z.array(z.int()),
      }),
    ),
  }),
  'prompts.json',
);

const folder = join(checkpointFolder, 'tiny-tied');
let tokenizer: Tokenizer;
let chatTemplate: string;
beforeAll(async () => {
  tokenizer = await loadTokenizer(
    {
      tokenizer: join(folder, 'tokenizer.json'),
      tokenizerConfig: join(folder, 'tokenizer_config.json'),
      latentTokens: true,
    },
    findSpecialTokens,
  );
  chatTemplate = await findChatTemplate(folder);
});

const plain = { question: 'Which?', choices: ['a', 'b'], context: '', format: 'released-inference' } as const;

describe('buildPrompt', () => {
  it.each(prompts)('$format with images of $imageTokenCounts slots: $question', ({ text, tokenIds, ...question }) => {
    const prompt = buildPrompt({ tokenizer, chatTemplate, ...question });
    expect(prompt.text).toBe(text);
    expect(prompt.tokenIds).toEqual(tokenIds);
    expect(prompt.imageSpans.map(({ count }) => count)).toEqual(question.imageTokenCounts);
    const pads = prompt.imageSpans.flatMap(({ start, count }) => prompt.tokenIds.slice(start, start + count));
    expect(pads.every((id) => id === tokenizer.specialTokens.imagePad)).toBe(true);
    for (const { start, count } of prompt.imageSpans) {
      expect(prompt.tokenIds[start - 1]).toBe(tokenizer.specialTokens.imageStart);
      expect(prompt.tokenIds[start + count]).toBe(tokenizer.specialTokens.imageEnd);
    }
  });

  it.each(['tiny-tied', 'tiny-untied'])(
    'gives the token ids of the engine’s golden cases on %s',
    async (checkpoint) => {
      const caseSchema = z.object({
        settings: z.object({ promptFormat: z.enum(promptFormats) }),
        sample: z.object({ question: z.string(), choices: z.array(z.string()), context: z.string() }),
        promptTokenIds: z.array(z.int()),
        imageSlots: z.tuple([z.int(), z.int()]),
      });
      const path = join(checkpointFolder, checkpoint, 'golden.json');
      const { cases } = z.object({ cases: z.array(caseSchema) }).parse(JSON.parse(await readFile(path, 'utf8')));
      const own = await loadTokenizer(
        {
          tokenizer: join(checkpointFolder, checkpoint, 'tokenizer.json'),
          tokenizerConfig: join(checkpointFolder, checkpoint, 'tokenizer_config.json'),
          latentTokens: true,
        },
        findSpecialTokens,
      );
      expect(cases.length).toBeGreaterThan(0);
      for (const { settings, sample, promptTokenIds, imageSlots } of cases) {
        const [start, count] = imageSlots;
        const prompt = buildPrompt({
          tokenizer: own,
          chatTemplate,
          format: settings.promptFormat,
          ...sample,
          imageTokenCounts: [count],
        });
        expect(prompt.tokenIds).toEqual(promptTokenIds);
        expect(prompt.imageSpans).toEqual([{ start, count }]);
      }
    },
  );

  it.each(slotTokenNames)('never takes %s in a question for a slot', (name) => {
    const asked = { ...plain, question: `Is ${name}${name} or <|vision_start|>${name} right?`, choices: [name, 'b'] };
    const prompt = buildPrompt({ tokenizer, chatTemplate, ...asked, imageTokenCounts: [5] });
    expect(prompt.imageSpans).toHaveLength(1);
    const slotIds = new Set(slotTokenNames.map((slot) => tokenizer.tokenId(slot)));
    const slots = prompt.tokenIds.filter((id) => slotIds.has(id));
    // The image's own: start, five pads, end.
    expect(slots).toHaveLength(7);
    expect(prompt.text).toContain(`{${name}}`);
    expect(tokenizer.decode(prompt.tokenIds)).toContain(`Is ${name}${name} or <|vision_start|>${name} right?`);
  });

  it('reads other special tokens in a question as the reference does', () => {
    const prompt = buildPrompt({
      tokenizer,
      chatTemplate,
      ...plain,
      question: 'a<|im_end|>b',
      imageTokenCounts: [],
    });
    const end = tokenizer.tokenId('<|im_end|>');
    expect(prompt.tokenIds.filter((id) => id === end)).toHaveLength(3);
  });

  it('copes with noncharacters and lone surrogates in a question', () => {
    const question = `x\ufdd0<|image_pad|>\ufdd1\ud800`;
    const prompt = buildPrompt({ tokenizer, chatTemplate, ...plain, question, imageTokenCounts: [1] });
    expect(prompt.text).toContain('{x\ufdd0<|image_pad|>\ufdd1\ufffd}');
    expect(prompt.imageSpans).toHaveLength(1);
  });

  it.each(['{{ messages[0].role }}', '<|image_pad|><|image_pad|>{{ messages[0].role }}'])(
    'refuses a template that does not place the image: %s',
    async (template) => {
      await expectFailure(
        () => buildPrompt({ tokenizer, chatTemplate: template, ...plain, imageTokenCounts: [4] }),
        'malformed-config',
      );
    },
  );
});

describe('formatQuestion', () => {
  const question = { question: ' Q\n', choices: ['x ', ' y'], context: ' C ' };

  it('writes the three formats', () => {
    expect(formatQuestion('released-inference', question)).toBe('[Question]:{Q}\n[Options]:\nA.{x}\nB.{y}\nAnswer:');
    expect(formatQuestion('released-training', question)).toBe(
      '[Question]:{Q}\n[Options]:\n(A).{x}\n(B).{y}\nAnswer:\n',
    );
    expect(formatQuestion('with-context', question)).toBe(
      '[Context]:{C}\n[Question]:{Q}\n[Options]:\nA.{x}\nB.{y}\nAnswer:',
    );
    expect(formatQuestion('with-context', { ...question, context: ' \n' })).toBe(
      formatQuestion('released-inference', question),
    );
  });
});

it('strips what Python strips', () => {
  expect(pythonStrip('\u001c\u0085\u00a0\u3000 a b\u2028\u001f')).toBe('a b');
  expect(pythonStrip('\ufeffa\u200b')).toBe('\ufeffa\u200b');
  expect(pythonStrip(' \n')).toBe('');
});
