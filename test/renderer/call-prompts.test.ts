/** What was new in the prompt of each call, in conversations as methods hold them. */
import { describe, expect, it } from 'vitest';
import { callPrompts } from '../../src/renderer/src/features/question/call-prompts.ts';
import { describeCall } from '../../src/renderer/src/features/question/call-text.ts';
import type { ModelCall } from '../../src/shared/trace.ts';

const opening = '<|im_start|>user\n<|vision_start|><|image_pad|><|vision_end|>Which one?<|im_end|>\n';
const turn = '<|im_start|>assistant\n';

describe('the prompts of a conversation', () => {
  it('are new from where the model stopped writing', () => {
    const calls = [
      { prompt: opening + turn, outputText: 'Both are red.' },
      { prompt: `${opening + turn}Both are red.<|im_end|>\n<|im_start|>user\nSo?<|im_end|>\n${turn}`, outputText: 'A' },
    ];
    expect(callPrompts(calls)).toEqual([
      { added: opening + turn, after: null },
      { added: `<|im_end|>\n<|im_start|>user\nSo?<|im_end|>\n${turn}`, after: 0 },
    ]);
  });

  it('begin with a whole word or marker where a conversation takes another course', () => {
    const [, second, third] = callPrompts([
      { prompt: `${opening}Describe the scene.`, outputText: '{"a": 1}' },
      { prompt: `${opening}Describing it`, outputText: 'Yes' },
      { prompt: `${opening}Describe the scene.<|im_start|>`, outputText: '' },
    ]);
    expect(second).toEqual({ added: 'Describing it', after: 0 });
    expect(third).toEqual({ added: '<|im_start|>', after: 0 });
    expect(
      callPrompts([
        { prompt: 'Ask <|im_end|>', outputText: '' },
        { prompt: 'Ask <|im_start|>', outputText: '' },
      ])[1],
    ).toEqual({ added: '<|im_start|>', after: 0 });
  });

  it('go on from the call that shares most with them', () => {
    const prompts = callPrompts([
      { prompt: 'one two ', outputText: 'three' },
      { prompt: 'something else ', outputText: 'x' },
      { prompt: 'one two three four', outputText: 'x' },
      { prompt: 'ünrelated', outputText: 'x' },
    ]);
    expect(prompts.map(({ after }) => after)).toEqual([null, null, 0, null]);
    expect(prompts[2]?.added).toBe(' four');
    expect(prompts[3]?.added).toBe('ünrelated');
  });
});

describe('a call in words', () => {
  const call: ModelCall = {
    callIndex: 1,
    purpose: 'answer',
    prompt: '',
    imageCount: 1,
    promptTokenCount: 1312,
    cachedTokenCount: 1290,
    outputText: 'A',
    outputTokenCount: 1,
    finishReason: 'end',
    prefillMs: 12.34,
    decodeMs: 1234,
    visionMasses: [],
    textMasses: [],
  };

  it('counts pictures, tokens, what the cache had, and times', () => {
    expect(describeCall(call)).toBe(
      '1 picture · prompt 1,312 tokens (1,290 from the cache) · output 1 token · reading 12.3 ms, writing 1.23 s',
    );
    expect(describeCall({ ...call, imageCount: 0, cachedTokenCount: 0 })).toMatch(/^prompt 1,312 tokens · /);
  });
});
