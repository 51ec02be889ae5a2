/** What each method's texts hold, written out by hand from the methods' descriptions. */
import { describe, expect, it } from 'vitest';
import { ccotAnswerPrompt, ccotSceneGraphPrompt } from '../../../src/main/methods/prompts/ccot.ts';
import {
  chainOfFocusPrompt,
  chainOfFocusReplyFormat,
  chainOfFocusSystemPrompt,
} from '../../../src/main/methods/prompts/chain-of-focus.ts';
import { cotAnswerPrompt, cotRationalePrompt } from '../../../src/main/methods/prompts/cot.ts';
import { icotPrompt } from '../../../src/main/methods/prompts/icot.ts';
import {
  multimodalCotAnswerPrompt,
  multimodalCotRationalePrompt,
} from '../../../src/main/methods/prompts/multimodal-cot.ts';
import { scaffoldPrompt, scaffoldSystemPrompt } from '../../../src/main/methods/prompts/scaffold.ts';
import { readZoomCall } from '../../../src/main/methods/zoom-call.ts';
import { slotTokenNames } from '../../../src/main/vlm/special-tokens.ts';

const question = { question: 'Which animal is it? ', choices: ['a cat', ' dog', 'cow'], context: 'It barks.\n' };
const withoutContext = { ...question, context: ' ' };
const plainQuestion = 'Question: Which animal is it?\nOptions:\n(A) a cat\n(B) dog\n(C) cow';

describe('CoT', () => {
  it("is M3CoT's block and its words", () => {
    expect(cotRationalePrompt(question)).toBe(
      "[Context]\nIt barks.\n\n[Question]\nWhich animal is it?\n[Choices]\n(A) a cat\n(B) dog\n(C) cow\n\nLet's think step-by-step!",
    );
    expect(cotRationalePrompt(withoutContext)).toBe(
      "[Question]\nWhich animal is it?\n[Choices]\n(A) a cat\n(B) dog\n(C) cow\n\nLet's think step-by-step!",
    );
  });

  it("asks for one of the question's own letters", () => {
    expect(cotAnswerPrompt(question)).toBe('Please select the correct answer from the ["(A)","(B)","(C)"] options.');
    expect(cotAnswerPrompt({ ...question, choices: ['yes', 'no'] })).toBe(
      'Please select the correct answer from the ["(A)","(B)"] options.',
    );
  });
});

describe('Multimodal-CoT', () => {
  it('asks for a rationale, then for the answer after it', () => {
    const problem = 'Question: Which animal is it?\nContext: It barks.\nOptions: (A) a cat (B) dog (C) cow';
    expect(multimodalCotRationalePrompt(question)).toBe(`${problem}\nSolution:`);
    expect(multimodalCotAnswerPrompt(question, ' Dogs bark.\n')).toBe(`${problem}\nSolution: Dogs bark.\nAnswer:`);
  });

  it('says that there is no context', () => {
    expect(multimodalCotRationalePrompt(withoutContext)).toContain('\nContext: N/A\n');
  });
});

describe('CCoT', () => {
  it('asks for a scene graph of what matters to the question, the options unseen', () => {
    const prompt = ccotSceneGraphPrompt(question);
    expect(prompt).toMatch(/^Which animal is it\?\n\n/);
    expect(prompt).toMatch(/scene graph in JSON[^]*1\. .*objects[^]*2\. .*attributes[^]*3\. .*relationships/);
    expect(prompt).toMatch(/\nScene Graph:$/);
    expect(prompt).not.toMatch(/cat|It barks/);
  });

  it('answers from scene graph and question, whatever the graph is', () => {
    const prompt = ccotAnswerPrompt(question, '\n{"objects": ["dog"\n');
    expect(prompt).toMatch(/^Scene Graph: \{"objects": \["dog"\n\n/);
    expect(prompt).toContain(plainQuestion);
    expect(prompt).not.toContain('It barks');
  });
});

describe('SCAFFOLD', () => {
  it('explains the matrix, asks for coordinates before objects and for [[ANSWER]] at the end', () => {
    expect(scaffoldSystemPrompt).toContain('6 x 6');
    expect(scaffoldSystemPrompt).toContain('two images');
    expect(scaffoldSystemPrompt).toMatch(/\n1\. .*coordinates.*nearest/);
    expect(scaffoldSystemPrompt).toMatch(/\n2\. .*x grows from top to bottom.*y grows from left to right/);
    expect(scaffoldSystemPrompt).toMatch(/\n4\. .*\[\[ANSWER\]\].*\[\[A\]\]\.$/);
    expect(scaffoldPrompt(question)).toBe(plainQuestion);
  });
});

describe('ICoT', () => {
  it('ends in the words and the line break', () => {
    expect(icotPrompt(question)).toBe(`${plainQuestion}\nLet's think step by step.\n`);
  });
});

describe('Chain-of-Focus', () => {
  it('declares the tool as JSON, in a form that a reply can use', () => {
    const [, declared = ''] = /<tools>\n(.*)\n<\/tools>/.exec(chainOfFocusSystemPrompt) ?? [];
    expect(JSON.parse(declared)).toMatchObject({
      type: 'function',
      function: {
        name: 'image_zoom_in_tool',
        parameters: {
          properties: {
            bbox_2d: { type: 'array', items: { type: 'number' }, minItems: 4, maxItems: 4 },
            label: { type: 'string' },
          },
          required: ['bbox_2d'],
        },
      },
    });
    const shown = chainOfFocusSystemPrompt.slice(chainOfFocusSystemPrompt.lastIndexOf('<tool_call>'));
    const reply = shown
      .replace('<function-name>', '"image_zoom_in_tool"')
      .replace('<args-json-object>', '{"bbox_2d": [1, 2, 3, 4]}');
    expect(readZoomCall(reply)).toEqual({ kind: 'call', box: [1, 2, 3, 4], label: null });
  });

  it('asks for thought, then call or answer', () => {
    expect(chainOfFocusPrompt(question)).toBe(`${plainQuestion}\n${chainOfFocusReplyFormat}`);
    expect(chainOfFocusReplyFormat).toMatch(/<think>.*<tool_call>.*<answer>/);
  });
});

it('no text of a method holds an image or latent slot', () => {
  const texts = [
    cotRationalePrompt(question),
    cotAnswerPrompt(question),
    multimodalCotAnswerPrompt(question, ''),
    ccotSceneGraphPrompt(question),
    ccotAnswerPrompt(question, ''),
    scaffoldSystemPrompt,
    scaffoldPrompt(question),
    icotPrompt(question),
    chainOfFocusSystemPrompt,
    chainOfFocusPrompt(question),
  ];
  for (const text of texts) expect(slotTokenNames.filter((name) => text.includes(name))).toEqual([]);
});
