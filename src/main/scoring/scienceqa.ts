/**
 * ScienceQA: what stands directly after "answer is", as the 0-based option index that IVT-LR's ScienceQA models are
 * trained to write ("Therefore, the answer is 2") or as a letter; or an output that is nothing but one of the two.
 * The released script's order: an index anywhere before any letter, "the answer is" before a bare "answer is",
 * the first hit of a kind. Unlike the script, an index or letter must stand alone (it reads "the answer is because"
 * as B), may be bracketed, and is no answer outside the options.
 */
import { generatedEnd } from './end-markers.ts';
import { letterIndex, letterLimit, readingOf, type Claim, type Scorer, type ScorerInput } from './scorer.ts';

const identity = { name: 'scienceqa', version: 1 } as const;

const claimPattern = /\b(the\s+)?answer\s+is:?\s*[([{*]{0,3}(?:(\d{1,2})|([a-z]))(?![\p{L}\p{N}_]|[.,]\d)/giu;
/** After a lower-case letter: it was a word ("the answer is a dog"). */
const wordFollows = /\s+[\p{L}\p{N}]/uy;

export const scienceqaScorer: Scorer = {
  ...identity,
  score: (input) => readingOf(identity, wholeOutput(input) ?? firstClaim(input), input),
};

/** An output that is only an index (as prediction files in ScienceQA's shape hold) or only a letter. */
function wholeOutput({ outputText, choices }: ScorerInput): Claim | null {
  const text = outputText.slice(0, generatedEnd(outputText)).trim();
  const found = text.length > 4 ? null : /^\(?(?:(\d{1,2})|([A-Z]))\)?\.?$/.exec(text);
  if (found === null) return null;
  const [, digits, letter] = found;
  const choiceIndex = digits === undefined ? letterIndex(letter ?? '') : Number(digits);
  if (choiceIndex >= letterLimit(choices)) return null;
  const start = outputText.indexOf(text);
  const rule = digits === undefined ? 'letter-only' : 'index-only';
  return { choiceIndex, rule, match: { start, end: start + text.length } };
}

function firstClaim({ outputText, choices }: ScorerInput): Claim {
  let best: (Claim & { rank: number }) | null = null;
  for (const match of outputText.matchAll(claimPattern)) {
    const [whole, article, digits, letter = ''] = match;
    const end = match.index + whole.length;
    const isIndex = digits !== undefined;
    if (!isIndex && letter === letter.toLowerCase() && isFollowedByWord(outputText, end)) continue;
    const choiceIndex = isIndex ? Number(digits) : letterIndex(letter);
    if (choiceIndex >= letterLimit(choices)) continue;
    const rank = (isIndex ? 0 : 2) + (article === undefined ? 1 : 0);
    if (best !== null && best.rank <= rank) continue;
    best = { rank, choiceIndex, rule: isIndex ? 'index' : 'letter', match: { start: match.index, end } };
  }
  return best ?? { choiceIndex: null, rule: 'failed', match: null };
}

function isFollowedByWord(text: string, end: number): boolean {
  wordFollows.lastIndex = end;
  return wordFollows.test(text);
}
