/**
 * The page's filter as `field=value` terms, changed one control at a time. Terms of one field are alternatives;
 * the order of the others is kept, so that an address changes no more than what was changed.
 */
import { failureOutcomes, failures, type RangeField } from '../../../../shared/where.ts';

export type Terms = readonly string[];

export const categoryLevels = ['domain', 'topic', 'category'] as const;

/** `focus` of `focus@2=..0.4`. */
export function fieldOf(term: string): string {
  return nameOf(term).split('@', 1)[0] ?? '';
}

/** `focus@2` of `focus@2=..0.4`. */
function nameOf(term: string): string {
  const equals = term.indexOf('=');
  return equals < 0 ? '' : term.slice(0, equals);
}

export function valueOf(term: string): string {
  return term.slice(term.indexOf('=') + 1);
}

/** The values that a filter accepts for a field; none: any. */
export function valuesOf(where: Terms, field: string): string[] {
  return where.filter((term) => nameOf(term) === field).map(valueOf);
}

/** The filter with a field's values replaced; no values remove the field. */
export function withValues(where: Terms, field: string, values: readonly string[]): string[] {
  return [...where.filter((term) => nameOf(term) !== field), ...values.map((value) => `${field}=${value}`)];
}

/** Adds a value to a field's alternatives, or takes it away. */
export function withToggled(where: Terms, field: string, value: string): string[] {
  const values = valuesOf(where, field);
  return withValues(
    where,
    field,
    values.includes(value) ? values.filter((known) => known !== value) : [...values, value],
  );
}

export function withoutTerms(where: Terms, terms: Terms): string[] {
  return where.filter((term) => !terms.includes(term));
}

/** The node of the category tree that a filter names: its path; [] without one or with alternatives. */
export function categoryPathOf(where: Terms): string[] {
  const path: string[] = [];
  for (const level of categoryLevels) {
    const [value, another] = valuesOf(where, level);
    if (value === undefined || another !== undefined) break;
    path.push(value);
  }
  return path;
}

/** The filter narrowed to one node of the category tree; what it said of categories is replaced. */
export function withCategory(where: Terms, path: readonly string[]): string[] {
  const rest = where.filter((term) => !categoryLevels.some((level) => nameOf(term) === level));
  return [...rest, ...categoryLevels.flatMap((level, index) => termOf(level, path[index]))];
}

const termOf = (field: string, value: string | undefined): string[] =>
  value === undefined ? [] : [`${field}=${value}`];

export type RangeChoice = Readonly<{
  field: RangeField;
  /** 1-based as people count; null: each question's last step, or a field without steps. */
  step: number | null;
  low: number | null;
  high: number | null;
}>;

/** The filter with a range in place of the same field's at the same step; both ends open remove it. */
export function withRange(where: Terms, { field, step, low, high }: RangeChoice): string[] {
  const name = step === null ? field : `${field}@${String(step)}`;
  const range = `${low === null ? '' : String(low)}..${high === null ? '' : String(high)}`;
  return withValues(where, name, range === '..' ? [] : [range]);
}

/** The outcomes that a filter accepts, `failures` as what it stands for. */
export function outcomesOf(where: Terms): string[] {
  return valuesOf(where, 'outcome').flatMap((value) => (value === failures ? failureOutcomes : [value]));
}

/** The filter with these outcomes; wrong, unparsed and failed together are written as `failures`. */
export function withOutcomes(where: Terms, outcomes: readonly string[]): string[] {
  const isFailures =
    outcomes.length === failureOutcomes.length && failureOutcomes.every((name) => outcomes.includes(name));
  return withValues(where, 'outcome', isFailures ? [failures] : outcomes);
}

export const isFailuresOnly = (where: Terms): boolean =>
  withOutcomes([], outcomesOf(where)).includes(`outcome=${failures}`);

/** What is not right, and back: the key `f`. */
export function withFailuresToggled(where: Terms): string[] {
  return withOutcomes(where, isFailuresOnly(where) ? [] : failureOutcomes);
}

/** Adds an outcome to the alternatives, or takes it away. */
export function withOutcomeToggled(where: Terms, outcome: string): string[] {
  const now = outcomesOf(where);
  return withOutcomes(where, now.includes(outcome) ? now.filter((name) => name !== outcome) : [...now, outcome]);
}

const outcomeSteps: readonly (string | null)[] = [null, 'right', 'wrong', 'unparsed', 'failed'];

/** The filter with the next outcome alone (or the previous): all, right, wrong, unparsed, failed, all again. */
export function withNextOutcome(where: Terms, direction: 1 | -1): string[] {
  const values = valuesOf(where, 'outcome');
  const place = values.length === 1 ? outcomeSteps.indexOf(values[0] ?? null) : 0;
  const next = outcomeSteps.at((Math.max(0, place) + direction) % outcomeSteps.length) ?? null;
  return withValues(where, 'outcome', next === null ? [] : [next]);
}
