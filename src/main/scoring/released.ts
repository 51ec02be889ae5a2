/**
 * The rule of IVT-LR's released M3CoT script, for parity only. It searches the decoded prompt *and* output: every
 * letter after "the answer is" or "Answer:" is a candidate, and the gold letter among the candidates is right. So
 * several claims all count, "the answer is not" counts as N, and a bare "(B)" counts for nothing.
 * The script's way of adding its tokens leaves the chat markers in the decoded text, so the prompt's own "Answer:"
 * is followed by `<|im_end|>` and yields nothing; a decode that strips them makes the first letter generated a
 * candidate ("Based on" counts as B). Both behaviours are here; the number's warning says which.
 */
import type { Reading } from '../../shared/prediction.ts';
import { letterIndex, letterLimit, type Scorer, type ScorerInput } from './scorer.ts';

/** What the decoding of prompt and output does with `<|im_start|>` and the like; the released script keeps them. */
type ChatMarkers = 'kept' | 'stripped';

const version = 1;

const turnChange = '<|im_end|>\n<|im_start|>assistant\n';

export const releasedScorer: Scorer = createReleasedScorer('kept');
export const releasedStrippedScorer: Scorer = createReleasedScorer('stripped');

/** The released rule for one way of decoding, each under a name of its own. */
function createReleasedScorer(markers: ChatMarkers): Scorer {
  const name = markers === 'kept' ? 'released' : 'released-stripped';
  return { name, version, score: (input) => score(input, name, markers) };
}

function score(input: ScorerInput, name: Reading['scorer'], markers: ChatMarkers): Reading {
  const before = withMarkers(promptOf(input), markers);
  const text = withoutRoleName(before + withMarkers(input.outputText, markers));
  const letters = new Map<string, RegExpExecArray>();
  for (const match of text.matchAll(/(?:the\s+answer\s+is|answer:)\s*([A-Z])/gi)) {
    const letter = (match[1] ?? '').toUpperCase();
    if (!letters.has(letter)) letters.set(letter, match);
  }
  const limit = letterLimit(input.choices);
  const candidates = [...letters].map(([letter, match]) => ({ choiceIndex: letterIndex(letter), match }));
  const first = candidates.find(({ choiceIndex }) => choiceIndex < limit);
  const rule = candidates.length === 0 ? 'none' : candidates.length === 1 ? 'one-letter' : 'several-letters';
  return {
    scorer: name,
    version,
    choiceIndex: first?.choiceIndex ?? null,
    correct: candidates.some(({ choiceIndex }) => choiceIndex === input.answerIndex),
    rule,
    match: first === undefined ? null : spanInOutput(first.match, before.length, input.outputText, markers),
  };
}

/** What was decoded before the generated text; the earlier messages of an imported prediction stand in for it. */
function promptOf({ prompt, messages }: ScorerInput): string {
  if (prompt !== null) return prompt;
  const earlier = messages?.slice(0, -1) ?? [];
  return earlier.map((message) => message + turnChange).join('');
}

function withMarkers(text: string, markers: ChatMarkers): string {
  return markers === 'kept' || !text.includes('<|') ? text : text.replace(/<\|[a-z_-]{1,40}\|>/g, '');
}

/** Drops the role name that decoding leaves after the prompt's "Answer:"; blanks keep the offsets. */
function withoutRoleName(text: string): string {
  return text.replace(/(?<=answer:)\s*assistant\b/gi, (dropped) => ' '.repeat(dropped.length));
}

/** The part of a claim that lies in the output; none where stripping moved the output's own offsets. */
function spanInOutput(match: RegExpExecArray, outputStart: number, outputText: string, markers: ChatMarkers) {
  const end = match.index + match[0].length - outputStart;
  if (end <= 0 || withMarkers(outputText, markers).length !== outputText.length) return null;
  return { start: Math.max(0, match.index - outputStart), end };
}
