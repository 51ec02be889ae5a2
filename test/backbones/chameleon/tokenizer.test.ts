/**
 * Chameleon's tokenizer: ids and texts of the reference (`tokenizers` at a pinned version), exactly, on the published
 * shape and on one whose image tokens lie in the vocabulary alone; the tokens with a role; what a question may not say.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ordinaryTextEncoder } from '../../../src/main/backbones/chameleon/ordinary-text.ts';
import {
  codebookIndex,
  findChameleonTokens,
  slotTokenIds,
} from '../../../src/main/backbones/chameleon/special-tokens.ts';
import { createTokenizer, loadTokenizer } from '../../../src/main/vlm/tokenizer.ts';
import { expectFailure } from '../../support/expect-failure.ts';
import { chameleonGoldenFolder } from '../../vlm/chameleon-golden.ts';

const idsSchema = z.array(z.int());
const golden = z
  .object({
    /** In codebook order, as transformers maps them. */
    imageTokens: idsSchema,
    /** Of the tokens in angle brackets. */
    vocabulary: z.record(z.string(), z.int()),
    tokenizers: z.array(
      z.object({
        file: z.string(),
        sha256: z.string(),
        vocabularySize: z.int(),
        bosTokenId: z.int().nullable(),
      }),
    ),
    strings: z.array(z.tuple([z.string(), idsSchema, idsSchema])),
    decodings: z.array(z.array(z.object({ ids: idsSchema, text: z.string(), withoutSpecial: z.string() }))),
  })
  .parse(JSON.parse(readFileSync(join(chameleonGoldenFolder, 'tokens.json'), 'utf8')));

const pathOf = (file: string): string => join(chameleonGoldenFolder, file);
/** tokenizer_config.json lists the image tokens as added ones, which the second shape is to do without. */
const load = (file: string) =>
  loadTokenizer(
    {
      tokenizer: pathOf(file),
      tokenizerConfig: file === 'tokenizer.json' ? pathOf('tokenizer_config.json') : null,
    },
    findChameleonTokens,
  );
const parsed = (file = 'tokenizer.json'): unknown => JSON.parse(readFileSync(pathOf(file), 'utf8'));
const codes = (ids: readonly number[]): string => ids.join(' ');

describe.each(golden.tokenizers.map((entry, index) => ({ ...entry, index })))('$file', (entry) => {
  it('is the one that the golden values were made with', () => {
    expect(
      createHash('sha256')
        .update(readFileSync(pathOf(entry.file)))
        .digest('hex'),
      'run trainer/golden/make_chameleon_tokens.py again after a change of the tokenizer',
    ).toBe(entry.sha256);
  });

  it('encodes 650 hard strings as the reference does', async () => {
    const tokenizer = await load(entry.file);
    expect(golden.strings.length).toBe(650);
    for (const [text, ...ids] of golden.strings) {
      expect(codes(tokenizer.encode(text)), JSON.stringify(text)).toBe(codes(ids[entry.index] ?? [-1]));
    }
  });

  it('decodes token ids in any order as the reference does', async () => {
    const tokenizer = await load(entry.file);
    const decodings = golden.decodings[entry.index] ?? [];
    expect(decodings.length).toBe(200);
    for (const { ids, text, withoutSpecial } of decodings) {
      expect(tokenizer.decode(ids)).toBe(text);
      expect(tokenizer.decode(ids, { skipSpecialTokens: true })).toBe(withoutSpecial);
    }
  });

  it('finds the tokens with a role, whatever their ids', async () => {
    const { specialTokens, bosTokenId, vocabularySize, tokenId } = await load(entry.file);
    const { vocabulary, imageTokens } = golden;
    expect(specialTokens).toEqual({
      bos: vocabulary['<s>'],
      imageStart: vocabulary['<racm3:break>'],
      imageEnd: vocabulary['<eoss>'],
      imagePad: vocabulary['<image>'],
      separator: vocabulary['<reserved08706>'],
      endOfSequence: [vocabulary['</s>']],
      imageTokens,
      startLatent: tokenId('<|start-latent|>'),
      endLatent: tokenId('<|end-latent|>'),
      latent: tokenId('<|latent|>'),
    });
    expect(specialTokens.latent).toBe(entry.vocabularySize - 1);
    expect(bosTokenId).toBe(entry.bosTokenId);
    expect(vocabularySize).toBe(entry.vocabularySize);
  });

  it.each([
    '<image>',
    'What is <image>IMGIMGAZ<image>?',
    '<racm3:break><eoss><reserved08706>',
    'IMGIMGAZIMGIMGBBZ IMGIMGJZ',
    '<|latent|> <|start-latent|><|end-latent|>',
  ])('never takes %s in a question for a slot', async (text) => {
    const tokenizer = await load(entry.file);
    const slots = slotTokenIds(tokenizer.specialTokens);
    expect(tokenizer.encode(text).some((id) => slots.has(id))).toBe(true);
    const ids = ordinaryTextEncoder(tokenizer)(text);
    expect(ids.filter((id) => slots.has(id))).toEqual([]);
    expect(tokenizer.decode(ids)).toBe(text);
  });
});

describe('ordinary text', () => {
  it('is encoded as the reference does where it spells no slot', async () => {
    const tokenizer = await load('tokenizer.json');
    const slots = slotTokenIds(tokenizer.specialTokens);
    const encode = ordinaryTextEncoder(tokenizer);
    const plain = golden.strings.filter(([, ids]) => !ids.some((id) => slots.has(id)));
    expect(plain.length).toBeGreaterThan(400);
    for (const [text, ids] of plain) expect(codes(encode(text)), JSON.stringify(text)).toBe(codes(ids));
  });

  it('keeps other special tokens special', async () => {
    const tokenizer = await load('tokenizer.json');
    const end = golden.vocabulary['</s>'];
    expect(ordinaryTextEncoder(tokenizer)('a</s>b')).toEqual([...tokenizer.encode('a'), end, ...tokenizer.encode('b')]);
  });
});

