/**
 * M3CoT's own rule (its `utils/metric.py`), quirks included, so that published prediction files give the published
 * counts. Quirks worth knowing: a letter in parentheses counts whatever the sentence says about it; option texts
 * and bare letters are tried in option order and the last *option* that occurs wins, wherever it stands; an
 * end-of-sequence marker glued to a letter (`B</s>`) hides it; the lower-case rule takes the article "a" for A.
 */
import { choiceLetter } from '../../shared/sample.ts';
import { letterIndex, readingOf, type Claim, type Scorer, type ScorerInput, type TextSpan } from './scorer.ts';

const identity = { name: 'm3cot', version: 1 } as const;

/** The rule knows the letters A to F; it has none for a seventh option. */
const letterCount = 6;

export const m3cotScorer: Scorer = {
  ...identity,
  score(input) {
    const message = input.messages?.at(-1) ?? input.outputText;
    const claim = readMessage(message, input);
    // Offsets are promised for outputText; where that is another text than the last message there are none.
    return readingOf(identity, message === input.outputText ? claim : { ...claim, match: null }, input);
  },
};

function readMessage(message: string, input: ScorerInput): Claim {
  const part = answerPart(message);
  const text = message.slice(part.start, part.end);
  const choices = input.choices.slice(0, letterCount);
  const found =
    lastParenthesised(text, input) ??
    lastContainedOption(text, choices) ??
    lastBareLetter(text, choices, 'capital-letter') ??
    lastBareLetter(text, choices, 'lower-letter');
  if (found === null) return { choiceIndex: null, rule: 'failed', match: null };
  const { match } = found;
  return { ...found, match: match && { start: match.start + part.start, end: match.end + part.start } };
}

/** After the last `[Answer]`, up to `[Rationale]` or `[Context]`; the whole message where there is no `[Answer]`. */
function answerPart(message: string): TextSpan {
  const marker = message.lastIndexOf('[Answer]');
  if (marker < 0) return { start: 0, end: message.length };
  const start = marker + '[Answer]'.length;
  const ends = ['[Rationale]', '[Context]'].map((next) => message.indexOf(next, start)).filter((end) => end >= 0);
  return { start, end: Math.min(message.length, ...ends) };
}

/** Rule 1. A letter that is no option still ends the search: nothing is then right, and no choice was read. */
function lastParenthesised(text: string, { choices, answerIndex }: ScorerInput): Claim | null {
  let last: RegExpExecArray | null = null;
  for (const match of text.matchAll(/\(([A-Za-z])\)/g)) last = match;
  if (last === null) return null;
  const index = letterIndex(last[1] ?? '');
  // Rows with stale or missing choices are scored by their letters all the same, as M3CoT does.
  const isOption = choices.length === 0 || index < choices.length || index === answerIndex;
  return {
    choiceIndex: isOption ? index : null,
    rule: 'parenthesised',
    match: { start: last.index, end: last.index + 3 },
  };
}

/** Rule 2. */
function lastContainedOption(text: string, choices: readonly string[]): Claim | null {
  const lowered = text.toLowerCase();
  for (const [choiceIndex, choice] of [...choices.entries()].reverse()) {
    const wanted = choice.toLowerCase();
    const start = lowered.lastIndexOf(wanted);
    if (start < 0) continue;
    // Lower-casing may change lengths (İ); then offsets no longer fit. An empty option is contained in everything.
    const fits = lowered.length === text.length && wanted.length > 0;
    return { choiceIndex, rule: 'option-text', match: fits ? { start, end: start + wanted.length } : null };
  }
  return null;
}

/** Rules 3 and 4: the letter as a whole word, words being what lies between single spaces. */
function lastBareLetter(
  text: string,
  choices: readonly string[],
  rule: 'capital-letter' | 'lower-letter',
): Claim | null {
  const spaced = ` ${text.replace(/[\n.,!?]/g, ' ')} `;
  for (const choiceIndex of [...choices.keys()].reverse()) {
    const capital = choiceLetter(choiceIndex);
    const start = spaced.lastIndexOf(` ${rule === 'capital-letter' ? capital : capital.toLowerCase()} `);
    if (start >= 0) return { choiceIndex, rule, match: { start, end: start + 1 } };
  }
  return null;
}
