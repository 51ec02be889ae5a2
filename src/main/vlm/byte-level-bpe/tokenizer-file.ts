/**
 * tokenizer.json and tokenizer_config.json, checked: a byte-level BPE in the shape that Qwen2 and Qwen2-VL have, or
 * Chameleon. Anything else (another model type, normaliser, pre-tokeniser, post-processor) is refused rather than
 * half understood.
 */
import { z } from 'zod';
import { fail } from '../../../shared/failure.ts';
import { byteCharacters } from './byte-alphabet.ts';
import type { MergeTable } from './merge-symbols.ts';
import { byteLevelPattern, compilePattern, digit } from './pre-tokenize.ts';
import { punctuation } from './punctuation.ts';

const addedTokenSchema = z.object({
  id: z.int().min(0),
  content: z.string().min(1),
  single_word: z.literal(false).default(false),
  lstrip: z.literal(false).default(false),
  rstrip: z.literal(false).default(false),
  normalized: z.boolean().default(false),
  special: z.boolean().default(false),
});
export type AddedToken = Readonly<{ id: number; content: string; normalized: boolean; special: boolean }>;

const byteLevelSchema = z.object({ type: z.literal('ByteLevel') });

/** Steps that cut text; each is exact by itself, so that any order of them is. */
const cutSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('Split'),
    pattern: z.object({ Regex: z.string() }),
    behavior: z.literal('Isolated'),
    invert: z.literal(false).default(false),
  }),
  z.object({ type: z.literal('Digits'), individual_digits: z.literal(true) }),
  z.object({ type: z.literal('Punctuation'), behavior: z.literal('Isolated') }),
  byteLevelSchema.extend({ add_prefix_space: z.literal(false), use_regex: z.boolean().default(true) }),
]);
type Cut = z.infer<typeof cutSchema>;

/** One token, put before the text. */
const beginningSchema = z.object({
  type: z.literal('TemplateProcessing'),
  single: z.tuple([
    z.object({ SpecialToken: z.object({ id: z.string() }) }),
    z.object({ Sequence: z.object({ id: z.literal('A') }) }),
  ]),
  special_tokens: z.record(z.string(), z.object({ ids: z.tuple([z.int().min(0)]) })),
});

const tokenizerSchema = z.object({
  added_tokens: z.array(addedTokenSchema).default([]),
  normalizer: z.object({ type: z.literal('NFC') }).nullable(),
  pre_tokenizer: z.object({ type: z.literal('Sequence'), pretokenizers: z.array(cutSchema) }),
  post_processor: z.discriminatedUnion('type', [byteLevelSchema, beginningSchema]).nullable(),
  decoder: byteLevelSchema,
  model: z.object({
    type: z.literal('BPE'),
    dropout: z.null().optional(),
    unk_token: z.string().nullable().optional(),
    continuing_subword_prefix: z.literal('').nullable().optional(),
    end_of_word_suffix: z.literal('').nullable().optional(),
    byte_fallback: z.literal(false).default(false),
    ignore_merges: z.boolean().default(false),
    vocab: z.record(z.string(), z.int().min(0)),
    merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
  }),
});

const tokenNameSchema = z.union([z.string(), z.object({ content: z.string() }).transform(({ content }) => content)]);

const configSchema = z.object({
  clean_up_tokenization_spaces: z.boolean().nullish(),
  bos_token: tokenNameSchema.nullish(),
  eos_token: tokenNameSchema.nullish(),
  sep_token: tokenNameSchema.nullish(),
  unk_token: tokenNameSchema.nullish(),
  pad_token: tokenNameSchema.nullish(),
  additional_special_tokens: z.array(tokenNameSchema).nullish(),
  added_tokens_decoder: z.record(z.string(), addedTokenSchema.omit({ id: true })).nullish(),
});

export type TokenizerFile = Readonly<{
  /** The BPE vocabulary in both directions. */
  ids: ReadonlyMap<string, number>;
  tokens: ReadonlyMap<number, string>;
  /** Token id of each byte, [256]. */
  byteIds: Int32Array;
  merges: MergeTable;
  addedTokens: readonly AddedToken[];
  /** Each cuts the pieces of the one before. */
  patterns: readonly RegExp[];
  /** A piece that is a token of the vocabulary is that token, whatever merges make of it. */
  ignoresMerges: boolean;
  normalises: boolean;
  /** The token that the reference puts before a text, or null where it puts none. */
  bosTokenId: number | null;
  cleansUpSpaces: boolean;
}>;

function malformed(
  file: string,
  place: string,
  found: string,
  expected = "a byte-level BPE tokenizer like Qwen2's or Chameleon's",
): never {
  return fail('malformed-tokenizer', 'The tokenizer cannot be used.', {
    file,
    place,
    expected,
    found,
    action: 'Take tokenizer.json and tokenizer_config.json from the base model again.',
  });
}

function check<T>(schema: z.ZodType<T>, file: string, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return malformed(file, issue?.path.join('.') || 'the whole file', issue?.message ?? 'another structure');
}

