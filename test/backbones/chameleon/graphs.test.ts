/**
 * Chameleon's graphs against transformers on small random checkpoints (test/golden/chameleon): the codes of pictures from
 * their files, and whole latent answers: patches, attention, logits, tokens.
 */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readChameleonConfig, type ChameleonConfig } from '../../../src/main/backbones/chameleon/checkpoint/config.ts';
import {
  expectedChameleonTensors,
  validateChameleon,
} from '../../../src/main/backbones/chameleon/checkpoint/tensors.ts';
import { chameleonDecoder, chameleonHead } from '../../../src/main/backbones/chameleon/graphs/graphs.ts';
import { chameleonImageTokenizer } from '../../../src/main/backbones/chameleon/graphs/image-tokenizer.ts';
import { preprocessImage } from '../../../src/main/backbones/chameleon/image-processor.ts';
import { plainPositions } from '../../../src/main/backbones/positions.ts';
import { readRowsAsFloat32 } from '../../../src/main/checkpoint/row-reader.ts';
import { openWeightFolder } from '../../../src/main/checkpoint/weight-folder.ts';
import type { WeightSource } from '../../../src/main/checkpoint/weight-source.ts';
import { HostCache } from '../../../src/main/engine/host-cache.ts';
import type { OnnxSession } from '../../../src/main/engine/onnx-session.ts';
import { SequenceBatch, type RowState } from '../../../src/main/engine/sequence-batch.ts';
import { selectPatches } from '../../../src/main/methods/patch-selection.ts';
import { decodeImage } from '../../../src/main/vlm/image/decode.ts';
import { openGraph } from '../../support/built-graph.ts';
import { expectClose } from '../../support/expect-close.ts';
import { temporaryFolders } from '../../support/temp-folder.ts';
import { testDevice } from '../../support/tiny-bundles.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const golden = join(repository, 'test', 'golden', 'chameleon');
const float32 = { kind: 'float32' } as const;

const imagesSchema = z.object({
  images: z.array(z.object({ image: z.string(), imageTokens: z.array(z.int()), minMargin: z.number() })).min(8),
});

const stepSchema = z.object({ selectedSlots: z.array(z.int()), scores: z.array(z.number()) });
const caseSchema = z.object({
  id: z.string(),
  settings: z.object({
    patchesPerStep: z.int(),
    stepLayout: z.enum(['patches-then-hidden', 'hidden-then-patches']),
    intervention: z.string(),
    forcedPatches: z.array(z.unknown()),
    bannedPatches: z.array(z.unknown()),
    adaptiveStop: z.string(),
  }),
  promptTokenIds: z.array(z.int()),
  /** Of the separator, which the released inference has behind the steps; ordinary prompts hold it. */
  tokenIdsAfterSteps: z.array(z.int()).default([]),
  imageSlots: z.tuple([z.int(), z.int()]),
  vocabularyIds: z.array(z.int()),
  steps: z.array(stepSchema),
  topLogits: z.array(z.object({ id: z.int(), logit: z.number() })),
  outputTokenIds: z.array(z.int()),
  stopTokenIds: z.array(z.int()),
});
type GoldenCase = z.infer<typeof caseSchema>;
const casesSchema = z.object({
  manifest: z.object({ tolerances: z.object({ logits: z.number(), scores: z.number() }) }),
  cases: z.array(caseSchema).min(4),
});

const readJson = async <T>(schema: z.ZodType<T>, ...path: string[]): Promise<T> =>
  schema.parse(JSON.parse(await readFile(join(golden, ...path), 'utf8')));

/** Those of whom the settings are nothing but N, K and the order of a step: the rest is the methods' business. */
const isPlain = ({ settings }: GoldenCase): boolean =>
  settings.intervention === 'none' &&
  settings.adaptiveStop === 'off' &&
  settings.forcedPatches.length + settings.bannedPatches.length === 0;

