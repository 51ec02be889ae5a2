/** tokenizer.json and tokenizer_config.json that are broken or of another kind: each a typed failure that says where. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findSpecialTokens } from '../../../src/main/vlm/special-tokens.ts';
import { createTokenizer, loadTokenizer } from '../../../src/main/vlm/tokenizer.ts';
import { expectFailure } from '../../support/expect-failure.ts';
import { temporaryFolders } from '../../support/temp-folder.ts';
import { checkpointFolder } from '../vlm-golden.ts';

const objectSchema = z.record(z.string(), z.unknown());
const good = readFileSync(join(checkpointFolder, 'tiny-tied', 'tokenizer.json'), 'utf8');

/** The good file with the value at a dotted path replaced (`undefined`: removed). */
function withValue(path: string, value: unknown): unknown {
  const json: unknown = JSON.parse(good);
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let holder = objectSchema.parse(json);
  const root = holder;
  for (const key of keys) {
    const copy = Array.isArray(holder[key]) ? holder[key] : objectSchema.parse(holder[key]);
    holder[key] = copy;
    holder = copy as Record<string, unknown>;
  }
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return root;
}

const addedToken = (content: string, id: number, rest: object = {}) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
  ...rest,
});

const temporaryFolder = temporaryFolders();

describe('createTokenizer refuses', () => {
  it.each<[string, string, unknown, string]>([
    ['no model', 'model', undefined, 'model'],
    ['a WordPiece model', 'model.type', 'WordPiece', 'model.type'],
    ['byte fallback', 'model.byte_fallback', true, 'model.byte_fallback'],
    ['a vocabulary that is a list', 'model.vocab', ['a'], 'model.vocab'],
    ['an id that is no number', 'model.vocab.a', 'x', 'model.vocab.a'],
    ['a negative id', 'model.vocab.a', -1, 'model.vocab.a'],
    ['two tokens of one id', 'model.vocab.a', 5, 'model.vocab id 5'],
    ['a vocabulary without a byte', 'model.vocab.!', undefined, 'model.vocab'],
    ['a merge of unknown tokens', 'model.merges.0', ['nowhere', 'found'], 'model.merges[0]'],
    ['a merge of three', 'model.merges.1', 'a b c', 'model.merges[1]'],
    ['a merge that is a number', 'model.merges.2', 7, 'model.merges.2'],
    ['another normaliser', 'normalizer', { type: 'Lowercase' }, 'normalizer.type'],
    ['another pre-tokeniser', 'pre_tokenizer', { type: 'Whitespace' }, 'pre_tokenizer.type'],
    [
      'an expression that JavaScript reads otherwise',
      'pre_tokenizer.pretokenizers.0.pattern',
      { Regex: String.raw`\w+` },
      'pre_tokenizer.pretokenizers.0.pattern',
    ],
    ['a template without parts', 'post_processor', { type: 'TemplateProcessing' }, 'post_processor.single'],
    ['another post-processor', 'post_processor', { type: 'RobertaProcessing' }, 'post_processor.type'],
    ['another decoder', 'decoder', { type: 'WordPiece' }, 'decoder.type'],
    ['an added token without content', 'added_tokens', [addedToken('', 9000)], 'added_tokens.0.content'],
    [
      'an added token that strips white space',
      'added_tokens',
      [addedToken('<x>', 9000, { lstrip: true })],
      'added_tokens.0.lstrip',
    ],
    [
      'one id for two added tokens',
      'added_tokens',
      [addedToken('<x>', 9000), addedToken('<y>', 9000)],
      'added token <y>',
    ],
    ['an added token on a word’s id', 'added_tokens', [addedToken('<x>', 3)], 'added token <x>'],
    ['a tokenizer without image tokens', 'added_tokens', [], 'added_tokens'],
  ])('%s', async (_, path, value, place) => {
    const failure = await expectFailure(
      () => createTokenizer('tokenizer.json', withValue(path, value), null, false, findSpecialTokens),
      'malformed-tokenizer',
    );
    expect(failure.file).toBe('tokenizer.json');
    expect(failure.place).toBe(place);
  });

  it.each([[null], [[]], ['text'], [5], [{}]])('%j', async (json) => {
    await expectFailure(
      () => createTokenizer('tokenizer.json', json, null, false, findSpecialTokens),
      'malformed-tokenizer',
    );
  });

  it('a configuration that contradicts the tokenizer', async () => {
    const config = { added_tokens_decoder: { '4000': addedToken('<|im_end|>', 0) } };
    await expectFailure(
      () => createTokenizer('tokenizer.json', JSON.parse(good), config, false, findSpecialTokens),
      'malformed-tokenizer',
    );
  });

  it('a configuration of another shape', async () => {
    const failure = await expectFailure(
      () => createTokenizer('tokenizer.json', JSON.parse(good), { eos_token: 5 }, false, findSpecialTokens),
      'malformed-tokenizer',
    );
    expect(failure.file).toContain('tokenizer_config.json');
  });
});

