/**
 * A Chameleon checkpoint from its folder to answers: imported, opened as the engine does, asked by the methods, against the
 * reference's runs (test/golden/chameleon); and what an import refuses.
 */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { LanguageModel as Model } from '../../../src/main/engine/language-model.ts';
import { LanguageModel } from '../../../src/main/engine/language-model.ts';
import type { EngineQuestion } from '../../../src/main/engine/protocol.ts';
import { importModel } from '../../../src/main/import/import-model.ts';
import { planImport } from '../../../src/main/import/plan-import.ts';
import { reasoningMethods } from '../../../src/main/methods/methods.ts';
import { resolveRunSettings, type RunSettings } from '../../../src/shared/run-settings.ts';
import { answerOf } from '../../support/answer-of.ts';
import { expectClose } from '../../support/expect-close.ts';
import { expectFailure } from '../../support/expect-failure.ts';
import { temporaryFolders } from '../../support/temp-folder.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const golden = join(repository, 'test', 'golden', 'chameleon');
const newFolder = temporaryFolders();

const patchesSchema = z.array(z.object({ step: z.int(), slots: z.array(z.int()) }));
const caseSchema = z.object({
  id: z.string(),
  method: z.enum(['ivt-lr', 'no-cot']),
  settings: z.object({
    latentSteps: z.int(),
    patchesPerStep: z.int(),
    stepLayout: z.enum(['patches-then-hidden', 'hidden-then-patches']),
    promptFormat: z.enum(['released-inference', 'released-training', 'with-context']),
    intervention: z.string(),
    forcedPatches: patchesSchema,
    bannedPatches: patchesSchema,
    adaptiveStop: z.enum(['off', 'selection', 'hidden']),
    adaptiveThreshold: z.number(),
    seed: z.int(),
    maxTokens: z.int(),
  }),
  sample: z.object({
    sampleId: z.string(),
    question: z.string(),
    choices: z.array(z.string()),
    context: z.string(),
    image: z.string(),
  }),
  promptTokenIds: z.array(z.int()),
  steps: z.array(z.object({ selectedSlots: z.array(z.int()), visionMass: z.number(), textMass: z.number() })),
  outputTokenIds: z.array(z.int()),
  outputText: z.string(),
  arSteps: z.int(),
});
type GoldenCase = z.infer<typeof caseSchema>;

const readCases = async (name: string): Promise<GoldenCase[]> =>
  z.object({ cases: z.array(caseSchema) }).parse(JSON.parse(await readFile(join(golden, name, 'golden.json'), 'utf8')))
    .cases;

function settingsOf({ method, settings }: GoldenCase): RunSettings {
  const intervention = settings.intervention as RunSettings['intervention'];
  const input = { ...settings, intervention, method };
  return resolveRunSettings({ ...input, batchSize: 1, device: 'cpu' }, input);
}

const questionOf = async ({ sample: { image, ...sample } }: GoldenCase): Promise<EngineQuestion> => ({
  ...sample,
  images: [await readFile(join(repository, image))],
});

async function importAs(request: Readonly<{ source: string; adapter?: string; loraAlpha?: number }>): Promise<string> {
  const out = join(await newFolder(), 'bundle');
  await importModel(
    { ...request, out, precision: 'f32' },
    { onProgress: () => undefined, signal: new AbortController().signal },
  );
  return out;
}

const checkpoints = [
  { name: 'tiny', request: { source: join(golden, 'tiny') } },
  { name: 'tiny-attention', request: { source: join(golden, 'tiny-attention') } },
] as const;

for (const { name, request } of checkpoints) {
  describe(`an imported Chameleon (${name})`, () => {
    let model: Model;
    let cases: GoldenCase[];

    beforeAll(async () => {
      model = await LanguageModel.open(await importAs(request), { device: 'cpu', threadCount: 1 });
      cases = await readCases(name);
    });
    afterAll(() => model.dispose());

    it('says what it is', () => {
      expect(model.bundle).toMatchObject({ architecture: 'chameleon', trainedFor: { method: 'no-cot' } });
    });

    it('answers every question of the reference: prompts, patches, masses, tokens, text', async () => {
      expect(cases.length).toBeGreaterThanOrEqual(6);
      for (const wanted of cases) {
        const settings = settingsOf(wanted);
        const [prediction] = await reasoningMethods[settings.method].answer(model, settings, [
          await questionOf(wanted),
        ]);
        const { trace, outputText, arSteps, outputTokenCount } = answerOf(prediction);
        const label = `${name} ${wanted.id}`;
        expect(trace?.promptTokenCount, label).toBe(wanted.promptTokenIds.length);
        expect(
          trace?.steps.map(({ selectedSlots }) => selectedSlots),
          label,
        ).toEqual(wanted.steps.map(({ selectedSlots }) => selectedSlots));
        for (const [index, step] of wanted.steps.entries()) {
          const found = trace?.steps[index];
          expectClose(
            [found?.visionMass ?? NaN, found?.textMass ?? NaN],
            [step.visionMass, step.textMass],
            { absolute: 1e-5 },
            `${label}, masses of step ${index}`,
          );
        }
        expect({ outputText, arSteps, outputTokenCount }, label).toEqual({
          outputText: wanted.outputText,
          arSteps: wanted.arSteps,
          outputTokenCount: wanted.outputTokenIds.length,
        });
      }
    });

    it('gives the same answers in batches', async () => {
      const plain = cases.filter(({ id }) => id.startsWith('default-'));
      const [first] = plain;
      if (first === undefined) throw new Error('there are default cases');
      const questions = await Promise.all(plain.map(questionOf));
      const predictions = await reasoningMethods['ivt-lr'].answer(model, settingsOf(first), questions);
      expect(predictions.map((prediction) => answerOf(prediction).outputText)).toEqual(
        plain.map(({ outputText }) => outputText),
      );
    });
  });
}

