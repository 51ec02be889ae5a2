/**
 * Byte-level BPE tokenizers (Qwen2's, Chameleon's): merges behind pre-tokenising expressions and, for Qwen2, NFC, with
 * added tokens cut out of the text first. Which tokens have a role of their own is the backbone's business. Ids are those of Hugging Face's `tokenizers`; why it is our own is in
 * docs/decisions/0004-tokenizer.md.
 */
import { readFile } from 'node:fs/promises';
import type { SpecialTokens } from '../../shared/bundle.ts';
import { fail } from '../../shared/failure.ts';
import { byteCharacters, bytesOfToken } from './byte-level-bpe/byte-alphabet.ts';
import { mergeSymbols } from './byte-level-bpe/merge-symbols.ts';
import { splitInTurn } from './byte-level-bpe/pre-tokenize.ts';
import { readTokenizerFile, type AddedToken, type TokenizerFile } from './byte-level-bpe/tokenizer-file.ts';
import { latentTokenNames } from './special-tokens.ts';

/** A stretch of text: an added token, or text (normalised) in which none stands. */
export type TextSegment =
  Readonly<{ kind: 'token'; id: number; content: string }> | Readonly<{ kind: 'text'; text: string }>;

export type DecodeOptions = Readonly<{
  /** Leaves out end-of-sequence and its like. */
  skipSpecialTokens?: boolean;
}>;

/** `S`: the tokens that a backbone looks up. */
export type Tokenizer<S extends SpecialTokens = SpecialTokens> = Readonly<{
  /** Token ids of a text, no beginning put before it; added tokens in it are recognised, as the reference does. */
  encode: (text: string) => number[];
  /** Cuts the added tokens out of a text. */
  segment: (text: string) => TextSegment[];
  /** Token ids of normalised text without looking for added tokens. */
  encodeText: (text: string) => number[];
  /** Text of token ids; bytes that are no UTF-8 become U+FFFD, ids without a token vanish. */
  decode: (ids: readonly number[], options?: DecodeOptions) => string;
  /** Decodes token by token: each call gives the text that is certain by now, no arguments what is left. */
  startDecoding: (options?: DecodeOptions) => (id?: number) => string;
  /** UTF-8 bytes of one token, which may end inside a character; none for an id without a token. Not to be changed. */
  tokenBytes: (id: number) => Uint8Array;
  specialTokens: S;
  /** What the reference puts before a text by itself (`add_special_tokens`), or null; `encode` does not. */
  bosTokenId: number | null;
  /** Id of a token by its content, of added tokens and of the vocabulary. */
  tokenId: (content: string) => number | undefined;
  /** Highest id + 1. */
  vocabularySize: number;
}>;

/**
 * Looks up the tokens with a role of their own by their content. `file` names tokenizer.json in failures
 * (`malformed-tokenizer`); `contents` are all tokens, for those that are found by a pattern.
 */
export type FindSpecialTokens<S extends SpecialTokens = SpecialTokens> = (
  file: string,
  tokenId: (content: string) => number | undefined,
  contents: () => Iterable<string>,
) => S;

export type TokenizerFiles = Readonly<{
  /** Path of tokenizer.json. */
  tokenizer: string;
  /** Path of tokenizer_config.json, or null where there is none. */
  tokenizerConfig: string | null;
  /** Adds the three latent tokens after the last id where they are missing. */
  latentTokens?: boolean;
}>;

/** Pieces whose ids are remembered, and the longest of them in UTF-16 units. */
const cacheCapacity = 20_000;
const cachedPieceLength = 64;

async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    if (code === 'ENOENT') {
      fail('missing-file', 'A file of the tokenizer is missing.', {
        file: path,
        action: "Copy it from the base model's folder.",
      });
    }
    fail('io', 'A file of the tokenizer cannot be read.', { file: path, found: code });
  }
  try {
    return JSON.parse(text.replace(/^\u{feff}/u, ''));
  } catch (error) {
    return fail('malformed-tokenizer', 'A file of the tokenizer is not JSON.', {
      file: path,
      expected: 'JSON',
      found: error instanceof Error ? error.message : String(error),
      action: "Copy it from the base model's folder again.",
    });
  }
}

/** Reads a tokenizer. Fails with `missing-file`, `io` or `malformed-tokenizer`. */
export async function loadTokenizer<S extends SpecialTokens>(
  files: TokenizerFiles,
  findSpecialTokens: FindSpecialTokens<S>,
): Promise<Tokenizer<S>> {
  const json = await readJson(files.tokenizer);
  const config = files.tokenizerConfig === null ? null : await readJson(files.tokenizerConfig);
  return createTokenizer(files.tokenizer, json, config, files.latentTokens ?? false, findSpecialTokens);
}

function withLatentTokens(addedTokens: readonly AddedToken[], firstFreeId: number): AddedToken[] {
  const present = new Set(addedTokens.map(({ content }) => content));
  const missing = Object.values(latentTokenNames).filter((content) => !present.has(content));
  return [
    ...addedTokens,
    ...missing.map((content, i) => ({ id: firstFreeId + i, content, normalized: false, special: true })),
  ];
}

/** An added token found in a text. */
type Found = Readonly<{ index: number; content: string }>;

/**
 * Finds added tokens from left to right, the longest of those that begin at one place. Chameleon has thousands of
 * them with one beginning, which as alternatives of an expression would be tried one by one.
 */
function finder(addedTokens: readonly AddedToken[]): (text: string) => Iterable<Found> {
  const contents = new Set(addedTokens.map(({ content }) => content));
  const beginnings = new Set([...contents].map((content) => content.slice(0, 1)));
  const lengths = [...new Set([...contents].map(({ length }) => length))].sort((a, b) => b - a);
  return function* find(text) {
    for (let index = 0; index < text.length; index++) {
      if (!beginnings.has(text.charAt(index))) continue;
      const length = lengths.find((size) => contents.has(text.slice(index, index + size)));
      if (length === undefined) continue;
      yield { index, content: text.slice(index, index + length) };
      index += length - 1;
    }
  };
}

