/** Conversations of several calls: what is read again, what is recorded, and how they end. The model's words are scripted. */
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LanguageModel } from '../../src/main/engine/language-model.ts';
import type { EngineQuestion } from '../../src/main/engine/protocol.ts';
import { callLimit } from '../../src/main/methods/chain-of-focus.ts';
import { reasoningMethods } from '../../src/main/methods/methods.ts';
import type { Method, RunSettings } from '../../src/shared/run-settings.ts';
import type { Answer } from '../../src/shared/prediction.ts';
import type { Trace } from '../../src/shared/trace.ts';
import { answerOf } from '../support/answer-of.ts';
import { goldenQuestion, goldenSettings, readGolden } from '../support/golden.ts';
import { scriptedModel } from '../support/scripted-model.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { importTiny, openTiny } from '../support/tiny-bundles.ts';

const newFolder = temporaryFolders();
let model: LanguageModel;
let question: EngineQuestion;
let settings: RunSettings;
beforeAll(async () => {
  const path = join(await newFolder(), 'tiny-tied');
  await importTiny('tiny-tied', path);
  model = await openTiny(path, null);
  const golden = await readGolden('tiny-tied');
  const wanted = golden.cases.find(({ id }) => id === 'no-cot-scene');
  if (wanted === undefined) throw new Error('the golden case exists');
  question = await goldenQuestion(wanted);
  settings = { ...goldenSettings(wanted), maxTokens: 400 };
});
afterAll(() => model.dispose());

async function say(method: Method, texts: readonly string[], asked = question): Promise<Answer & { trace: Trace }> {
  const [prediction] = await reasoningMethods[method].answer(scriptedModel(model, texts), { ...settings, method }, [
    asked,
  ]);
  const answer = answerOf(prediction);
  if (answer.trace === null) throw new Error('the answer has a trace');
  return { ...answer, trace: answer.trace };
}

const tokensOf = (text: string): number => model.tokenizer.encode(text).length + 1;
const call = (box: string): string =>
  `<think>look</think> <tool_call>{"name": "image_zoom_in_tool", "arguments": {"bbox_2d": ${box}}}</tool_call>`;

describe('a second turn', () => {
  it('reads only what is new, counts the tokens of both and answers with the last', async () => {
    const texts = ['The wire is red, so it is the lamp.', '(B)'];
    const { trace, outputText, arSteps, outputTokenCount, prompt } = await say('cot', texts);
    const [first, second] = trace.calls;
    if (first === undefined || second === undefined) throw new Error('there are two calls');
    expect(trace.calls.map(({ purpose, outputText: text }) => [purpose, text])).toEqual([
      ['rationale', texts[0]],
      ['answer', texts[1]],
    ]);
    expect([first.cachedTokenCount, second.cachedTokenCount]).toEqual([
      0,
      // The whole first prompt and the rationale, whose end-of-sequence the decoder has yet to read.
      first.promptTokenCount + tokensOf(texts[0] ?? '') - 1,
    ]);
    expect(second.prompt.startsWith(`${first.prompt}${texts[0] ?? ''}<|im_end|>`)).toBe(true);
    expect(prompt).toBe(second.prompt);
    expect(outputText).toBe('(B)');
    expect(outputTokenCount).toBe(tokensOf('(B)'));
    expect(arSteps).toBe(tokensOf(texts[0] ?? '') + tokensOf('(B)'));
    for (const { visionMasses, textMasses, outputTokenCount: count } of trace.calls) {
      expect(visionMasses).toHaveLength(count);
      expect(textMasses).toHaveLength(count);
      for (const [index, mass] of visionMasses.entries()) expect(mass + (textMasses[index] ?? 0)).toBeCloseTo(1, 5);
    }
  });

  it('that begins anew shares the picture with the first', async () => {
    const { trace } = await say('ccot', ['{"objects": ["lamp"]}', '(A)']);
    const [first, second] = trace.calls;
    if (first === undefined || second === undefined || trace.image === null) throw new Error('there are two calls');
    // System turn and picture.
    expect(second.cachedTokenCount).toBeGreaterThan(trace.image.gridRows * trace.image.gridColumns);
    expect(second.cachedTokenCount).toBeLessThan(first.promptTokenCount);
    expect(trace.remarks).toEqual([]);
  });

  it('fails with its place where it does not fit the model any more', async () => {
    const { maxPositions } = model.bundle.text;
    const first = await say('cot', ['short', '(A)']);
    const maxTokens = maxPositions - (first.trace.calls[0]?.promptTokenCount ?? 0) - 4;
    const scripted = scriptedModel(model, ['a long rationale. '.repeat(8)]);
    const [prediction] = await reasoningMethods.cot.answer(scripted, { ...settings, method: 'cot', maxTokens }, [
      question,
    ]);
    expect(prediction).toMatchObject({
      status: 'failed',
      sampleId: question.sampleId,
      failure: { kind: 'prompt-too-long', place: `question ${question.sampleId}, call 2 (answer)` },
    });
  });
});

