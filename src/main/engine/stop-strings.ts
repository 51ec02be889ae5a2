/**
 * Strings that end generation, by the rule of transformers' `StopStringCriteria`: after each token, whether this
 * token completes one of them, however the string is split over tokens and whatever the last one says beyond it.
 * Bytes are compared, so a string of several bytes a character may be split inside one.
 *
 * As there, special tokens count as their own text, and a token without text (a padding row of the vocabulary)
 * separates.
 */
import type { Tokenizer } from '../vlm/tokenizer.ts';

/** The stop string that the last of `tokenIds` completes; null where it completes none. */
export type StopStringMatcher = (tokenIds: readonly number[]) => string | null;

/**
 * A matcher that looks back only as far as the longest stop string reaches. To be given the prompt's ids too where a
 * string begun in the prompt shall count, as it does in `generate`.
 */
export function stopStringMatcher(
  tokenizer: Pick<Tokenizer, 'tokenBytes'>,
  stopStrings: readonly string[],
): StopStringMatcher {
  const wanted = stopStrings.map((text) => ({ text, bytes: Buffer.from(text) }));
  const reach = Math.max(0, ...wanted.map(({ bytes }) => bytes.length)) - 1;
  return (tokenIds) => {
    const last = tokenizer.tokenBytes(tokenIds.at(-1) ?? -1);
    const before = bytesBefore(tokenizer, tokenIds, reach);
    const text = Buffer.concat([before, last]);
    // A string that ends before the last token has been there for longer: it ended nothing then, nor does it now.
    const found = wanted.find(({ bytes }) => {
      const start = text.lastIndexOf(bytes);
      return start >= 0 && start + bytes.length > before.length;
    });
    return found?.text ?? null;
  };
}

/** At least `count` bytes before the last token, where there are as many and none is without text. */
function bytesBefore(tokenizer: Pick<Tokenizer, 'tokenBytes'>, tokenIds: readonly number[], count: number): Buffer {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (let index = tokenIds.length - 2; index >= 0 && length < count; index--) {
    const bytes = tokenizer.tokenBytes(tokenIds[index] ?? -1);
    if (bytes.length === 0) break;
    pieces.unshift(bytes);
    length += bytes.length;
  }
  return Buffer.concat(pieces);
}
