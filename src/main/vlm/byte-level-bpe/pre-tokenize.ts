/**
 * Cuts text into the pieces that byte-pair encoding never merges across, by the regular expressions of
 * tokenizer.json (Oniguruma's dialect) run as JavaScript ones, one after the other.
 *
 * Qwen2's and Chameleon's expressions mean the same in both, after white space is spelt out: JavaScript's `\s` has U+FEFF and lacks
 * U+0085. `(?i:'s)` matches the long s in both. Escapes whose meaning differs are refused, not guessed.
 */

/** Escapes that mean the same in both dialects, or are translated here. */
const knownEscape = /\\(?:[pP]\{[A-Za-z_]+\}|[rntfv\\.|()[\]{}+*?^$/-]|[sS])/g;

/** The expression for JavaScript, or what in it cannot be translated. */
export function compilePattern(pattern: string): RegExp | { problem: string } {
  // Known escapes become a plain character: the brace of `\p{L}+` is no possessive quantifier.
  const rest = pattern.replaceAll(knownEscape, 'x');
  const escape = /\\.?/u.exec(rest)?.[0];
  if (escape !== undefined) return { problem: `escape ${escape}` };
  if (/\[\[:|&&|\(\?<[a-zA-Z]|\(\?>|[+*?}]\+/.test(rest)) return { problem: 'syntax of Oniguruma alone' };
  const translated = pattern.replaceAll(knownEscape, (escape) => {
    if (escape === '\\s') return String.raw`\p{White_Space}`;
    return escape === '\\S' ? String.raw`\P{White_Space}` : escape;
  });
  try {
    return new RegExp(translated, 'gu');
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** GPT-2's expression, which the ByteLevel step of `tokenizers` has built in. */
export const byteLevelPattern = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;

/** One character that counts as a number to Rust (`char::is_numeric`), which the Digits step cuts out. */
export const digit = /\p{N}/gu;

/** Pieces in order; joined they are the text. What the expression does not match is a piece of its own. */
export function* splitPieces(text: string, pattern: RegExp): Generator<string> {
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    if (match[0] === '') continue;
    if (match.index > end) yield text.slice(end, match.index);
    end = match.index + match[0].length;
    yield match[0];
  }
  if (end < text.length) yield text.slice(end);
}

/** Pieces of several expressions: each cuts the pieces of the one before. */
export function* splitInTurn(text: string, patterns: readonly RegExp[]): Generator<string> {
  const [first, ...rest] = patterns;
  if (first === undefined) {
    yield text;
    return;
  }
  for (const piece of splitPieces(text, first)) {
    if (rest.length === 0) yield piece;
    else yield* splitInTurn(piece, rest);
  }
}