describe('CCoT', () => {
  it('hands on a scene graph that is no JSON, and says so', async () => {
    const { trace, outputText } = await say('ccot', ['objects: a lamp', '(C)']);
    expect(trace.calls[1]?.prompt).toContain('objects: a lamp');
    expect(trace.remarks).toMatchObject([{ kind: 'malformed-json', callIndex: 0 }]);
    expect(outputText).toBe('(C)');
  });

  it('takes JSON in a fence', async () => {
    expect((await say('ccot', ['```json\n{"objects": []}\n```', '(C)'])).trace.remarks).toEqual([]);
  });
});

describe('an endless output', () => {
  it('is cut off at the limit, which is recorded', async () => {
    const scripted = scriptedModel(model, ['on and on '.repeat(20)]);
    const [prediction] = await reasoningMethods['no-cot'].answer(
      scripted,
      { ...settings, method: 'no-cot', maxTokens: 9 },
      [question],
    );
    const { trace, finishReason } = answerOf(prediction);
    expect(finishReason).toBe('length');
    expect(trace?.remarks).toEqual([{ kind: 'token-limit', callIndex: 0, found: 'answer: cut off after 9 tokens' }]);
  });
});

describe('Chain-of-Focus', () => {
  it('shows the part that is asked for and takes the answer', async () => {
    const { trace, outputText } = await say('chain-of-focus', [call('[0, 0, 20, 20]'), '<answer>(B)</answer>']);
    expect(outputText).toBe('<answer>(B)</answer>');
    expect(trace.calls.map(({ imageCount }) => imageCount)).toEqual([1, 2]);
    expect(trace.remarks).toEqual([]);
    const { sourceWidth = 0, resizedWidth = 1, sourceHeight = 0, resizedHeight = 1 } = trace.image ?? {};
    const [scaleX, scaleY] = [sourceWidth / resizedWidth, sourceHeight / resizedHeight];
    // 20 pixels of what the model saw; enlarged 1.5 times about the centre (10, 10), cut at the picture's edge.
    expect(trace.regions).toEqual([
      {
        callIndex: 0,
        imageIndex: 0,
        asked: { x: 0, y: 0, width: 20 * scaleX, height: 20 * scaleY },
        shown: { x: 0, y: 0, width: Math.floor(25 * scaleX), height: Math.floor(25 * scaleY) },
      },
    ]);
  });

  it.each([
    { text: '<tool_call>{bbox</tool_call>', kind: 'malformed-tool-call' },
    { text: '<tool_call>{"name": "image_zoom_in_tool"', kind: 'malformed-tool-call' },
    { text: call('[1, 2, 3]'), kind: 'malformed-tool-call' },
    { text: '<tool_call>{"name": "search", "arguments": {}}</tool_call>', kind: 'unknown-tool' },
    { text: call('[5000, 5000, 6000, 6000]'), kind: 'box-outside-image' },
    { text: call('[30, 30, 10, 10]'), kind: 'empty-box' },
    { text: call('[10, 10, 10, 40]'), kind: 'empty-box' },
  ])('tells the model that $text cannot be carried out, and goes on', async ({ text, kind }) => {
    const { trace, outputText } = await say('chain-of-focus', [text, '<answer>A</answer>']);
    expect(trace.remarks).toMatchObject([{ kind, callIndex: 0 }]);
    expect(trace.regions).toEqual([]);
    expect(trace.calls[1]?.prompt).toContain('The call could not be carried out');
    expect(outputText).toBe('<answer>A</answer>');
  });

  it('shows what lies inside of a box that is partly outside, and says so', async () => {
    const { trace } = await say('chain-of-focus', [call('[-10, -10, 20, 20]'), '<answer>A</answer>']);
    expect(trace.remarks).toMatchObject([{ kind: 'box-outside-image' }]);
    expect(trace.regions).toHaveLength(1);
  });

  it('ends after its last call without an answer', async () => {
    const { trace, outputText } = await say(
      'chain-of-focus',
      Array.from({ length: callLimit }, () => call('[0, 0, 30, 30]')),
    );
    expect(trace.calls).toHaveLength(callLimit);
    expect(trace.remarks).toMatchObject([{ kind: 'call-limit', callIndex: callLimit - 1 }]);
    expect(outputText).toContain('image_zoom_in_tool');
  });

  it('records an answer without its tag', async () => {
    expect((await say('chain-of-focus', ['It is (B).'])).trace.remarks).toMatchObject([{ kind: 'no-answer' }]);
  });

  it('has nothing to look at without a picture', async () => {
    const blind = { ...question, images: [] };
    const { trace } = await say('chain-of-focus', [call('[0, 0, 9, 9]'), '<answer>A</answer>'], blind);
    expect(trace.remarks).toMatchObject([{ kind: 'unknown-tool' }]);
  });
});

