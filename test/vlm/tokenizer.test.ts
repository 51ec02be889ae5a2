/** Ids and texts of the reference (tokenizers and transformers at pinned versions), exactly, on two vocabularies. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { compilePattern, digit, splitInTurn, splitPieces } from '../../src/main/vlm/byte-level-bpe/pre-tokenize.ts';
import { punctuation } from '../../src/main/vlm/byte-level-bpe/punctuation.ts';
import { findSpecialTokens } from '../../src/main/vlm/special-tokens.ts';
import { loadTokenizer } from '../../src/main/vlm/tokenizer.ts';
import { checkpointFolder, goldenFolder, readGoldenJson } from './vlm-golden.ts';

const vocabularySchema = z.object({
  vocabularySize: z.int(),
  sha256: z.string(),
  latentIds: z.array(z.int()).nullable(),
});
const decodingSchema = z.object({ ids: z.array(z.int()), text: z.string(), withoutSpecial: z.string() });
const golden = readGoldenJson(
  z.object({
    tiny: vocabularySchema,
    large: vocabularySchema,
    strings: z.array(z.tuple([z.string(), z.array(z.int()), z.array(z.int())])),
    tinyDecodings: z.array(decodingSchema),
    largeDecodings: z.array(decodingSchema),
  }),
  'tokenizer.json',
);

const folders = { tiny: join(checkpointFolder, 'tiny-tied'), large: join(goldenFolder, 'tokenizer-large') };

async function load(name: 'tiny' | 'large') {
  return await loadTokenizer(
    {
      tokenizer: join(folders[name], 'tokenizer.json'),
      tokenizerConfig: join(folders[name], 'tokenizer_config.json'),
      latentTokens: name === 'tiny',
    },
    findSpecialTokens,
  );
}

describe.each(['tiny', 'large'] as const)('the %s vocabulary', (name) => {
  it('is the one that the golden values were made with', async () => {
    const file = await readFile(join(folders[name], 'tokenizer.json'));
    expect(
      createHash('sha256').update(file).digest('hex'),
      'run trainer/golden/make_preprocessing.py again after a change of tokenizer.json',
    ).toBe(golden[name].sha256);
  });

  it('encodes 2,000 varied strings as the reference does', async () => {
    const tokenizer = await load(name);
    expect(golden.strings.length).toBe(2000);
    for (const [text, tiny, large] of golden.strings) {
      expect(tokenizer.encode(text), JSON.stringify(text)).toEqual(name === 'tiny' ? tiny : large);
    }
  });

  it('decodes token ids in any order as the reference does', async () => {
    const tokenizer = await load(name);
    for (const { ids, text, withoutSpecial } of golden[`${name}Decodings`]) {
      expect(tokenizer.decode(ids)).toBe(text);
      expect(tokenizer.decode(ids, { skipSpecialTokens: true })).toBe(withoutSpecial);
    }
  });

  it('decodes token by token to the same text', async () => {
    const tokenizer = await load(name);
    for (const { ids, text } of golden[`${name}Decodings`]) {
      const next = tokenizer.startDecoding();
      const parts = ids.map((id) => next(id));
      expect(parts.join('') + next()).toBe(text);
    }
  });

  it('gives its special tokens the ids of the reference', async () => {
    const tokenizer = await load(name);
    const { specialTokens, tokenId } = tokenizer;
    expect(tokenizer.vocabularySize).toBe(golden[name].vocabularySize);
    expect([specialTokens.startLatent, specialTokens.endLatent, specialTokens.latent]).toEqual(
      golden[name].latentIds ?? [null, null, null],
    );
    expect(specialTokens.imagePad).toBe(tokenId('<|image_pad|>'));
    expect(specialTokens.endOfSequence).toEqual([tokenId('<|im_end|>'), tokenId('<|endoftext|>')]);
    expect(tokenizer.encode('<|vision_start|><|vision_end|>')).toEqual([
      specialTokens.imageStart,
      specialTokens.imageEnd,
    ]);
  });
});

describe('encode', () => {
  it('replaces lone surrogates, which the reference cannot take', async () => {
    const tokenizer = await load('tiny');
    expect(tokenizer.encode('a\ud800b')).toEqual(tokenizer.encode('a\ufffdb'));
  });

  it('encodes a prompt of 2,000 characters in a few milliseconds, met for the first time', async () => {
    const tokenizer = await load('large');
    const prompt = golden.strings
      .map(([text]) => text)
      .join(' ')
      .slice(0, 60_000);
    tokenizer.encode(prompt.slice(0, 20_000));
    const started = performance.now();
    for (let i = 10; i < 30; i++) tokenizer.encode(prompt.slice(2000 * i, 2000 * (i + 1)));
    // Measured: 1 to 2 ms each; five times that for a busy machine.
    expect((performance.now() - started) / 20).toBeLessThan(25);
  });

  it.each([
    ['letters', 'abcdefghij'],
    ['one letter', 'a'],
    ['one Chinese character', '的'],
    ['punctuation', '!?.,'],
    ['spaces', ' '],
    ['spaces and line ends', ' \n'],
    ['digits', '0123456789'],
  ])('does not blow up on 100 kB of %s', async (_, unit) => {
    const tokenizer = await load('large');
    const text = unit.repeat(Math.ceil(100_000 / Buffer.byteLength(unit)));
    const started = performance.now();
    const ids = tokenizer.encode(text);
    expect(performance.now() - started).toBeLessThan(2000);
    expect(tokenizer.decode(ids)).toBe(text.normalize('NFC'));
  });
});

it('takes seconds, not minutes, for 20 kB of combining marks out of order, whose normalisation is quadratic', async () => {
  const tokenizer = await load('large');
  const text = '\u0301\u0323'.repeat(5000);
  const started = performance.now();
  expect(tokenizer.decode(tokenizer.encode(text))).toBe(text.normalize('NFC'));
  expect(performance.now() - started).toBeLessThan(2000);
});

describe('character classes', () => {
  const rangesSchema = z.array(z.tuple([z.int(), z.int()]));
  const classes = readGoldenJson(
    z.object({
      letter: rangesSchema,
      number: rangesSchema,
      space: rangesSchema,
      numeric: rangesSchema,
      punctuation: rangesSchema,
    }),
    'character-classes.json',
  );

  /** Code points that the reference has and the expression lacks, and the other way round. */
  const differences = (name: keyof typeof classes, once: RegExp) => {
    const reference = new Set(
      classes[name].flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i)),
    );
    const lacking: number[] = [];
    const beyond: number[] = [];
    for (let code = 0; code <= 0x10ffff; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const matches = once.test(String.fromCodePoint(code));
      if (matches && !reference.has(code)) beyond.push(code);
      if (!matches && reference.has(code)) lacking.push(code);
    }
    return { lacking, beyond };
  };

  it.each([
    ['letter', String.raw`\p{L}`],
    ['number', String.raw`\p{N}`],
    ['space', String.raw`\s`],
  ] as const)('%s: all that the reference knows, and beyond it only what a newer Unicode added', (name, source) => {
    const pattern = compilePattern(`^${source}$`);
    if (!(pattern instanceof RegExp)) throw new Error(pattern.problem);
    const once = new RegExp(pattern.source, 'u');
    const { lacking, beyond } = differences(name, once);
    expect(lacking).toEqual([]);
    // The reference is at Unicode 16; nothing below U+0800 has been added since.
    if (name === 'space') expect(beyond).toEqual([]);
    expect(Math.min(...beyond, 0x110000)).toBeGreaterThan(0x800);
    expect(beyond.length).toBeLessThan(6000);
  });

  it('numeric: what the Digits step cuts out; newer digits at most beyond it', () => {
    const { lacking, beyond } = differences('numeric', new RegExp(digit.source, 'u'));
    expect(lacking).toEqual([]);
    // The reference is at Unicode 17.
    expect(Math.min(...beyond, 0x110000)).toBeGreaterThan(0x10000);
    expect(beyond.length).toBeLessThan(200);
  });

  it('punctuation: exactly what the Punctuation step cuts out, which is not what the runtime calls punctuation', () => {
    expect(differences('punctuation', new RegExp(punctuation.source, 'u'))).toEqual({ lacking: [], beyond: [] });
    expect(differences('punctuation', /[\p{P}$+<=>^`|~]/u).lacking).toEqual([0x166d, 0x111c9]);
  });
});

describe('splitInTurn', () => {
  it('cuts the pieces of one expression by the next', () => {
    expect([...splitInTurn('ab12-c3', [/-/gu, /[0-9]/gu])]).toEqual(['ab', '1', '2', '-', 'c', '3']);
    expect([...splitInTurn('ab', [])]).toEqual(['ab']);
    expect([...splitInTurn('', [/-/gu])]).toEqual([]);
  });
});

describe('splitPieces', () => {
  it('keeps what the expression does not match', () => {
    expect([...splitPieces('ab12-c', /[a-z]+/gu)]).toEqual(['ab', '12-', 'c']);
    expect([...splitPieces('', /[a-z]+/gu)]).toEqual([]);
  });

  it.each([String.raw`\d+`, String.raw`\w`, String.raw`\h`, '(?>a)', '[[:alpha:]]', 'a++', '(', String.raw`\x{1F}`])(
    'refuses %s, which JavaScript reads otherwise',
    (source) => {
      expect(compilePattern(source)).toHaveProperty('problem');
    },
  );
});
