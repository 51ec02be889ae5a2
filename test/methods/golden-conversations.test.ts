/**
 * Ordinary prompting in one to three turns, greedy and sampled, against transformers' own processor and `generate`
 * (values: trainer/golden/make_conversations.py): prompts, positions' offset, and every token.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { LanguageModel } from '../../src/main/engine/language-model.ts';
import { conversation } from '../../src/main/methods/conversation.ts';
import { assistantTurn, userTurn, type ChatMessage, type Reply } from '../../src/main/methods/reasoning.ts';
import { mropePositions } from '../../src/main/backbones/qwen2-vl/rope.ts';
import { resolveRunSettings } from '../../src/shared/run-settings.ts';
import { answerOf } from '../support/answer-of.ts';
import { goldenRoot } from '../support/golden.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { importTiny, openTiny } from '../support/tiny-bundles.ts';

const partSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('image') }),
  z.object({ type: z.literal('text'), text: z.string() }),
]);
const callSchema = z.object({
  messages: z.array(z.object({ role: z.enum(['user', 'assistant']), content: z.array(partSchema) })),
  prompt: z.string(),
  promptTokenIds: z.array(z.int()),
  gridThw: z.array(z.tuple([z.int(), z.int(), z.int()])),
  /** [3, S] */
  positions: z.array(z.array(z.int())),
  ropeDelta: z.int(),
  outputTokenIds: z.array(z.int()),
  outputText: z.string(),
  finishReason: z.enum(['end', 'length']),
});
const { cases } = z
  .object({
    cases: z.array(
      z.object({
        checkpoint: z.enum(['tiny-tied', 'tiny-untied']),
        id: z.string(),
        sampleId: z.string(),
        seed: z.int(),
        sampling: z.object({ temperature: z.number(), topP: z.number(), repetitionPenalty: z.number() }),
        maxTokens: z.int(),
        /** Of each of the user's turns. */
        images: z.array(z.array(z.string())),
        calls: z.array(callSchema),
      }),
    ),
  })
  .parse(JSON.parse(await readFile(new URL('../golden/methods/conversations.json', import.meta.url), 'utf8')));
type Case = (typeof cases)[number];

/** What the user says in each turn. */
function userTexts({ calls }: Case): string[] {
  return (calls.at(-1)?.messages ?? [])
    .filter(({ role }) => role === 'user')
    .map(({ content }) => content.map((part) => (part.type === 'text' ? part.text : '')).join(''));
}

/** Lets the model answer a case's questions, its own answers between them. */
async function converse(model: LanguageModel, wanted: Case, batchOf = 1) {
  const replies: Reply[][] = [];
  const method = conversation(async function* ({ images }) {
    const own: Reply[] = [];
    replies.push(own);
    let messages: ChatMessage[] = [];
    let shown = 0;
    for (const [index, text] of userTexts(wanted).entries()) {
      const pictures = images.slice(shown, shown + (wanted.images[index]?.length ?? 0));
      shown += pictures.length;
      messages = [...messages, userTurn(pictures, text)];
      const reply: Reply = yield { purpose: `turn ${index}`, messages };
      own.push(reply);
      messages = [...messages, assistantTurn(reply.text)];
    }
    return { outputText: own.at(-1)?.text ?? '' };
  });
  const { sampling, seed, maxTokens, sampleId } = wanted;
  const settings = resolveRunSettings(
    { ...sampling, seed, maxTokens, device: 'cpu' },
    {
      method: 'no-cot',
      latentSteps: 0,
      patchesPerStep: 0,
      stepLayout: 'patches-then-hidden',
      promptFormat: 'released-inference',
    },
  );
  const images = await Promise.all(wanted.images.flat().map((name) => readFile(join(goldenRoot, 'images', name))));
  const question = { sampleId, question: '', choices: [], context: '', images };
  const predictions = await method.answer(
    model,
    settings,
    Array.from({ length: batchOf }, () => question),
  );
  return { replies, traces: predictions.map((prediction) => answerOf(prediction).trace) };
}

const newFolder = temporaryFolders();

describe.each(['tiny-tied', 'tiny-untied'] as const)('%s', (checkpoint) => {
  let model: LanguageModel;
  beforeAll(async () => {
    const path = join(await newFolder(), checkpoint);
    await importTiny(checkpoint, path);
    model = await openTiny(path, null);
  });
  afterAll(() => model.dispose());
  const own = cases.filter((entry) => entry.checkpoint === checkpoint);

  it('has a case for each conversation', () => {
    expect(own.length).toBe(16);
  });

  it.each(own)('$id: prompts and tokens', async (wanted) => {
    const { replies, traces } = await converse(model, wanted);
    const found = (replies[0] ?? []).map(({ tokenIds, text, finishReason }) => ({ tokenIds, text, finishReason }));
    expect(found).toEqual(
      wanted.calls.map(({ outputTokenIds, outputText, finishReason }) => ({
        tokenIds: outputTokenIds,
        text: outputText,
        finishReason,
      })),
    );
    expect(traces[0]?.calls.map(({ prompt }) => prompt)).toEqual(wanted.calls.map(({ prompt }) => prompt));
    for (const [index, call] of wanted.calls.entries()) {
      // From the second turn on, what the first has read is not read again.
      if (index > 0) expect(traces[0]?.calls[index]?.cachedTokenCount).toBeGreaterThan(0);
      const { tokenIds, imageSpans } = model.backbone.chatPrompt(
        call.messages,
        call.gridThw.map(([, rows, columns]) => (rows * columns) / 4),
      );
      expect(tokenIds).toEqual(call.promptTokenIds);
      const placed = imageSpans.map((span, image) => ({
        ...span,
        gridThw: call.gridThw[image] ?? ([0, 0, 0] as const),
      }));
      const { positions, next } = mropePositions(tokenIds.length, placed, 2);
      expect([...positions]).toEqual(call.positions.flat());
      expect(next - tokenIds.length).toBe(call.ropeDelta);
    }
  });

  it('draws the same tokens for a question in a batch', async () => {
    const wanted = own.find(({ id }) => id === 'three-turns-sampled');
    if (wanted === undefined) throw new Error('the golden case exists');
    const { replies } = await converse(model, wanted, 3);
    const tokens = wanted.calls.map(({ outputTokenIds }) => outputTokenIds);
    expect(replies.map((row) => row.map(({ tokenIds }) => tokenIds))).toEqual([tokens, tokens, tokens]);
  });
});
