/**
 * Where an output explicitly says which choice it takes: "the answer is X" in its usual spellings, "Answer: X",
 * `\boxed{X}`, "X is correct", "I choose X", and a last line that is only a letter. What is denied, supposed or
 * merely possible ("not", "if", "whether", "could be", "the wrong answer is") is no claim.
 */
import { endOfMatch, type ChoiceReader, type Mention } from './choice-mention.ts';
import type { TextSpan } from './scorer.ts';

export type ExplicitClaim = Readonly<{ mention: Mention; rule: string; span: TextSpan }>;

const noun = String.raw`(?:answer|option|choice|response|solution|selection|letter)`;
const filler = String.raw`(?:\s{1,5}(?:to|for|from|among|amongst|of|in|here|given|based|according)\b[^.!?\n:;]{0,80}?)?`;
const therefore = String.raw`(?:,?\s{1,5}(?:therefore|thus|then|hence),?)?`;
const isForm = String.raw`(?:\s{1,5}(?:is|was|would\s{1,3}be|should\s{1,3}be|must\s{1,3}be|will\s{1,3}be|has\s{1,3}to\s{1,3}be)|['’]s)(?![\p{L}\p{N}_])`;
const hedge = String.raw`(?:[,:]?\s{1,5}(?:therefore|thus|hence|then|clearly|definitely|probably|most|likely|indeed|simply|obviously|actually|still|either|both)(?![\p{L}])){0,3}`;
const markedColon = String.raw`[*_\])"'”>\s]{0,6}[:：=]`;
const bracketEnd = String.raw`[*_]{0,3}[\])>}][*_]{0,3}`;
const dash = String.raw`\s{1,3}[-–—]\s{1,3}|(?<=answer)\s{1,3}(?=[(\[]\s?[A-Z]\s?[)\]]|[A-Z][.*]{0,3}\s{0,3}(?:\n|$))`;
/** A heading of its own: the choice stands on the next line. */
const heading = String.raw`[*_\s]{0,4}\n`;
/** "the answer is X", "Answer: X", "[Answer] X", "Answer (X)", "### Answer" and X on the next line. */
const answerPattern = new RegExp(
  String.raw`(?<![\p{L}\p{N}_]|<\/)${noun}(?![\p{L}\p{N}_])(?:${filler}${therefore}(${isForm})|${markedColon}|${bracketEnd}|${dash}|(${heading}))${hedge}[\s:=*_-]{0,8}`,
  'giu',
);
const boxedPattern = /\\boxed\s{0,3}(?=\{)/g;
const choosePattern =
  /(?<![\p{L}\p{N}_])(?:I|we)(?:['’](?:d|ll)|\s{1,3}(?:would|will|must|should|have\s{1,3}to))?(?:\s{1,3}(?:therefore|thus|then))?\s{1,3}(?:choose|chose|select|selected|pick|picked|go\s{1,3}with|opt\s{1,3}for)(?:\s{1,3}(?:the|my))?(?:\s{1,3}(?:final|correct))?(?:\s{1,3}(?:answer|option|choice))?:?\s{1,3}/giu;
/** "X is correct", "option X is the right answer", "X would be the best choice". */
const verdictPattern =
  /\s{1,3}(?:is|would\s{1,3}be|must\s{1,3}be|should\s{1,3}be)\s{1,3}(?:(?:therefore|thus|clearly|definitely|indeed|also|most|likely|probably)\s{1,3}){0,3}(?:(?:the|my|our)\s{1,3}(?:(?:only|most|likely|final|correct|right|best|appropriate|accurate|suitable|logical|reasonable|probable|plausible)\s{1,3}){0,3}(?:answer|option|choice|one|response)|correct|right)(?=\s{0,3}(?:$|[.,;!?)*<\n]|(?:because|since|as|here|for|to|in)(?!\p{L})))/giuy;
const verdictStart =
  /(?<![\p{L}\p{N}_'’-])[A-Z](?![\p{L}\p{N}_])[)\]*"'”:]{0,4}(?=\s{1,3}(?:is|would|must|should)(?!\p{L}))/gu;

/** Words that may stand before the noun; any other word makes it another thing ("the wrong answer is"). */
const wordBeforeNoun =
  /(?:^|[^\p{L}\p{N}'’])(?:the|my|our|your|this|that|its|an?|so|thus|therefore|hence|then|and|as|since|because|correct|right|final|best|likely|appropriate|accurate|suitable|probable|plausible|only|true|actual|single|exact|closest|logical|reasonable|proper|answer|option|think|believe|conclude|say|is|says?)$/iu;
const denial =
  /(?:^|[^\p{L}])(?:not|never|cannot|(?<!no\s)doubt|neither|nor|none|no(?!\s+doubt)|if|whether|unless|suppose|supposing|assume|assuming|least|less|wrong|incorrect)(?:\s+[\p{L}()]+){0,4}\s*$|n['’]t(?:\s+[\p{L}()]+){0,4}\s*$/iu;

/** What a heading line may hold before "Answer". */
const headingStart = /^[^\p{L}\p{N}]*(?:(?:the|my|final|correct)\s+){0,2}$/iu;
const letterLine = /^[^\p{L}\p{N}]*[A-Z][^\p{L}\p{N}]*$/u;

/** All explicit claims in order of place. `start` is where reading begins. */
export function explicitClaims(text: string, start: number, reader: ChoiceReader): ExplicitClaim[] {
  const claims = [
    ...claimsAfter(answerPattern, text, start, reader, 'answer-is'),
    ...claimsAfter(boxedPattern, text, start, reader, 'boxed'),
    ...claimsAfter(choosePattern, text, start, reader, 'chosen'),
    ...verdicts(text, start, reader),
    ...lastLine(text, start, reader),
  ];
  let end = -1;
  return claims
    .sort((a, b) => a.span.start - b.span.start || b.span.end - a.span.end)
    .filter(({ span }) => {
      // The box or last line that an "answer is" reaches into is the same claim.
      const isNew = span.end > end;
      end = Math.max(end, span.end);
      return isNew;
    });
}

function* claimsAfter(
  pattern: RegExp,
  text: string,
  start: number,
  reader: ChoiceReader,
  rule: string,
): Generator<ExplicitClaim> {
  pattern.lastIndex = start;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const phraseEnd = pattern.lastIndex;
    const claim = claimAt(text, match, phraseEnd, reader, rule);
    if (claim !== null) yield claim;
    // On from the claim's end, past the claimed option's text, which may itself sound like a claim.
    pattern.lastIndex =
      claim === null ? phraseEnd : reader.skipOwnText(text, claim.span.end, claim.mention.choiceIndex);
  }
}

function claimAt(
  text: string,
  match: RegExpExecArray,
  phraseEnd: number,
  reader: ChoiceReader,
  rule: string,
): ExplicitClaim | null {
  if (isDenied(text, match.index)) return null;
  const clause = clauseBefore(text, match.index);
  if (rule === 'answer-is') {
    // Some datasets' option texts are phrases like "the answer is option B in the image": then the option is meant.
    const phraseStart = startOfDeterminer(text, match.index);
    const quoted = [phraseStart, match.index].flatMap((at) => reader.textsAt(text, at).slice(0, 1))[0];
    if (quoted !== undefined && quoted.end >= phraseEnd) {
      const span = { start: phraseStart, end: quoted.end };
      return { mention: { choiceIndex: quoted.choiceIndex, rule: 'option-text', span }, rule: 'answer-is', span };
    }
    if (match[2] !== undefined && !isHeading(text, match.index)) return null;
    const word = /[\p{L}\p{N}'’]+\s*$/u.exec(clause)?.[0].trimEnd();
    if (word !== undefined && !wordBeforeNoun.test(` ${word}`)) return null;
  }
  const hasIs = match[1] !== undefined && /^answer/i.test(match[0]);
  const mention = reader.mentionAt(text, phraseEnd, hasIs);
  if (mention === null) return null;
  return { mention, rule, span: { start: match.index, end: mention.span.end } };
}

function* verdicts(text: string, start: number, reader: ChoiceReader): Generator<ExplicitClaim> {
  verdictStart.lastIndex = start;
  for (let match = verdictStart.exec(text); match !== null; match = verdictStart.exec(text)) {
    const letterEnd = verdictStart.lastIndex;
    const end = endOfMatch(verdictPattern, text, letterEnd);
    const mention = reader.mentionAt(text, match.index, false);
    if (end < 0 || mention === null) continue;
    const clause = clauseBefore(text, match.index);
    const isBracketed = /[([*"“]$/.test(clause);
    const startsClause =
      /(?:^|(?<![\p{L}\p{N}])(?:option|choice|answer|letter|so|thus|therefore|hence|that|think|believe))\s*[([*"'“]*$/iu;
    if (denial.test(clause.replace(/[([*"'“\s]+$/u, '')) || !(isBracketed || startsClause.test(clause))) continue;
    yield { mention, rule: 'verdict', span: { start: match.index, end } };
  }
}

/** A last line that holds nothing but a letter, after other lines (but not at the end of a list of letters). */
function* lastLine(text: string, start: number, reader: ChoiceReader): Generator<ExplicitClaim> {
  const lineStart = text.lastIndexOf('\n') + 1;
  const line = text.slice(lineStart, lineStart + 24);
  if (lineStart <= start || lineStart + line.length < text.length || !letterLine.test(line)) return;
  const before = text.slice(Math.max(start, lineStart - 24), lineStart).trimEnd();
  if (letterLine.test(before.slice(before.lastIndexOf('\n') + 1))) return;
  const mention = reader.mentionAt(text, lineStart, false);
  if (mention !== null) yield { mention, rule: 'last-line', span: { start: lineStart, end: mention.span.end } };
}

/** Whether the clause before a place denies or supposes what stands there ("not", "if", "the wrong"). */
export function isDenied(text: string, position: number): boolean {
  return denial.test(clauseBefore(text, position));
}

/** "### Answer" on a line of its own. */
function isHeading(text: string, position: number): boolean {
  return text.charAt(position) === 'A' && headingStart.test(text.slice(lineStartOf(text, position), position));
}

function lineStartOf(text: string, position: number): number {
  return Math.max(position - 80, text.lastIndexOf('\n', position - 1) + 1);
}

/** The text of the same clause before a place, at most 80 characters of it. */
function clauseBefore(text: string, position: number): string {
  const window = text.slice(Math.max(0, position - 80), position);
  const pieces = window.split(/[.,;:!?\n]|(?<!\p{L})(?:but|so|therefore|thus|hence)(?!\p{L})/iu);
  return pieces.at(-1) ?? '';
}

/** Where "the (correct) answer" begins, given where "answer" does. */
function startOfDeterminer(text: string, position: number): number {
  const window = text.slice(Math.max(0, position - 40), position);
  const found = /(?:the|my|our)\s+(?:[\p{L}]+\s+){0,2}$/iu.exec(window);
  return found === null ? position : position - found[0].length;
}