for (const name of ['tiny', 'tiny-attention']) {
  describe(`a small Chameleon (${name})`, () => {
    const newFolder = temporaryFolders();
    let config: ChameleonConfig;
    let source: WeightSource;
    let tokenizer: OnnxSession;
    let decoder: OnnxSession;
    let head: OnnxSession;

    beforeAll(async () => {
      config = await readChameleonConfig(join(golden, name));
      source = await openWeightFolder(join(golden, name));
      // On the device that is tested, every node of it; the rest is the processor's.
      tokenizer = await openGraph(await newFolder(), chameleonImageTokenizer(config.vq), source, testDevice);
      decoder = await openGraph(await newFolder(), chameleonDecoder(config.text, float32, 'positions-first'), source);
      head = await openGraph(await newFolder(), chameleonHead(config.text, float32), source);
    });
    afterAll(async () => {
      for (const part of [tokenizer, decoder, head]) await part.dispose();
      await source.close();
    });

    it('has the tensors that its configuration implies, and two that only a decoder of images would use', () => {
      const { vocabularySize, unknown } = validateChameleon(source, config, { tokenizerLength: 3 });
      expect(vocabularySize).toBe(config.text.vocabularySize);
      expect(unknown.toSorted()).toEqual(['bias', 'weight'].map((part) => `model.vqmodel.post_quant_conv.${part}`));
    });

    it('takes every tensor of its list in its graphs, the embeddings apart', () => {
      const graphs = [
        chameleonImageTokenizer(config.vq),
        chameleonDecoder(config.text, float32, 'heads-first'),
        chameleonHead(config.text, float32),
      ];
      const taken = graphs.flatMap(({ weights }) => weights.map(({ tensor }) => tensor));
      const expected = expectedChameleonTensors(config).map((tensor) => tensor.name);
      expect([...taken, 'model.embed_tokens.weight'].toSorted()).toEqual(expected.toSorted());
    });

    it('gives every picture the codes that transformers gives it', async () => {
      const { images } = await readJson(imagesSchema, name, 'images.json');
      const side = config.vq.resolution;
      for (const { image, imageTokens, minMargin } of images) {
        // The nearest entry is clear: not one place hangs on the rounding of a sum.
        expect(minMargin, image).toBeGreaterThan(1e-3);
        const bytes = await readFile(join(repository, image));
        const { pixelValues } = preprocessImage(await decodeImage(bytes, image, { transparency: 'blend-all' }), {
          side,
          slotSide: side / Math.sqrt(config.vq.placeCount),
          mean: [1, 1, 1],
          std: [1, 1, 1],
          rescaleFactor: 0.0078,
        });
        const outputs = await tokenizer.run({ pixel_values: { data: pixelValues, dims: [1, 3, side, side] } });
        expect([...outputs.values('image_codes').data], basename(image)).toEqual(imageTokens);
      }
    });

    it('encodes pictures side by side as it does alone', async () => {
      const side = config.vq.resolution;
      const size = 3 * side * side;
      const pixels = Float32Array.from({ length: 3 * size }, (_, i) => Math.sin(i * 0.37) * Math.cos(i * 0.011));
      const codes = async (data: Float32Array<ArrayBuffer>) =>
        (await tokenizer.run({ pixel_values: { data, dims: [data.length / size, 3, side, side] } })).values(
          'image_codes',
        );
      const together = await codes(pixels);
      expect(together.dims).toEqual([3, config.vq.placeCount]);
      const alone = await Promise.all([0, 1, 2].map((i) => codes(pixels.slice(i * size, (i + 1) * size))));
      expect([...together.data]).toEqual(alone.flatMap(({ data }) => [...data]));
    });

    it('answers as transformers does: patches, attention, logits and tokens', async () => {
      const { cases, manifest } = await readJson(casesSchema, name, 'golden.json');
      const plain = cases.filter(isPlain);
      expect(plain.length).toBeGreaterThanOrEqual(5);
      for (const item of plain) await expectAnswer(item, manifest.tolerances);
    });

    async function expectAnswer(item: GoldenCase, tolerances: Readonly<{ logits: number; scores: number }>) {
      const [firstSlot, slotCount] = item.imageSlots;
      const ids = item.promptTokenIds;
      expect(item.vocabularyIds.every((id) => config.imageVocabulary.tokenIds.includes(id))).toBe(true);
      expect(ids.slice(firstSlot, firstSlot + slotCount)).toEqual(
        item.vocabularyIds.map(() => config.imageVocabulary.slotId),
      );
      const slots = await embed(item.vocabularyIds);
      const prompt = await embed(ids.toSpliced(firstSlot, slotCount, ...item.vocabularyIds));
      const size = config.text.hiddenSize;
      const cache = new HostCache(config.text, 1);
      const batch = new SequenceBatch({ decoder, cache, positionsAtOnce: 64 }, config.text, 1);
      let length = 0;
      const feed = async (embeds: Float32Array): Promise<RowState> => {
        const count = embeds.length / size;
        await batch.feed([{ embeds, positions: plainPositions(count, length) }]);
        length += count;
        return batch.state(0);
      };

      let state = await feed(prompt);
      let pool = Array.from({ length: slotCount }, (_, slot) => slot);
      for (const [index, step] of item.steps.entries()) {
        const scores = state.attention.slice(firstSlot, firstSlot + slotCount);
        expectClose(scores, step.scores, { absolute: tolerances.scores }, `${item.id}, scores of step ${index}`);
        const selected = selectPatches({
          scores,
          pool,
          count: item.settings.patchesPerStep,
          rule: 'most-attended',
          forced: [],
          banned: [],
          randomOrder: (slot) => slot,
        });
        expect(selected, `${item.id}, patches of step ${index}`).toEqual(step.selectedSlots);
        pool = pool.filter((slot) => !selected.includes(slot));
        const patches = selected.flatMap((slot) => [...slots.subarray(slot * size, (slot + 1) * size)]);
        const { hidden } = state;
        state = await feed(
          Float32Array.from(
            item.settings.stepLayout === 'patches-then-hidden' ? [...patches, ...hidden] : [...hidden, ...patches],
          ),
        );
      }
      if (item.tokenIdsAfterSteps.length > 0) state = await feed(await embed(item.tokenIdsAfterSteps));

      const tokens: number[] = [];
      for (const expected of item.outputTokenIds) {
        const { data } = (await head.run({ hidden: { data: state.hidden, dims: [1, size] } })).values('logits');
        const logits = Float32Array.from(data);
        for (const id of config.imageVocabulary.tokenIds) logits[id] = -Infinity;
        if (tokens.length === 0) {
          const best = item.topLogits.map(({ id }) => logits[id] ?? NaN);
          expectClose(
            best,
            item.topLogits.map(({ logit }) => logit),
            { absolute: tolerances.logits },
            `${item.id}, logits`,
          );
        }
        tokens.push(logits.indexOf(Math.max(...logits)));
        if (tokens.at(-1) !== expected) break;
        state = await feed(await embed([expected]));
      }
      expect(tokens, `${item.id}, tokens`).toEqual(item.outputTokenIds);
      batch.dispose();
    }

    async function embed(ids: readonly number[]): Promise<Float32Array> {
      const size = config.text.hiddenSize;
      const rows = new Float32Array(ids.length * size);
      for (const [index, id] of ids.entries()) {
        rows.set(await readRowsAsFloat32(source, 'model.embed_tokens.weight', id, 1), index * size);
      }
      return rows;
    }
  });
}
