/** Parsers for option values that several commands share. */
import { InvalidArgumentError } from 'commander';
import type { ScorerName } from '../../shared/prediction.ts';
import { scorerNames } from '../../shared/prediction.ts';

/** A whole number between two bounds. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) {
      const upTo = most === Number.MAX_SAFE_INTEGER ? '' : ` and at most ${String(most)}`;
      throw new InvalidArgumentError(`Expected a whole number of at least ${String(least)}${upTo}.`);
    }
    return value;
  };
}

export function positiveNumber(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value > 0)) throw new InvalidArgumentError('Expected a number above 0.');
  return value;
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
  'keep only FIELD=VALUE; fields: split, domain, topic, category, sample; may be given several times';
export const answerWhereHelp =
  'keep only FIELD=VALUE; fields: those of eval, outcome, predicted, gold, tag, rule, finish, remark, trace, note, text, and as LOW..HIGH time, ar-steps, tokens, calls, focus@STEP and the masses; may be given several times';
