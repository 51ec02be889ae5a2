/** What methods in words leave in a trace, for tests: calls of different length, a region and remarks. */
import type { ModelCall, Region, Remark, Trace } from '../../src/shared/trace.ts';

type InWords = Pick<Trace, 'calls' | 'regions' | 'remarks'>;

/** A rationale of `tokenCount` tokens and an answer of two; looking moves from the picture to the text. */
export function wordsOfTest(tokenCount: number, numbers: () => number): InWords {
  const calls = [callOfTest(0, 'rationale', tokenCount, numbers), callOfTest(1, 'answer', 2, numbers)];
  const cut: Remark = { kind: 'token-limit', callIndex: 0, found: `rationale: cut off after ${tokenCount} tokens` };
  const outside: Remark = { kind: 'box-outside-image', callIndex: null, found: '"bbox": [-1, 2, 3, 4]\n\u{1F600}' };
  const region: Region = {
    callIndex: 1,
    imageIndex: 0,
    asked: { x: 10.5, y: -3, width: 20, height: 30 },
    shown: { x: 5.5, y: 0, width: 30, height: 37.25 },
  };
  if (tokenCount % 3 === 0) return { calls, regions: [], remarks: [] };
  return tokenCount % 3 === 1
    ? { calls, regions: [region], remarks: [cut] }
    : { calls, regions: [region, { ...region, imageIndex: 1 }], remarks: [outside, cut, outside] };
}

function callOfTest(callIndex: number, purpose: string, tokenCount: number, numbers: () => number): ModelCall {
  const visionMasses = Array.from({ length: tokenCount }, (_, index) => (numbers() * 0.5) / (index + 1));
  return {
    callIndex,
    purpose,
    prompt: `<|im_start|>user ${purpose}<|im_end|>`,
    imageCount: 1,
    promptTokenCount: 100 + callIndex,
    cachedTokenCount: callIndex * 90,
    outputText: `${purpose}: "quoted",\n=1+1`,
    outputTokenCount: tokenCount,
    finishReason: tokenCount === 2 ? 'end' : 'length',
    prefillMs: numbers() * 10,
    decodeMs: numbers() * 100,
    visionMasses,
    textMasses: visionMasses.map((mass) => 1 - mass),
  };
}
