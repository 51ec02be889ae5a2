/**
 * Our own rule, the default for our runs. It reads generated text only and takes nothing for an answer that the
 * model did not claim. In this order:
 * 1. markers (`strict-markers.ts`), `[[B]]` and `<answer>B</answer>`: the last in which rules 2 to 4 read a choice;
 * 2. the whole output is one letter, one option's text, or a label with its own text ("(B) Dog");
 * 3. explicit claims (`strict-claims.ts`): the last sentence that holds one decides;
 * 4. without any, labels (`strict-labels.ts`) at the start or as "… is (B) Dog", if they agree.
 * Two different choices in the deciding marker, sentence or list, or none, are no answer (unparsed).
 * - Letters outside the choices are no claim. A letter followed by another option's text names two choices.
 * - A 0-based index (ScienceQA's target) counts only in "the answer is 2", below the number of choices, and only
 *   where no option's text reads the same: an option's text is the likelier meaning. `scienceqa` has no such doubt.
 * - What follows a reasoning block (`</think>`) is the output; end-of-sequence markers are no part of it.
 */
import { createChoiceReader, endOfMatch, type ChoiceReader, type Mention } from './choice-mention.ts';
import { generatedEnd } from './end-markers.ts';
import { readingOf, type Claim, type Scorer, type TextSpan } from './scorer.ts';
import { explicitClaims, isDenied, type ExplicitClaim } from './strict-claims.ts';
import { isNothingMore, labelAt, labelsOnNextLines, statedLabels } from './strict-labels.ts';
import { areJoined, markersIn, type Marker } from './strict-markers.ts';

const identity = { name: 'strict', version: 2 } as const;

export const strictScorer: Scorer = {
  ...identity,
  score: (input) => readingOf(identity, readOutput(input.outputText, createChoiceReader(input.choices)), input),
};

const unparsed = (rule: string): Claim => ({ choiceIndex: null, rule, match: null });

function readOutput(outputText: string, reader: ChoiceReader): Claim {
  const { start, end } = generatedPart(outputText);
  const text = outputText.slice(0, end);
  if (start >= end) return unparsed('empty');
  return markedAnswer(text, start, reader) ?? readUnmarked(text, start, reader);
}

/** The last marker that claims something; null where none does. */
function markedAnswer(text: string, start: number, reader: ChoiceReader): Claim | null {
  const markers = markersIn(text, start);
  for (let marker = markers.pop(); marker !== undefined; marker = markers.pop()) {
    const claim = markedClaim(text, marker, reader);
    if (claim === null) continue;
    const { choiceIndex } = claim;
    if (choiceIndex === null) return claim;
    const isOther = (found: Readonly<{ choiceIndex: number | null }>) => found.choiceIndex !== choiceIndex;
    const besides = [...joinedBefore(text, markers, marker, reader), ...alternatives(text, marker.span.end, reader)];
    return besides.some(isOther) ? unparsed('conflicting-claims') : claim;
  }
  return null;
}

/** A choice, or no answer where the marker names several; null where it names none or is denied ("not [[B]]"). */
function markedClaim(text: string, { rule, span, content }: Marker, reader: ChoiceReader): Claim | null {
  const inner = text.slice(content.start, content.end).trim();
  if (inner === '' || isDenied(text, span.start)) return null;
  let claim = readUnmarked(inner, 0, reader);
  if (claim.rule === 'no-claim') {
    // As after "Answer:": "B, as it barks" is a claim here, "A or B" two.
    const mention = reader.mentionAt(inner, 0, false);
    if (mention === null) return null;
    claim = agreed([{ mention, rule, span: mention.span }], inner, reader);
  }
  return claim.choiceIndex === null ? claim : { choiceIndex: claim.choiceIndex, rule, match: span };
}

/** What the markers claim that are named together with `marker` ("[[A]] or [[B]]"). */
function joinedBefore(text: string, earlier: readonly Marker[], marker: Marker, reader: ChoiceReader): Claim[] {
  const found: Claim[] = [];
  let later = marker;
  for (const before of earlier.toReversed()) {
    if (!areJoined(text, before, later)) break;
    const claim = markedClaim(text, before, reader);
    if (claim !== null) found.push(claim);
    later = before;
  }
  return found;
}

function readUnmarked(text: string, start: number, reader: ChoiceReader): Claim {
  const label = labelAt(text, start, reader);
  if (label !== null && label.isWhole) return claimOf(label);
  const whole = wholeMention(text, start, reader);
  if (whole !== null) return whole;
  const claims = explicitClaims(text, start, reader);
  const last = claims.at(-1);
  if (last !== undefined) {
    const sentenceStart = startOfSentence(text, start, last.span.start);
    return agreed(
      claims.filter(({ span }) => span.start >= sentenceStart),
      text,
      reader,
    );
  }
  const labels = statedLabels(text, start, reader);
  return agreed(label === null ? labels : [...labels, label], text, reader);
}