describe('createTokenizer takes', () => {
  it('added tokens that only the configuration lists', () => {
    const config = { added_tokens_decoder: { '4000': { content: '<tool>', special: false } } };
    const tokenizer = createTokenizer('tokenizer.json', JSON.parse(good), config, true, findSpecialTokens);
    expect(tokenizer.encode('a<tool>')).toEqual([...tokenizer.encode('a'), 4000]);
    expect(tokenizer.specialTokens.startLatent).toBe(4001);
    expect(tokenizer.decode([4000, 4001], { skipSpecialTokens: true })).toBe('<tool>');
  });

  it('tokens that are looked for after normalising', () => {
    const composed = createTokenizer('tokenizer.json', withAdded('é!', true), null, false, findSpecialTokens);
    expect(composed.encode('e\u0301!')).toEqual([9000]);
    const raw = createTokenizer('tokenizer.json', withAdded('é!', false), null, false, findSpecialTokens);
    expect(raw.encode('é!')).toEqual([9000]);
    expect(raw.encode('e\u0301!')).not.toContain(9000);
  });

  it('the longest of several added tokens', () => {
    const json = withValue('added_tokens', [...addedTokens(), addedToken('<|im_end|>!', 9000)]);
    const tokenizer = createTokenizer('tokenizer.json', json, null, false, findSpecialTokens);
    expect(tokenizer.encode('<|im_end|>!')).toEqual([9000]);
  });

  it('latent tokens that are there already, under the ids they have', () => {
    const json = withValue('added_tokens', [...addedTokens(), addedToken('<|latent|>', 9000)]);
    const { specialTokens, vocabularySize } = createTokenizer('tokenizer.json', json, null, true, findSpecialTokens);
    expect(specialTokens).toMatchObject({ latent: 9000, startLatent: 9001, endLatent: 9002 });
    expect(vocabularySize).toBe(9003);
  });

  it('the clean-up of spaces where the configuration asks for it', () => {
    const tokenizer = createTokenizer(
      'x',
      JSON.parse(good),
      { clean_up_tokenization_spaces: true },
      false,
      findSpecialTokens,
    );
    expect(tokenizer.decode(tokenizer.encode("It 's a ' b ' , is n't it ?"))).toBe("It's a'b ', isn't it?");
  });
});

function addedTokens(): unknown[] {
  return z.object({ added_tokens: z.array(z.unknown()) }).parse(JSON.parse(good)).added_tokens;
}

function withAdded(content: string, normalized: boolean): unknown {
  return withValue('added_tokens', [...addedTokens(), addedToken(content, 9000, { normalized, special: false })]);
}

describe('loadTokenizer refuses', () => {
  it('a missing file', async () => {
    const missing = join(checkpointFolder, 'nowhere', 'tokenizer.json');
    const failure = await expectFailure(
      () => loadTokenizer({ tokenizer: missing, tokenizerConfig: null }, findSpecialTokens),
      'missing-file',
    );
    expect(failure.file).toBe(missing);
  });

  it('a folder in the file’s place', async () => {
    await expectFailure(
      () => loadTokenizer({ tokenizer: checkpointFolder, tokenizerConfig: null }, findSpecialTokens),
      'io',
    );
  });

  it.each(['', '{', '{"model": }', '\0\0', 'version https://git-lfs.github.com/spec/v1'])('%j', async (content) => {
    const path = join(await temporaryFolder(), 'tokenizer.json');
    await writeFile(path, content);
    await expectFailure(
      () => loadTokenizer({ tokenizer: path, tokenizerConfig: null }, findSpecialTokens),
      'malformed-tokenizer',
    );
  });
});