/** Replaced in this order by the reference's optional clean-up of decoded English; Qwen2 switches it off. */
const cleanUps = [' .', ' ?', ' !', ' ,', " ' ", " n't", " 'm", " 's", " 've", " 're"];

function cleanUpSpaces(text: string): string {
  return cleanUps.reduce((cleaned, spaced) => cleaned.replaceAll(spaced, spaced.trim()), text);
}

/** The tokenizer of two parsed files; `file` names tokenizer.json in failures (`malformed-tokenizer`). */
export function createTokenizer<S extends SpecialTokens>(
  file: string,
  json: unknown,
  config: unknown,
  latentTokens: boolean,
  findSpecialTokens: FindSpecialTokens<S>,
): Tokenizer<S> {
  const source = readTokenizerFile(file, json, config);
  let vocabularySize = Math.max(source.merges.idCount, ...source.addedTokens.map(({ id }) => id + 1));
  const addedTokens = latentTokens ? withLatentTokens(source.addedTokens, vocabularySize) : source.addedTokens;
  vocabularySize = Math.max(vocabularySize, ...addedTokens.map(({ id }) => id + 1));
  const addedIds = new Map(addedTokens.map(({ content, id }) => [content, id]));
  const tokenId = (content: string): number | undefined => addedIds.get(content) ?? source.ids.get(content);
  const segment = createSegmenter(source, addedTokens, addedIds);
  const encodeText = createTextEncoder(source);
  return {
    encode: (text) => segment(text).flatMap((part) => (part.kind === 'token' ? [part.id] : encodeText(part.text))),
    segment,
    encodeText,
    ...createDecoders(source, addedTokens),
    specialTokens: findSpecialTokens(file, tokenId, () => [...source.ids.keys(), ...addedIds.keys()]),
    bosTokenId: source.bosTokenId,
    tokenId,
    vocabularySize,
  };
}

function createSegmenter(
  source: TokenizerFile,
  addedTokens: readonly AddedToken[],
  addedIds: ReadonlyMap<string, number>,
): Tokenizer['segment'] {
  const beforeNormalising = finder(addedTokens.filter(({ normalized }) => !normalized));
  const afterNormalising = finder(addedTokens.filter(({ normalized }) => normalized));
  function* cut(text: string, find: ReturnType<typeof finder>): Generator<TextSegment> {
    let end = 0;
    for (const { index, content } of find(text)) {
      if (index > end) yield { kind: 'text', text: text.slice(end, index) };
      yield { kind: 'token', id: addedIds.get(content) ?? 0, content };
      end = index + content.length;
    }
    if (end < text.length) yield { kind: 'text', text: text.slice(end) };
  }
  return (text) => {
    const segments: TextSegment[] = [];
    for (const part of cut(text.toWellFormed(), beforeNormalising)) {
      if (part.kind === 'token') segments.push(part);
      else segments.push(...cut(source.normalises ? part.text.normalize('NFC') : part.text, afterNormalising));
    }
    return segments;
  };
}

function createTextEncoder(source: TokenizerFile): Tokenizer['encodeText'] {
  const utf8 = new TextEncoder();
  const cache = new Map<string, readonly number[]>();
  const encodePiece = (piece: string): readonly number[] => {
    const known = cache.get(piece);
    if (known !== undefined) return known;
    const bytes = utf8.encode(piece);
    const whole = source.ignoresMerges
      ? source.ids.get(Array.from(bytes, (byte) => byteCharacters[byte] ?? '').join(''))
      : undefined;
    const ids =
      whole === undefined
        ? mergeSymbols(
            source.merges,
            Array.from(bytes, (byte) => source.byteIds[byte] ?? 0),
          )
        : [whole];
    if (piece.length <= cachedPieceLength) {
      if (cache.size >= cacheCapacity) cache.clear();
      cache.set(piece, ids);
    }
    return ids;
  };
  return (text) => {
    const ids: number[] = [];
    for (const piece of splitInTurn(text, source.patterns)) {
      for (const id of encodePiece(piece)) ids.push(id);
    }
    return ids;
  };
}

function createDecoders(
  source: TokenizerFile,
  addedTokens: readonly AddedToken[],
): Pick<Tokenizer, 'decode' | 'startDecoding' | 'tokenBytes'> {
  const added = new Map(addedTokens.map((token) => [token.id, token]));
  const bytesOfId = new Map<number, Uint8Array>();
  const bytesOf = (id: number, skipSpecialTokens: boolean): Uint8Array => {
    const token = added.get(id);
    if (skipSpecialTokens && token?.special === true) return new Uint8Array();
    const known = bytesOfId.get(id);
    if (known !== undefined) return known;
    const bytes = bytesOfToken(token?.content ?? source.tokens.get(id) ?? '');
    bytesOfId.set(id, bytes);
    return bytes;
  };
  const startDecoding = ({ skipSpecialTokens = false }: DecodeOptions = {}): ((id?: number) => string) => {
    const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
    return (id) => (id === undefined ? utf8.decode() : utf8.decode(bytesOf(id, skipSpecialTokens), { stream: true }));
  };
  return {
    startDecoding,
    tokenBytes: (id) => bytesOf(id, false),
    decode: (ids, options) => {
      const next = startDecoding(options);
      const text = ids.map((id) => next(id)).join('') + next();
      return source.cleansUpSpaces ? cleanUpSpaces(text) : text;
    },
  };
}
