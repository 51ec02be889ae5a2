/** ICoT against the plain PyTorch reference (trainer/golden/icot.py): tokens, where patches come in, which, and why. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { argmax } from '../../src/main/engine/generate.ts';
import type { LanguageModel } from '../../src/main/engine/language-model.ts';
import { icot } from '../../src/main/methods/icot.ts';
import { resolveRunSettings } from '../../src/shared/run-settings.ts';
import { answerOf } from '../support/answer-of.ts';
import { expectClose } from '../support/expect-close.ts';
import { goldenRoot } from '../support/golden.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { importTiny, openTiny } from '../support/tiny-bundles.ts';

const checkpoints = ['tiny-tied', 'tiny-untied'] as const;
const golden = z
  .object({
    manifest: z.tuple([
      z.object({
        tolerances: z.object({ scores: z.number() }),
        newlineTokenIds: z.record(z.enum(checkpoints), z.array(z.int())),
      }),
    ]),
    cases: z.array(
      z.object({
        checkpoint: z.enum(checkpoints),
        id: z.string(),
        question: z.string(),
        choices: z.array(z.string()),
        images: z.array(z.string()),
        maxTokens: z.int(),
        prompt: z.string(),
        promptTokenIds: z.array(z.int()),
        positionRule: z.enum(['counting', 'grid']),
        triggerTokenIds: z.array(z.int()),
        /** Added to the logits of tokens. */
        logitBias: z.array(z.tuple([z.int(), z.number()])),
        insertions: z.array(z.object({ tokenIndex: z.int(), slots: z.array(z.int()), scores: z.array(z.number()) })),
        outputTokenIds: z.array(z.int()),
        outputText: z.string(),
        finishReason: z.enum(['end', 'length']),
      }),
    ),
  })
  .parse(JSON.parse(await readFile(new URL('../golden/methods/icot.json', import.meta.url), 'utf8')));
type Case = (typeof golden.cases)[number];
const { tolerances, newlineTokenIds } = golden.manifest[0];

/** The model with a case's bias on its logits; `said` collects the largest ones' tokens. */
function biasedModel(model: LanguageModel, { logitBias }: Case, said: number[]): LanguageModel {
  return replacing(model, {
    logits: async (hidden) => {
      const logits = await model.logits(hidden);
      for (const row of logits) {
        for (const [token, bias] of logitBias) row[token] = (row[token] ?? 0) + bias;
        said.push(argmax(row));
      }
      return logits;
    },
  });
}

/** The model with other tokens in the part of those with a line break. */
function triggeredModel(model: LanguageModel, { triggerTokenIds }: Case): LanguageModel {
  const triggers = new Set(triggerTokenIds);
  const { tokenizer } = model;
  // Single tokens are decoded only to see whether patches come in; texts are decoded as ever.
  const decode: typeof tokenizer.decode = (ids, options) => {
    if (ids.length !== 1 || options !== undefined) return tokenizer.decode(ids, options);
    return triggers.has(ids[0] ?? -1) ? '\n' : '';
  };
  return replacing(model, { tokenizer: { ...tokenizer, decode } });
}

function replacing(model: LanguageModel, parts: Partial<LanguageModel>): LanguageModel {
  return new Proxy(model, {
    get: (target, name) => {
      const value: unknown = Reflect.get(name in parts ? parts : target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

const newFolder = temporaryFolders();

describe.each(checkpoints)('%s', (checkpoint) => {
  let model: LanguageModel;
  beforeAll(async () => {
    const path = join(await newFolder(), checkpoint);
    await importTiny(checkpoint, path);
    model = await openTiny(path, null);
  });
  afterAll(() => model.dispose());

  const own = golden.cases.filter((entry) => entry.checkpoint === checkpoint && entry.positionRule === 'grid');

  it('has the tokens with a line break that the reference has', () => {
    const found = Array.from({ length: model.tokenizer.vocabularySize }, (_, id) => id).filter((id) =>
      model.tokenizer.decode([id]).includes('\n'),
    );
    expect(found).toEqual(newlineTokenIds[checkpoint]);
  });

  it.each(own)('$id', async (wanted) => {
    const said: number[] = [];
    const biased = biasedModel(model, wanted, said);
    const asked = wanted.id.startsWith('other-tokens') ? triggeredModel(biased, wanted) : biased;
    const settings = resolveRunSettings(
      { maxTokens: wanted.maxTokens, device: 'cpu' },
      {
        method: 'icot',
        latentSteps: 0,
        patchesPerStep: 0,
        stepLayout: 'patches-then-hidden',
        promptFormat: 'released-inference',
      },
    );
    const images = await Promise.all(wanted.images.map((name) => readFile(join(goldenRoot, 'images', name))));
    const { question, choices } = wanted;
    const [prediction] = await icot.answer(asked, settings, [
      { sampleId: 'q', question, choices, context: '', images },
    ]);
    const answer = answerOf(prediction);
    expect(answer.prompt).toBe(wanted.prompt);
    expect(answer.trace?.promptTokenCount).toBe(wanted.promptTokenIds.length);
    const steps = answer.trace?.steps ?? [];
    expect(steps.map(({ selectedSlots }) => selectedSlots)).toEqual(wanted.insertions.map(({ slots }) => slots));
    for (const [index, { scores }] of wanted.insertions.entries()) {
      expectClose(steps[index]?.imageAttention ?? [], scores, { absolute: tolerances.scores }, `insertion ${index}`);
    }
    expect(said).toEqual(wanted.outputTokenIds);
    expect(answer.outputText).toBe(wanted.outputText);
    expect(answer.arSteps).toBe(wanted.outputTokenIds.length);
    expect(answer.finishReason).toBe(wanted.finishReason);
  });
});