/** Without the reasoning block before and the end-of-sequence markers after it. */
function generatedPart(text: string): TextSpan {
  const end = generatedEnd(text);
  const thought = text.lastIndexOf('</think>', end);
  const from = thought < 0 ? 0 : thought + '</think>'.length;
  const part = text.slice(from, end);
  return { start: from + part.length - part.trimStart().length, end };
}

/** The output is nothing but one letter or one option's text, in any bracketing. */
function wholeMention(text: string, start: number, reader: ChoiceReader): Claim | null {
  const mention = reader.mentionAt(text, start, false);
  if (mention === null || !isNothingMore(text, mention.span.end)) return null;
  const match = { start, end: mention.span.end };
  return { choiceIndex: mention.choiceIndex, rule: `${mention.rule}-only`, match };
}

/** The last of the claims, if all agree and nothing joined to it claims another choice as well. */
function agreed(claims: readonly ExplicitClaim[], text: string, reader: ChoiceReader): Claim {
  const last = claims.at(-1);
  if (last === undefined) return unparsed('no-claim');
  const { mention, rule, span } = last;
  const isOther = (found: Mention) => found.choiceIndex !== mention.choiceIndex;
  if (claims.some((claim) => isOther(claim.mention))) return unparsed('conflicting-claims');
  const after = reader.skipOwnText(text, span.end, mention.choiceIndex);
  if (mention.rule === 'letter' && after === span.end && hasOtherText(text, after, reader)) {
    return unparsed('letter-and-other-text');
  }
  if (alternatives(text, after, reader).some(isOther)) return unparsed('conflicting-claims');
  const isListItem = rule.includes('label') || text.slice(span.start, mention.span.start).includes('\n');
  if (isListItem && labelsOnNextLines(text, after, reader).some(isOther)) return unparsed('listed-options');
  return claimOf(last);
}

function claimOf({ mention, rule, span }: ExplicitClaim): Claim {
  return { choiceIndex: mention.choiceIndex, rule, match: span };
}

/** A whole option's text directly after the letter of another ("(B) text of C."). */
function hasOtherText(text: string, position: number, reader: ChoiceReader): boolean {
  return reader
    .textsAfterLabel(text, position)
    .some(({ end }) => endOfMatch(/[\s"'”*)\]]{0,5}(?:$|\n|[.!](?=\s|$))/uy, text, end) >= 0);
}

const clauseBreak =
  /(?<!\p{L})(?:because|since|as|while|whereas|although|though|but|not|rather|instead|unlike|than|which|where|when|if|so|due)(?!\p{L})|[.!?](?=\s|$)|\n/iu;
const connector =
  /(?:(?<!\p{L})(?:and|or|nor)(?!\p{L})|[,/&])\s{0,3}(?:(?:also|either|possibly|the|option|choice|answer)\s{1,3}){0,3}/giu;
const standsAlone = /\s{0,3}(?:$|[.,;!?)\]}/&*]|(?:and|or)(?!\p{L}))/iuy;
const deniedAfter = /\s{1,3}(?:is|are|was|would\s{1,3}be)(?:n['’]t|\s{1,3}(?:not|wrong|incorrect|false))/iuy;

/** Mentions joined to the claim by "and", "or", a comma or a slash, before the clause ends. */
function alternatives(text: string, position: number, reader: ChoiceReader): Mention[] {
  const window = text.slice(position, position + 300);
  const clause = window.slice(0, clauseBreak.exec(window)?.index ?? window.length);
  const found: Mention[] = [];
  for (const join of clause.matchAll(connector)) {
    const at = position + join.index + join[0].length;
    const mention = reader.mentionAt(text, at, false);
    if (mention === null || endOfMatch(deniedAfter, text, mention.span.end) >= 0) continue;
    const around = text.slice(at, mention.span.start) + text.charAt(mention.span.end - 1);
    const isBracketed = mention.rule === 'letter' && /[([{)\]}]/.test(around);
    if (isBracketed || endOfMatch(standsAlone, text, mention.span.end) >= 0) found.push(mention);
  }
  return found;
}

/** Where the sentence or line that holds `position` begins. */
function startOfSentence(text: string, start: number, position: number): number {
  for (let at = position - 1; at >= start; at--) {
    const here = text.charAt(at);
    const endsSentence = here === '.' || here === '!' || here === '?';
    if (here === '\n' || (endsSentence && /\s/.test(text.charAt(at + 1)))) return at + 1;
  }
  return start;
}
