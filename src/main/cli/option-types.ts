/** Parsers for option values that several commands share. */
import { InvalidArgumentError } from 'commander';
import type { ScorerName } from '../../shared/prediction.ts';
import { scorerNames } from '../../shared/prediction.ts';

/** A whole number of at least `least`. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    if (!/^\d+$/.test(text) || Number(text) < least) {
      throw new InvalidArgumentError(`Expected a whole number of at least ${String(least)}.`);
    }
    return Number(text);
  };
}

export function scorer(text: string): ScorerName {
  const found = scorerNames.find((name) => name === text);
  if (found === undefined) throw new InvalidArgumentError(`Allowed: ${scorerNames.join(', ')}.`);
  return found;
}

/** Collects a repeatable option. */
export function repeated(text: string, previous: readonly string[] = []): string[] {
  return [...previous, text];
}

export const scorerHelp = `scoring rule (${scorerNames.join(', ')})`;
export const whereHelp =
  'keep only FIELD=VALUE; fields: split, domain, topic, category, sample, outcome; may be given several times';
