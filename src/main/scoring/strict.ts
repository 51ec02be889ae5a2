/**
 * Our own rule, the default for our runs. It reads generated text only and takes nothing for an answer that the
 * model did not claim: the last explicit claim wins; an output that is only a letter, only an option's text, or
 * starts with a label ("(B) text") claims it; two different final claims, or none, are no answer.
 *
 * Order: 1. the whole output is one mention, or a label with its own option's text; 2. explicit claims
 * (`strict-claims.ts`), the last sentence that holds one decides; 3. a label at the start.
 * - Letters outside the choices are no claim. Where a letter and a text disagree ("(B) text of C"), the letter counts.
 * - A 0-based index (ScienceQA's target) counts only in "the answer is 2", below the number of choices, and only
 *   where no option's text reads the same: an option's text is the likelier meaning. `scienceqa` has no such doubt.
 * - What follows a reasoning block (`</think>`) is the output; end-of-sequence markers are no part of it.
 */
import { createChoiceReader, endOfMatch, type ChoiceReader, type Mention } from './choice-mention.ts';
import { readingOf, type Claim, type Scorer, type TextSpan } from './scorer.ts';
import { explicitClaims, type ExplicitClaim } from './strict-claims.ts';

const identity = { name: 'strict', version: 1 } as const;

const endMarkers = ['</s>', '<|im_end|>', '<|endoftext|>', '<|eot_id|>', '<|end|>', '<end_of_turn>', '<eos>'];
const unparsed = (rule: string): Claim => ({ choiceIndex: null, rule, match: null });

export const strictScorer: Scorer = {
  ...identity,
  score: (input) => readingOf(identity, readOutput(input.outputText, createChoiceReader(input.choices)), input),
};

function readOutput(outputText: string, reader: ChoiceReader): Claim {
  const { start, end } = generatedPart(outputText);
  const text = outputText.slice(0, end);
  if (start >= end) return unparsed('empty');
  const label = leadingLabel(text, start, reader);
  if (label !== null && label.isWhole) return resolved(label.claim, text, reader);
  const whole = wholeMention(text, start, reader);
  if (whole !== null) return { choiceIndex: whole.choiceIndex, rule: `${whole.rule}-only`, match: whole.span };
  const claims = explicitClaims(text, start, reader);
  const last = claims.at(-1);
  if (last === undefined) return label === null ? unparsed('no-claim') : resolved(label.claim, text, reader);
  const sentenceStart = startOfSentence(text, start, last.span.start);
  const disagrees = claims.some(
    ({ span, mention }) => span.start >= sentenceStart && mention.choiceIndex !== last.mention.choiceIndex,
  );
  return disagrees ? unparsed('conflicting-claims') : resolved(last, text, reader);
}

/** Without the reasoning block before and the end-of-sequence markers after it. */
function generatedPart(text: string): TextSpan {
  let end = text.trimEnd().length;
  for (let marker = endMarker(text, end); marker !== undefined; marker = endMarker(text, end)) {
    end = text.slice(0, end - marker.length).trimEnd().length;
  }
  const thought = text.lastIndexOf('</think>', end);
  const from = thought < 0 ? 0 : thought + '</think>'.length;
  const start = from + (text.slice(from, end).length - text.slice(from, end).trimStart().length);
  return { start: Math.min(start, end), end };
}

function endMarker(text: string, end: number): string | undefined {
  return endMarkers.find((marker) => text.startsWith(marker, end - marker.length));
}

/** The output is nothing but one letter or one option's text, in any bracketing. */
function wholeMention(text: string, start: number, reader: ChoiceReader): Mention | null {
  const mention = reader.mentionAt(text, start, false);
  if (mention === null) return null;
  const rest = text.slice(mention.span.end);
  if (rest.length > 12 || !/^[^\p{L}\p{N}]*$/u.test(rest)) return null;
  return { ...mention, span: { start, end: mention.span.end } };
}

