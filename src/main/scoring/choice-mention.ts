/**
 * Reads what stands at one place of an output as the mention of a choice: a letter in any usual bracketing, an
 * option's text, or (where asked) a 0-based index. Used by `strict` at the places where something is claimed.
 * Every pattern is sticky and bounded, so that reading at all claims of an output stays linear.
 */
import { letterIndex, letterLimit, type TextSpan } from './scorer.ts';

export type Mention = Readonly<{ choiceIndex: number; rule: 'letter' | 'option-text' | 'index'; span: TextSpan }>;

export type TextMatch = Readonly<{ choiceIndex: number; end: number }>;

export type ChoiceReader = Readonly<{
  /** The mention that starts at `position`, opening brackets, quotes and markup before it included. */
  mentionAt(text: string, position: number, allowIndex: boolean): Mention | null;
  /** All choices whose text starts at `position`, the longest match first. */
  textsAt(text: string, position: number): readonly TextMatch[];
  /** The same, after the punctuation and brackets that may stand between a label and its text. */
  textsAfterLabel(text: string, position: number): readonly TextMatch[];
  /** Where the choice's own text ends, if it follows its label; else `position`. */
  skipOwnText(text: string, position: number, choiceIndex: number): number;
}>;

/** Opening brackets, quotes, emphasis and LaTeX wrappers. */
const opening = String.raw`(?:[\s*_~"'“”‘’${'`'}$([{<【（]|\\boxed|[-•]\s|\\text(?:bf|rm|it)?|\\math(?:bf|rm|it)|\\[([]){0,16}`;
const openingPattern = new RegExp(opening, 'uy');
const closingPattern = /[*_~"'“”‘’`$)\]}>】）]{0,12}/uy;
const letterPattern = /([A-Za-z])(?![\p{L}\p{N}_]|['’]\p{L}|-\p{L})/uy;
const indexPattern = /(\d{1,2})(?![\p{L}\p{N}_%°]|[.,:/]\d|\s{0,3}[\p{L}\p{N}%$°/*+^=-])/uy;
/** "option B", "the letter (B)": what may stand between a claim and its letter. */
const labelNounPattern = /(?:the\s{1,3})?(?:answer\s{1,3})?(?:option|choice|letter)(?![\p{L}\p{N}])(?:\s{0,2}:)?/iuy;
/** An option's text ends with its word or number; apart from its pattern, where the large classes compile only once. */
const noLongerWord = /(?![\p{L}\p{N}_]|[.,:/]\d)/uy;
/** After an option's text: the claim ends here, it is not the beginning of a longer phrase. */
const textEndPattern =
  /\s{0,3}(?:$|[.,;:!?)\]}"'“”’`*_<>$\n-]|(?:because|since|as|and|or|but|not|which|for|due|given|with|in|on|at|from|option|choice|is|\()(?![\p{L}\p{N}]))/uy;
const articlePattern = /(?:an?|the)\s{1,3}/iuy;
/** "-3", but not "-": a lone symbol is likelier to be markup. */
const symbolFirst = /^[^\p{L}\p{N}].*[\p{L}\p{N}]/su;
/** After a letter that may be an article ("A", "a") or a pronoun ("I"). */
const wordAfterArticle = /\s{1,5}(?!(?:because|since|as|and|or|but|not|which|for|due|given|with|is)\b)[\p{L}\p{N}]/uy;

export function createChoiceReader(choices: readonly string[]): ChoiceReader {
  const limit = letterLimit(choices);
  const texts = choices
    .map((choice, choiceIndex) => ({ choiceIndex, endAt: optionTextReader(choice), length: choice.length }))
    .sort((a, b) => b.length - a.length);

  const borrowed = lettersInOtherTexts(choices);
  const beginWithSymbol = new Set(
    [...choices.keys()].filter((index) => symbolFirst.test(choices[index]?.trim() ?? '')),
  );

  function textsAt(text: string, position: number): TextMatch[] {
    const found: TextMatch[] = [];
    for (const { choiceIndex, endAt } of texts) {
      const end = endAt(text, position);
      if (end >= 0) found.push({ choiceIndex, end });
    }
    return found.length > 1 ? found.sort((a, b) => b.end - a.end) : found;
  }

  function letterAt(text: string, position: number): Mention | null {
    const end = endOfMatch(letterPattern, text, position);
    if (end < 0) return null;
    const letter = text.charAt(position);
    const choiceIndex = letterIndex(letter);
    if (choiceIndex >= limit) return null;
    const isArticle = /[AaI]/.test(letter) && endOfMatch(wordAfterArticle, text, end) >= 0;
    return isArticle ? null : { choiceIndex, rule: 'letter', span: { start: position, end } };
  }

  function textAt(text: string, position: number): Mention | null {
    const atPosition = textsAt(text, position);
    const afterArticle = endOfMatch(articlePattern, text, position);
    const found = atPosition.length > 0 || afterArticle < 0 ? atPosition : textsAt(text, afterArticle);
    const [longest, next] = found;
    // The same text twice among the options names neither.
    if (longest === undefined || next?.end === longest.end) return null;
    if (endOfMatch(textEndPattern, text, longest.end) < 0) return null;
    return { choiceIndex: longest.choiceIndex, rule: 'option-text', span: { start: position, end: longest.end } };
  }

  function indexAt(text: string, position: number): Mention | null {
    const end = endOfMatch(indexPattern, text, position);
    const choiceIndex = Number(text.slice(position, end));
    if (end < 0 || choiceIndex >= choices.length) return null;
    return { choiceIndex, rule: 'index', span: { start: position, end } };
  }

  /** An option's text that begins with what is skipped elsewhere: "(2, 3)", "-3", "$5". */
  function symbolTextAt(text: string, position: number): Mention | null {
    if (beginWithSymbol.size === 0) return null;
    // A dash before the place may have been taken for a separator.
    const first = position > 0 && text.charAt(position - 1) === '-' ? position - 1 : position;
    const last = skipOpening(text, position);
    for (let at = first; at < last || at === position; at += 1) {
      const mention = textAt(text, at);
      if (mention !== null && beginWithSymbol.has(mention.choiceIndex)) return mention;
    }
    return null;
  }

  /** An option's text of more than a letter goes before a letter ("A family picnic"), a letter before an index. */
  function bareMention(text: string, start: number, allowIndex: boolean): Mention | null {
    const named = textAt(text, start);
    if (named !== null && named.span.end > start + 1) return named;
    const afterNoun = endOfMatch(labelNounPattern, text, start);
    const letterStart = afterNoun < 0 ? start : skipOpening(text, afterNoun);
    const letter = letterAt(text, letterStart);
    // "option B" where B's text is not, but another's is, "option B in the image": nobody can tell which is meant.
    const isBorrowed = letter !== null && afterNoun >= 0 && borrowed.has(letter.choiceIndex);
    if (isBorrowed && !/[([{]/.test(text.charAt(letterStart - 1))) return null;
    return letter ?? named ?? (allowIndex ? indexAt(text, start) : null);
  }

  function textsAfterLabel(text: string, position: number): TextMatch[] {
    const afterPunctuation = endOfMatch(/[\s.,:;)\]}*"'“”]{0,8}/uy, text, position);
    const found = textsAt(text, afterPunctuation);
    // A dash may be a separator or the sign of a number.
    return found.length > 0 ? found : textsAt(text, endOfMatch(/[-–—\s]{0,5}/uy, text, afterPunctuation));
  }

  return {
    textsAt,
    mentionAt(text, position, allowIndex) {
      const mention = symbolTextAt(text, position) ?? bareMention(text, skipOpening(text, position), allowIndex);
      if (mention === null) return null;
      const end = Math.max(mention.span.end, endOfMatch(closingPattern, text, mention.span.end));
      return { ...mention, span: { start: mention.span.start, end } };
    },
    textsAfterLabel,
    skipOwnText(text, position, choiceIndex) {
      return textsAfterLabel(text, position).find((found) => found.choiceIndex === choiceIndex)?.end ?? position;
    },
  };
}

/** Choices whose letter another choice's text, but not their own, uses as a name ("option B in the image"). */
function lettersInOtherTexts(choices: readonly string[]): ReadonlySet<number> {
  if (!choices.some((choice) => /option|choice/i.test(choice))) return new Set();
  const named = choices.map(
    (choice) =>
      new Set([...choice.matchAll(/\b(?:option|choice)\s+([A-Z])\b/gi)].map(([, letter = '']) => letterIndex(letter))),
  );
  const all = new Set(named.flatMap((letters) => [...letters]));
  return new Set([...all].filter((index) => named[index]?.has(index) !== true));
}

/**
 * Where the option's words end, read at a place in any case and spacing and without the final full stop; -1 where
 * they do not stand there. The pattern is compiled when a place first looks like it, because compiling takes longer
 * than everything else here: most outputs never need one.
 */
function optionTextReader(choice: string): (text: string, position: number) => number {
  const option = choice.trim().replace(/[.!?]$/, '');
  if (option === '') return () => -1;
  const firstWord = asciiStart(option).toLowerCase();
  let pattern: RegExp | null = null;
  return (text, position) => {
    if (!mayStartWith(text, position, firstWord)) return -1;
    pattern ??= optionPattern(option);
    const end = endOfMatch(pattern, text, position);
    return end >= 0 && endOfMatch(noLongerWord, text, end) >= 0 ? end : -1;
  };
}

function optionPattern(option: string): RegExp {
  const words = option.split(/\s+/).map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`));
  return new RegExp(words.join(String.raw`\s{1,5}`), 'iuy');
}

/** The first word as far as it is ASCII. */
const asciiStart = (option: string): string => /^[!-~]*/.exec(option)?.[0] ?? '';

/** Beyond ASCII letters have more than two cases (the Kelvin sign is a k): there the pattern decides. */
function mayStartWith(text: string, position: number, lowerCaseWord: string): boolean {
  for (let index = 0; index < lowerCaseWord.length; index += 1) {
    const code = text.charCodeAt(position + index);
    if (code >= 0x80) return true;
    // Capitals to small letters; NaN, the end of the text, differs from every letter.
    if ((code >= 65 && code <= 90 ? code + 32 : code) !== lowerCaseWord.charCodeAt(index)) return false;
  }
  return true;
}

function skipOpening(text: string, position: number): number {
  return Math.max(position, endOfMatch(openingPattern, text, position));
}

/** Where a sticky pattern's match at `position` ends, or -1. */
export function endOfMatch(sticky: RegExp, text: string, position: number): number {
  sticky.lastIndex = position;
  return sticky.test(text) ? sticky.lastIndex : -1;
}