describe('the import of a Chameleon checkpoint', () => {
  it('merges the released layout, which was trained for latent steps', async () => {
    const adapter = join(golden, 'tiny-released', 'model.pth');
    // 2 / 8 here, as 16 / 64 in the published files.
    const request = { source: join(golden, 'tiny-attention'), adapter, loraAlpha: 2 };
    // The released checkpoint's tokens are added behind the base's.
    const model = await LanguageModel.open(await importAs(request), { device: 'cpu', threadCount: 1 });
    try {
      expect(model.bundle.trainedFor).toMatchObject({ method: 'ivt-lr', latentSteps: 3, patchesPerStep: 64 });
      expect(model.bundle.merged).not.toBeNull();
      for (const wanted of await readCases('tiny-released')) {
        const settings = settingsOf(wanted);
        const [prediction] = await reasoningMethods[settings.method].answer(model, settings, [
          await questionOf(wanted),
        ]);
        expect(answerOf(prediction).outputText, wanted.id).toBe(wanted.outputText);
        expect(answerOf(prediction).trace?.steps.map(({ selectedSlots }) => selectedSlots)).toEqual(
          wanted.steps.map(({ selectedSlots }) => selectedSlots),
        );
      }
    } finally {
      await model.dispose();
    }
  });

  it('is planned without reading a weight', async () => {
    const plan = await planImport({ source: join(golden, 'tiny') });
    expect(plan).toMatchObject({ architecture: 'chameleon', name: 'tiny' });
    expect(plan.precisions.every(({ diskBytes }) => diskBytes > 0)).toBe(true);
  });

  const changed = async (file: string, change: (document: Record<string, unknown>) => void): Promise<string> => {
    const folder = await newFolder();
    await cp(join(golden, 'tiny'), folder, { recursive: true });
    const document = z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(join(folder, file), 'utf8')));
    change(document);
    await writeFile(join(folder, file), JSON.stringify(document));
    return folder;
  };
  const inside = (document: Record<string, unknown>, key: string): Record<string, unknown> =>
    z.record(z.string(), z.unknown()).parse(document[key]);

  it.each([
    ['the 34B order of norms', 'swin_norm', (d) => (d['swin_norm'] = true), 'unsupported-architecture'],
    ['biases', 'attention_bias', (d) => (d['attention_bias'] = true), 'unsupported-architecture'],
    [
      'a codebook of another size',
      'model.vqmodel.quantize.embedding.weight',
      (d) => (d['vq_config'] = { ...inside(d, 'vq_config'), num_embeddings: 100 }),
      null,
    ],
    [
      'channels that 32 groups do not divide',
      'vq_config.base_channels',
      (d) => (d['vq_config'] = { ...inside(d, 'vq_config'), base_channels: 40 }),
      'malformed-config',
    ],
    [
      'a resolution that the levels do not divide',
      'vq_config.resolution',
      (d) => (d['vq_config'] = { ...inside(d, 'vq_config'), resolution: 62 }),
      'malformed-config',
    ],
    [
      'a vocabulary map without an entry',
      'vocabulary_map',
      (d) => {
        const { IMGIMGAZ: _, ...map } = inside(d, 'vocabulary_map');
        d['vocabulary_map'] = map;
      },
      'malformed-config',
    ],
    [
      'a vocabulary map with one id twice',
      'vocabulary_map.IMGIMGAZ',
      (d) => {
        const map = inside(d, 'vocabulary_map');
        d['vocabulary_map'] = { ...map, IMGIMGAZ: map['<image>'] };
      },
      'malformed-config',
    ],
    [
      'a map that is not the tokenizer’s',
      'codebook entry 0',
      (d) => {
        const map = inside(d, 'vocabulary_map');
        d['vocabulary_map'] = { ...map, IMGIMGAZ: map['IMGIMGBZ'], IMGIMGBZ: map['IMGIMGAZ'] };
      },
      'malformed-tokenizer',
    ],
  ] as [
    string,
    string,
    (document: Record<string, unknown>) => void,
    'unsupported-architecture' | 'malformed-config' | 'malformed-tokenizer' | null,
  ][])('refuses %s', async (_, place, change, kind) => {
    const source = await changed('config.json', change);
    const failure = await expectFailure(() => planImport({ source }), kind ?? 'malformed-config');
    expect(failure.place).toContain(kind === null ? 'vocabulary_map' : place);
  });

  it('refuses another way of preparing images', async () => {
    const source = await changed('preprocessor_config.json', (document) => (document['resample'] = 3));
    expect(await expectFailure(() => planImport({ source }), 'malformed-config')).toMatchObject({ place: 'resample' });
  });
});
