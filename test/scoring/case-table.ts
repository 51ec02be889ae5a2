/** Rows of a scorer's table of cases, worked out by hand from its rule. */
import { expect, it } from 'vitest';
import { choiceLetter } from '../../src/shared/sample.ts';
import type { Scorer, ScorerInput } from '../../src/main/scoring/scorer.ts';

export type ScorerCase = Readonly<{
  output: string;
  /** Letter of the choice read, or null for none. */
  reads: string | null;
  rule: string;
  /** The part of the output that the reading points at; left out: not looked at. */
  claim?: string | null;
  choices?: readonly string[];
  /** Why, where the output does not say it. */
  because?: string;
}>;

export const animals = ['a cat', 'dog', 'cow', 'grey goose'] as const;

export function inputOf(outputText: string, choices: readonly string[] = animals, answerIndex: number | null = 0) {
  return { outputText, messages: null, prompt: null, choices, answerIndex } satisfies ScorerInput;
}

export function checkCases(scorer: Scorer, cases: readonly ScorerCase[]): void {
  it.each(cases)('$output -> $reads ($rule) $because', ({ output, reads, rule, claim, choices = animals }) => {
    // Gold is the choice expected here, so a reading is correct exactly if there is one.
    const answerIndex = reads === null ? 0 : reads.charCodeAt(0) - 65;
    const reading = scorer.score(inputOf(output, choices, answerIndex));
    expect({
      reads: reading.choiceIndex === null ? null : choiceLetter(reading.choiceIndex),
      rule: reading.rule,
    }).toEqual({
      reads,
      rule,
    });
    expect(reading.correct).toBe(reads !== null);
    if (claim !== undefined) {
      expect(reading.match && output.slice(reading.match.start, reading.match.end)).toBe(claim);
    }
    const other = scorer.score(inputOf(output, choices, answerIndex + 1));
    expect(other.correct).toBe(false);
  });
}