function readMerges(
  file: string,
  pairs: readonly (string | [string, string])[],
  ids: ReadonlyMap<string, number>,
  idCount: number,
): MergeTable {
  const ranks = new Map<number, number>();
  const merged = new Int32Array(pairs.length);
  for (const [rank, pair] of pairs.entries()) {
    const parts = typeof pair === 'string' ? pair.split(' ') : pair;
    const [left = '', right = ''] = parts;
    const leftId = ids.get(left);
    const rightId = ids.get(right);
    const mergedId = ids.get(left + right);
    if (parts.length !== 2 || leftId === undefined || rightId === undefined || mergedId === undefined) {
      malformed(file, `model.merges[${rank}]`, JSON.stringify(pair), 'two tokens whose union is a token');
    }
    ranks.set(leftId * idCount + rightId, rank);
    merged[rank] = mergedId;
  }
  return { ranks, merged, idCount };
}

/**
 * Both files' contents as parsed JSON (`config` null where there is none) -> what encoding needs. `file` names
 * tokenizer.json in failures, all of kind `malformed-tokenizer`.
 */
export function readTokenizerFile(file: string, json: unknown, config: unknown): TokenizerFile {
  const { model, added_tokens, normalizer, pre_tokenizer, post_processor } = check(tokenizerSchema, file, json);
  const settings = config === null ? {} : check(configSchema, `${file} (tokenizer_config.json)`, config);
  const ids = new Map(Object.entries(model.vocab));
  const tokens = new Map<number, string>();
  let idCount = 0;
  for (const [token, id] of ids) {
    if (tokens.has(id)) malformed(file, `model.vocab id ${id}`, 'two tokens', 'one token for each id');
    tokens.set(id, token);
    idCount = Math.max(idCount, id + 1);
  }
  const byteIds = Int32Array.from(byteCharacters, (character, byte) => {
    return ids.get(character) ?? malformed(file, 'model.vocab', `no token for byte ${byte}`, 'all 256 bytes');
  });
  const addedTokens = collectAddedTokens(file, added_tokens, settings, ids, tokens);
  return {
    ids,
    tokens,
    byteIds,
    merges: readMerges(file, model.merges, ids, idCount),
    addedTokens,
    patterns: readPatterns(file, pre_tokenizer.pretokenizers),
    ignoresMerges: model.ignore_merges,
    normalises: normalizer !== null,
    bosTokenId:
      post_processor?.type === 'TemplateProcessing'
        ? readBosToken(file, post_processor, (content) => {
            return addedTokens.find((token) => token.content === content)?.id ?? ids.get(content);
          })
        : null,
    cleansUpSpaces: settings.clean_up_tokenization_spaces ?? false,
  };
}

/** The expressions of the steps; ByteLevel, which turns bytes into letters, has to be the last and only one. */
function readPatterns(file: string, cuts: readonly Cut[]): RegExp[] {
  const place = 'pre_tokenizer.pretokenizers';
  const byteLevels = cuts.filter(({ type }) => type === 'ByteLevel').length;
  if (cuts.at(-1)?.type !== 'ByteLevel' || byteLevels !== 1) {
    malformed(
      file,
      place,
      cuts.map(({ type }) => type).join(', '),
      'steps of which the last, and no other, is ByteLevel',
    );
  }
  return cuts.flatMap((cut, i) => {
    if (cut.type === 'Digits') return [digit];
    if (cut.type === 'Punctuation') return [punctuation];
    if (cut.type === 'ByteLevel' && !cut.use_regex) return [];
    const pattern = compilePattern(cut.type === 'Split' ? cut.pattern.Regex : byteLevelPattern);
    if (pattern instanceof RegExp) return [pattern];
    return malformed(file, `${place}.${i}.pattern`, pattern.problem, "an expression like Qwen2's or Chameleon's");
  });
}

function readBosToken(
  file: string,
  { single: [{ SpecialToken }], special_tokens }: z.infer<typeof beginningSchema>,
  tokenId: (content: string) => number | undefined,
): number {
  const known = tokenId(SpecialToken.id);
  const id = special_tokens[SpecialToken.id]?.ids[0];
  if (id !== undefined && known === id) return id;
  return malformed(file, `post_processor.special_tokens ${SpecialToken.id}`, `id ${id}`, `id ${known}`);
}

/** Added tokens of both files; those that the configuration names as special are special. */
function collectAddedTokens(
  file: string,
  listed: readonly AddedToken[],
  settings: z.infer<typeof configSchema> | Record<string, never>,
  ids: ReadonlyMap<string, number>,
  tokens: ReadonlyMap<number, string>,
): AddedToken[] {
  const { bos_token, eos_token, pad_token, sep_token, unk_token, additional_special_tokens, added_tokens_decoder } =
    settings;
  const named = new Set([bos_token, eos_token, pad_token, sep_token, unk_token, ...(additional_special_tokens ?? [])]);
  const fromConfig = Object.entries(added_tokens_decoder ?? {}).map(([id, token]) => ({ ...token, id: Number(id) }));
  const byContent = new Map<string, AddedToken>();
  const contentOfId = new Map<number, string>(tokens);
  for (const { id, content, normalized, special } of [...listed, ...fromConfig]) {
    const known = byContent.get(content)?.id ?? ids.get(content) ?? id;
    const holder = contentOfId.get(id) ?? content;
    if (known !== id || holder !== content) {
      malformed(file, `added token ${content}`, `id ${id}`, `id ${known}, of no other token`);
    }
    contentOfId.set(id, content);
    byContent.set(content, { id, content, normalized, special: special || named.has(content) });
  }
  return [...byContent.values()];
}
