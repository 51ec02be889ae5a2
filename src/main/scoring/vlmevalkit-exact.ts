/**
 * VLMEvalKit's matching without its LLM judge: an option letter among the last words, else "answer is X", else the
 * one option text that a short output contains; else wrong. Quirks kept: two different letters anywhere spoil the
 * first rule; "answer is because" reads B, as the letter after it need not stand alone, and "answer is (B)" is no
 * hit; refusals it knows, or a lone Z, end the search.
 */
import { choiceLetter } from '../../shared/sample.ts';
import { generatedEnd } from './end-markers.ts';
import { letterIndex, readingOf, type Claim, type Scorer } from './scorer.ts';

const identity = { name: 'vlmevalkit-exact', version: 1 } as const;

const refusals = [
  "Sorry, I can't help with images of people yet.",
  "I can't process this file.",
  "I'm sorry, but without the image provided",
  'Cannot determine the answer',
];
const requestFailed = 'Failed to obtain answer via API';
/** A letter counts only among this many last words. */
const lastWordCount = 4;

export const vlmevalkitExactScorer: Scorer = {
  ...identity,
  score(input) {
    // The harness sees decoded text without special tokens; published prediction files still hold them.
    const text = input.outputText.slice(0, generatedEnd(input.outputText));
    const claim = (text.includes(requestFailed) ? null : byLetter(text, input.choices)) ?? byText(text, input.choices);
    return readingOf(identity, claim ?? { choiceIndex: null, rule: 'failed', match: null }, input);
  },
};

function byLetter(text: string, choices: readonly string[]): Claim | null {
  if (refusals.some((refusal) => text.includes(refusal))) return { choiceIndex: null, rule: 'refusal', match: null };
  const letters = new Set([...choices.keys()].map(choiceLetter));
  let hasZ = false;
  const firstUse = new Map<string, { wordIndex: number; start: number }>();
  const wordCount = forEachWord(text, (start, end, wordIndex) => {
    if (end - start !== 1) return;
    const letter = text.charAt(start);
    if (letters.has(letter) && !firstUse.has(letter)) firstUse.set(letter, { wordIndex, start });
    if (letter === 'Z') hasZ = true;
  });
  const [only] = firstUse;
  if (only !== undefined && firstUse.size === 1) {
    const [letter, { wordIndex, start }] = only;
    if (wordIndex >= wordCount - lastWordCount) {
      return { choiceIndex: letterIndex(letter), rule: 'letter', match: { start, end: start + 1 } };
    }
  }
  if (firstUse.size === 0 && hasZ) return { choiceIndex: null, rule: 'refusal', match: null };
  return afterAnswerIs(text, letters);
}

/** Punctuation that stands for a space between words. */
const separators = new Set(Array.from('.()[],:;!*#{}', (character) => character.charCodeAt(0)));

/** Calls `see` for every word of [start, end) in order; returns how many there are. */
function forEachWord(text: string, see: (start: number, end: number, wordIndex: number) => void): number {
  let wordCount = 0;
  let start = -1;
  for (let at = 0; at <= text.length; at += 1) {
    if (at < text.length && !isBetweenWords(text.charCodeAt(at))) {
      if (start < 0) start = at;
    } else if (start >= 0) {
      see(start, at, wordCount);
      wordCount += 1;
      start = -1;
    }
  }
  return wordCount;
}

function isBetweenWords(code: number): boolean {
  if (code >= 97 && code <= 122) return false;
  if (code < 0x80) return code === 32 || (code >= 9 && code <= 13) || separators.has(code);
  return /\s/.test(String.fromCharCode(code));
}

/** Only the first hit is looked at, and only A to D. */
function afterAnswerIs(text: string, letters: ReadonlySet<string>): Claim | null {
  const match = /answer\s+is\s+\**([ABCD])/i.exec(text);
  const letter = match?.[1]?.toUpperCase();
  if (match === null || letter === undefined || !letters.has(letter)) return null;
  const span = { start: match.index, end: match.index + match[0].length };
  return { choiceIndex: letterIndex(letter), rule: 'answer-is', match: span };
}

function byText(text: string, choices: readonly string[]): Claim | null {
  const lowered = text.toLowerCase();
  const optionLength = choices.reduce((sum, choice) => sum + codePointCount(choice), 0);
  // At most two UTF-16 units a code point: longer outputs need no counting.
  if (lowered.length > 4 * optionLength || codePointCount(lowered) > 2 * optionLength) return null;
  const contained = [...choices.entries()].filter(([, choice]) => lowered.includes(choice.toLowerCase()));
  const [only] = contained;
  if (only === undefined || contained.length > 1) return null;
  const [choiceIndex, choice] = only;
  const start = lowered.indexOf(choice.toLowerCase());
  const fits = lowered.length === text.length && choice.length > 0;
  return { choiceIndex, rule: 'option-text', match: fits ? { start, end: start + choice.length } : null };
}

function codePointCount(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