const labelPattern =
  /[\s*_"'“`#$]{0,6}(?:(?:option|choice|answer)\s{1,3})?[*_"'“`$]{0,3}(?:[([{]\s?[A-Za-z]\s?[)\]}]|[A-Za-z]\)|[A-Z](?=[.:,\-–—\s*]))[*_"'”`$]{0,3}/iuy;
const labelEnd = /\s{0,3}(?:$|[.:,)\-–—\n])|\s/uy;

/** A label at the start of the output, and whether nothing but its own option's text follows. */
function leadingLabel(
  text: string,
  start: number,
  reader: ChoiceReader,
): { claim: ExplicitClaim; isWhole: boolean } | null {
  const labelStop = endOfMatch(labelPattern, text, start);
  if (labelStop < 0) return null;
  const label = text.slice(start, labelStop);
  const letterAt = /[A-Za-z](?=[^A-Za-z]*$)/.exec(label)?.index ?? 0;
  const mention = reader.mentionAt(label.charAt(letterAt), 0, false);
  if (mention === null) return null;
  const ownTextEnd = reader.skipOwnText(text, labelStop, mention.choiceIndex);
  const isWhole = ownTextEnd > labelStop && /^[^\p{L}\p{N}]{0,12}$/u.test(text.slice(ownTextEnd, ownTextEnd + 13));
  const isBracketed = /[)\]}]/.test(label);
  const isSeparated =
    isBracketed || /^(?:\s{0,3}(?:[.:\n]|[-–—]\s)|[*_]*$)/u.test(text.slice(labelStop, labelStop + 5));
  const isCapital = label.charAt(letterAt) !== label.charAt(letterAt).toLowerCase() || isBracketed;
  if (!isWhole && !(isSeparated && isCapital && endOfMatch(labelEnd, text, labelStop) >= 0)) return null;
  const span = { start, end: labelStop };
  return { claim: { mention: { ...mention, span }, rule: isWhole ? 'label-and-text' : 'label', span }, isWhole };
}

/** The claim, unless what follows in the same sentence or list claims another choice as well. */
function resolved(claim: ExplicitClaim, text: string, reader: ChoiceReader): Claim {
  const { mention, rule, span } = claim;
  const after = reader.skipOwnText(text, span.end, mention.choiceIndex);
  const isOther = (found: Mention | null) => found !== null && found.choiceIndex !== mention.choiceIndex;
  if (alternatives(text, after, reader).some(isOther)) return unparsed('conflicting-claims');
  const isListItem = rule.startsWith('label') || text.slice(span.start, mention.span.start).includes('\n');
  if (isListItem && nextLabels(text, after, reader).some(isOther)) return unparsed('listed-options');
  return { choiceIndex: mention.choiceIndex, rule, match: span };
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
    const isBracketed = /^\s*[([]/.test(text.slice(at, mention.span.start)) && mention.rule === 'letter';
    if (isBracketed || endOfMatch(standsAlone, text, mention.span.end) >= 0) found.push(mention);
  }
  return found;
}

/** The labels at the starts of the lines that follow, as in a repeated list of options. */
function nextLabels(text: string, position: number, reader: ChoiceReader): Mention[] {
  const found: Mention[] = [];
  let lineEnd = text.indexOf('\n', position);
  for (let lines = 0; lineEnd >= 0 && lines < 30; lines++) {
    const label = leadingLabel(text, lineEnd + 1, reader);
    if (label !== null) found.push(label.claim.mention);
    lineEnd = text.indexOf('\n', lineEnd + 1);
  }
  return found;
}

/** Where the sentence or line that holds `position` begins. */
function startOfSentence(text: string, start: number, position: number): number {
  for (let at = position - 1; at >= start; at--) {
    const here = text.charAt(at);
    if (here === '\n' || (/[.!?]/.test(here) && /\s/.test(text.charAt(at + 1)))) return at + 1;
  }
  return start;
}
