/**
 * Filters as `field=value` terms: terms of one field are alternatives, fields combine. The same terms choose the
 * questions of a new run (all fields but `outcome`) and filter the rows of a stored one.
 */
import { fail } from '../../shared/failure.ts';
import type { Sample } from '../../shared/sample.ts';
import type { Outcome } from '../analysis/outcomes.ts';

export const sampleFields = ['split', 'domain', 'topic', 'category', 'sample'] as const;
export const whereFields = [...sampleFields, 'outcome'] as const;
export type WhereField = (typeof whereFields)[number];

/** In the order of their stored numbers. */
export const outcomes: readonly Outcome[] = ['right', 'wrong', 'unparsed', 'failed'];

/** Accepted values by field; a field without terms is missing. */
export type Where = Readonly<Partial<Record<WhereField, readonly string[]>>>;

/** Reads the terms; fails (`wrong-usage`) on an unknown field or outcome. */
export function parseWhere(terms: readonly string[]): Where {
  const where: Partial<Record<WhereField, string[]>> = {};
  for (const term of terms) {
    const equals = term.indexOf('=');
    const field = whereFields.find((name) => name === term.slice(0, Math.max(0, equals)).trim());
    if (field === undefined) {
      fail('wrong-usage', `The filter "${term}" is not understood.`, {
        expected: `FIELD=VALUE with a field out of ${whereFields.join(', ')}`,
        found: term,
        action: 'write it like domain=science',
      });
    }
    const value = term.slice(equals + 1).trim();
    if (field === 'outcome' && !outcomes.some((outcome) => outcome === value)) {
      fail('wrong-usage', `There is no outcome "${value}".`, { expected: outcomes.join(', '), found: value });
    }
    (where[field] ??= []).push(value);
  }
  return where;
}

/** Whether a sample passes every field but `outcome`. */
export function sampleMatches(where: Where, sample: Sample): boolean {
  const values = { ...sample, sample: sample.sampleId };
  return sampleFields.every((field) => where[field]?.includes(values[field]) ?? true);
}
