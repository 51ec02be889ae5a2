/**
 * Labels: "(B) text", "B. text", "**B**" at the start of an output or of a line, and "… is (B) text" inside a
 * sentence. Weaker than an explicit claim: `strict` turns to them only where nothing is claimed explicitly.
 */
import { endOfMatch, type ChoiceReader, type Mention } from './choice-mention.ts';
import type { ExplicitClaim } from './strict-claims.ts';

export type Label = ExplicitClaim & {
  /** Only the labelled choice's own text follows, to the end of the output. */
  readonly isWhole: boolean;
};

const labelPattern =
  /[\s*_"'“`#$]{0,6}(?:(?:option|choice|answer)\s{1,3})?[*_"'“`$]{0,3}(?:[([{]\s?[A-Za-z]\s?[)\]}]|[A-Za-z]\)|[A-Z](?=[.:,\-–—\s*]))[*_"'”`$]{0,3}/iuy;
/** A letter without brackets is a label only before one of these. */
const separator = /\s{0,3}(?:[.:\n]|[-–—]\s)/uy;
/** "(A) is wrong", "(A) and (B)": the letter is what the sentence is about, not a label. */
const isSubject =
  /\s{0,3}(?:is|are|was|were|can|could|may|might|would|should|has|have|does|do|seems?|appears?)(?:n['’]t)?(?!\p{L})/iuy;

/** The label that starts at `position`, if it names a choice. */
export function labelAt(text: string, position: number, reader: ChoiceReader): Label | null {
  const end = endOfMatch(labelPattern, text, position);
  if (end < 0) return null;
  const label = text.slice(position, end);
  const letter = /[A-Za-z](?=[^A-Za-z]*$)/.exec(label)?.[0] ?? '';
  const mention = reader.mentionAt(letter, 0, false);
  if (mention === null) return null;
  const ownTextEnd = reader.skipOwnText(text, end, mention.choiceIndex);
  const isWhole = ownTextEnd > end && isNothingMore(text, ownTextEnd);
  const isBracketed = /[)\]}]/.test(label);
  const isEmphasised = /[*_]$/.test(label);
  const isCapital = letter !== letter.toLowerCase();
  const standsOut = isBracketed || (isCapital && (isEmphasised || endOfMatch(separator, text, end) >= 0));
  if (!isWhole && (!standsOut || endOfMatch(isSubject, text, end) >= 0)) return null;
  const span = { start: position, end: isWhole ? ownTextEnd : end };
  return { mention: { ...mention, span }, rule: isWhole ? 'label-and-text' : 'label', span, isWhole };
}

/** "… is (B) text", "…:\n(B) text": a bracketed label after "is" or a colon, with its own text. */
export function statedLabels(text: string, start: number, reader: ChoiceReader): ExplicitClaim[] {
  const pattern = /(?:(?<!\p{L})(?:is|be)|:)\s{1,5}[*_"“]{0,3}(?=[([][A-Z][)\]])/gu;
  pattern.lastIndex = start;
  const found: ExplicitClaim[] = [];
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const label = labelAt(text, pattern.lastIndex, reader);
    if (label === null) continue;
    const end = reader.skipOwnText(text, label.span.end, label.mention.choiceIndex);
    if (label.isWhole || end > label.span.end) {
      found.push({ mention: label.mention, rule: 'stated-label', span: { start: label.span.start, end } });
    }
  }
  return found;
}

/** The labels at the starts of the lines that follow `position`, as in a repeated list of options. */
export function labelsOnNextLines(text: string, position: number, reader: ChoiceReader): Mention[] {
  const found: Mention[] = [];
  let lineEnd = text.indexOf('\n', position);
  for (let lines = 0; lineEnd >= 0 && lines < 30; lines++) {
    const label = labelAt(text, lineEnd + 1, reader);
    if (label !== null) found.push(label.mention);
    lineEnd = text.indexOf('\n', lineEnd + 1);
  }
  return found;
}

/** Only punctuation, and little of it, is left. */
export function isNothingMore(text: string, position: number): boolean {
  return text.length - position <= 12 && /^[^\p{L}\p{N}]*$/u.test(text.slice(position));
}