describe('SCAFFOLD', () => {
  const picture = (side: number): Promise<Uint8Array> =>
    sharp({ create: { width: side, height: side, channels: 3, background: 'olive' } })
      .png()
      .toBuffer();

  it('gives the picture twice, once with the dots on it', async () => {
    const { trace } = await say('scaffold', ['At (2,3) is the lamp. [[B]]'], {
      ...question,
      images: [await picture(240)],
    });
    expect(trace.calls[0]?.imageCount).toBe(2);
    expect(trace.imageCount).toBe(1);
    expect(trace.remarks).toEqual([]);
  });

  it('gives a picture that is too small for the dots once, and says so', async () => {
    const { trace } = await say('scaffold', ['[[B]]'], { ...question, images: [await picture(40)] });
    expect(trace.calls[0]?.imageCount).toBe(1);
    expect(trace.remarks).toMatchObject([{ kind: 'image-too-small' }]);
  });
});

describe('ICoT', () => {
  it('inserts the most attended patches after line breaks, three times at most', async () => {
    const lines = ['First.', 'Second.', 'Third.', 'Fourth.', '(B)'].join('\n');
    const { trace, arSteps } = await say('icot', [lines]);
    expect(trace.steps).toHaveLength(3);
    const { gridRows = 0, gridColumns = 0 } = trace.image ?? {};
    for (const step of trace.steps) {
      const ranked = [...step.imageAttention.entries()].sort(([a, x], [b, y]) => y - x || a - b);
      const wanted = ranked.slice(0, 16).map(([slot]) => slot);
      expect(step.selectedSlots).toEqual(wanted.sort((a, b) => a - b));
      expect(step.pool).toHaveLength(gridRows * gridColumns);
      expect(step.visionMass + step.textMass + step.latentVisionMass).toBeCloseTo(1, 5);
    }
    expect(trace.steps[0]?.latentVisionMass).toBe(0);
    expect(trace.steps[1]?.latentVisionMass).toBeGreaterThan(0);
    // Inserted patches are no autoregressive steps.
    expect(arSteps).toBe(tokensOf(lines));
  });
});
