/**
 * What every scorer is: a named, versioned rule that reads one choice out of a model's raw output. The same
 * outputs score very differently by rule, so raw output is stored and any scorer can read it again later.
 * A scorer never throws, whatever the output holds, and takes time linear in its length.
 */
import type { Reading, ScorerName } from '../../shared/prediction.ts';

export type ScorerInput = Readonly<{
  /** Generated text; for an imported prediction the last message. */
  outputText: string;
  /** [prompt, output, …] of an imported prediction file; null for our own runs. */
  messages: readonly string[] | null;
  /** The whole prompt with chat markers; null where unknown. Only `released` looks at it. */
  prompt: string | null;
  /** Option texts; empty where an imported row has none. */
  choices: readonly string[];
  /** 0-based gold choice; null where the dataset gives none (nothing is then correct). */
  answerIndex: number | null;
}>;

export interface Scorer {
  readonly name: ScorerName;
  /** Counts up whenever the rule changes what it reads; stored scores of an older version are recomputed. */
  readonly version: number;
  score(input: ScorerInput): Reading;
}

/** UTF-16 offsets [start, end) into the output text. */
export type TextSpan = Readonly<{ start: number; end: number }>;

/** What a rule read, before it is compared with the gold answer; `match` covers the whole claim, brackets included. */
export type Claim = Readonly<{ choiceIndex: number | null; rule: string; match: TextSpan | null }>;

/** The reading that follows from a claim: correct exactly if the claimed choice is the gold one. */
export function readingOf(
  scorer: Readonly<{ name: ScorerName; version: number }>,
  claim: Claim,
  input: ScorerInput,
): Reading {
  const { choiceIndex, rule, match } = claim;
  return {
    scorer: scorer.name,
    version: scorer.version,
    choiceIndex,
    correct: choiceIndex !== null && choiceIndex === input.answerIndex,
    rule,
    match: match === null ? null : { start: match.start, end: match.end },
  };
}

/** The 0-based choice of a letter, either case. */
export function letterIndex(letter: string): number {
  return letter.toUpperCase().charCodeAt(0) - 65;
}

/** How many letters can name a choice; where an imported row has no choices, A to H. */
export function letterLimit(choices: readonly string[]): number {
  return choices.length > 0 ? Math.min(choices.length, 26) : 8;
}
