/**
 * tokenizer.json and tokenizer_config.json, checked: a byte-level BPE in the shape that Qwen2 and Qwen2-VL have.
 * Anything else (another model type, normaliser, post-processor) is refused rather than half understood.
 */
import { z } from 'zod';
import { fail } from '../../../shared/failure.ts';
import { byteCharacters } from './byte-alphabet.ts';
import type { MergeTable } from './merge-symbols.ts';
import { compilePattern } from './pre-tokenize.ts';

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

const tokenizerSchema = z.object({
  added_tokens: z.array(addedTokenSchema).default([]),
  normalizer: z.object({ type: z.literal('NFC') }).nullable(),
  pre_tokenizer: z.object({
    type: z.literal('Sequence'),
    pretokenizers: z.tuple([
      z.object({
        type: z.literal('Split'),
        pattern: z.object({ Regex: z.string() }),
        behavior: z.literal('Isolated'),
        invert: z.literal(false).default(false),
      }),
      byteLevelSchema.extend({ add_prefix_space: z.literal(false), use_regex: z.literal(false) }),
    ]),
  }),
  post_processor: byteLevelSchema.nullable(),
  decoder: byteLevelSchema,
  model: z.object({
    type: z.literal('BPE'),
    dropout: z.null().optional(),
    unk_token: z.string().nullable().optional(),
    continuing_subword_prefix: z.literal('').nullable().optional(),
    end_of_word_suffix: z.literal('').nullable().optional(),
    byte_fallback: z.literal(false).default(false),
    ignore_merges: z.literal(false).default(false),
    vocab: z.record(z.string(), z.int().min(0)),
    merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
  }),
});

const tokenNameSchema = z.union([z.string(), z.object({ content: z.string() }).transform(({ content }) => content)]);

const configSchema = z.object({
  clean_up_tokenization_spaces: z.boolean().nullish(),
  eos_token: tokenNameSchema.nullish(),
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
  pattern: RegExp;
  normalises: boolean;
  cleansUpSpaces: boolean;
}>;

function malformed(file: string, place: string, found: string, expected = "Qwen2's byte-level BPE tokenizer"): never {
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
  const { model, added_tokens, normalizer, pre_tokenizer } = check(tokenizerSchema, file, json);
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
  const pattern = compilePattern(pre_tokenizer.pretokenizers[0].pattern.Regex);
  if (!(pattern instanceof RegExp)) {
    malformed(file, 'pre_tokenizer.pretokenizers.0.pattern', pattern.problem, "an expression like Qwen2's");
  }
  return {
    ids,
    tokens,
    byteIds,
    merges: readMerges(file, model.merges, ids, idCount),
    addedTokens: collectAddedTokens(file, added_tokens, settings, ids, tokens),
    pattern,
    normalises: normalizer !== null,
    cleansUpSpaces: settings.clean_up_tokenization_spaces ?? false,
  };
}

/** Added tokens of both files; those that the configuration names as special are special. */
function collectAddedTokens(
  file: string,
  listed: readonly AddedToken[],
  settings: z.infer<typeof configSchema> | Record<string, never>,
  ids: ReadonlyMap<string, number>,
  tokens: ReadonlyMap<number, string>,
): AddedToken[] {
  const { eos_token, pad_token, additional_special_tokens, added_tokens_decoder } = settings;
  const named = new Set([eos_token, pad_token, ...(additional_special_tokens ?? [])]);
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