describe('findChameleonTokens', () => {
  const ids: Record<string, number> = Object.fromEntries(
    ['<s>', '</s>', '<racm3:break>', '<eoss>', '<image>', '<reserved08706>', 'IMGIMGAZ', 'IMGIMGBZ'].map((name, i) => [
      name,
      i,
    ]),
  );
  const find = (known: Record<string, number>) =>
    findChameleonTokens(
      'tokenizer.json',
      (name) => known[name],
      () => Object.keys(known),
    );

  it('does without the latent tokens', () => {
    expect(find(ids)).toMatchObject({ latent: null, startLatent: null, endLatent: null, imageTokens: [6, 7] });
  });

  it.each(['<s>', '</s>', '<racm3:break>', '<eoss>', '<image>', '<reserved08706>'])('misses %s', async (name) => {
    const { [name]: _, ...rest } = ids;
    const failure = await expectFailure(() => find(rest), 'malformed-tokenizer');
    expect(failure.expected).toBe(name);
  });

  it.each([
    ['a gap', { IMGIMGDZ: 9 }, '3 tokens, but none for codebook entry 2'],
    ['a second name of an entry', { IMGIMGABZ: 9 }, 'two tokens for codebook entry 1'],
  ])('refuses %s', async (_, more, found) => {
    const failure = await expectFailure(() => find({ ...ids, ...more }), 'malformed-tokenizer');
    expect(failure.found).toBe(found);
  });

  it('refuses a tokenizer of another family', async () => {
    const qwen = JSON.parse(readFileSync(join(chameleonGoldenFolder, '../qwen2-vl/tiny-tied/tokenizer.json'), 'utf8'));
    await expectFailure(
      () => createTokenizer('tokenizer.json', qwen, null, false, findChameleonTokens),
      'malformed-tokenizer',
    );
  });
});

it.each([
  ['IMGIMGAZ', 0],
  ['IMGIMGJZ', 9],
  ['IMGIMGIBJBZ', 8191],
  ['IMGIMGZ', null],
  ['IMGIMGKZ', null],
  ['xIMGIMGAZ', null],
])('codebookIndex of %s is %s', (name, index) => {
  expect(codebookIndex(name)).toBe(index);
});

describe('a changed tokenizer.json is refused', () => {
  const changed = (change: (json: Record<string, unknown>) => object) =>
    createTokenizer(
      'tokenizer.json',
      change(z.record(z.string(), z.unknown()).parse(parsed())),
      null,
      false,
      findChameleonTokens,
    );
  const steps = z
    .object({ pre_tokenizer: z.object({ pretokenizers: z.array(z.looseObject({ type: z.string() })) }) })
    .parse(parsed()).pre_tokenizer.pretokenizers;
  const withSteps = (pretokenizers: unknown[]) => ({ pre_tokenizer: { type: 'Sequence', pretokenizers } });
  const bos = { SpecialToken: { id: '<s>', type_id: 0 } };
  const text = { Sequence: { id: 'A', type_id: 0 } };
  const template = (single: unknown[], id = 0) => ({
    post_processor: {
      type: 'TemplateProcessing',
      single,
      pair: [],
      special_tokens: { '<s>': { id: '<s>', ids: [id], tokens: ['<s>'] } },
    },
  });

  it.each<[string, object, string]>([
    [
      'digits in groups',
      withSteps([{ type: 'Digits', individual_digits: false }, ...steps.slice(4)]),
      '0.individual_digits',
    ],
    [
      'punctuation that is removed',
      withSteps([{ type: 'Punctuation', behavior: 'Removed' }, ...steps.slice(5)]),
      '0.behavior',
    ],
    ['another step', withSteps([{ type: 'Metaspace', replacement: '_' }, ...steps]), '0.type'],
    ['no step to bytes', withSteps(steps.slice(0, 5)), 'pre_tokenizer.pretokenizers'],
    ['a step after bytes', withSteps([...steps].reverse()), 'pre_tokenizer.pretokenizers'],
    ['bytes twice', withSteps([...steps.slice(5), ...steps.slice(5)]), 'pre_tokenizer.pretokenizers'],
    [
      'a split that is merged',
      withSteps([{ ...steps[0], behavior: 'MergedWithNext' }, ...steps.slice(1)]),
      '0.behavior',
    ],
    ['a token at the end of a text', template([text, bos]), 'post_processor.single'],
    ['two tokens before a text', template([bos, bos, text]), 'post_processor.single'],
    ['a beginning of another id', template([bos, text], 7), 'post_processor.special_tokens <s>'],
    ['another normaliser', { normalizer: { type: 'Lowercase' } }, 'normalizer.type'],
  ])('%s', async (_, change, place) => {
    const failure = await expectFailure(() => changed((json) => ({ ...json, ...change })), 'malformed-tokenizer');
    expect(failure.place).toContain(place);
  });
});

it('encodes a question of 2,000 characters in a few milliseconds', async () => {
  const tokenizer = await load('tokenizer.json');
  const all = golden.strings.map(([text]) => text).join(' ');
  tokenizer.encode(all.slice(0, 4000));
  const started = performance.now();
  for (let i = 2; i < 8; i++) tokenizer.encode(all.slice(2000 * i, 2000 * (i + 1)));
  // Measured: 1 to 4 ms each; many times that for a busy machine.
  expect((performance.now() - started) / 6).toBeLessThan(60);
});
