/**
 * The language of filters: `field=value` terms. Terms of one field are alternatives, fields combine. One language
 * for the command line, the pages' addresses, saved views and the API.
 *
 *   split domain topic category sample   of the question            domain=science
 *   tag                                  of the question            tag=look again
 *   outcome                              right wrong unparsed failed; `failures`: the last three
 *   predicted gold                       a letter, or `none`        predicted=B
 *   scorers                              `disagree` or `agree`: what all scorers read
 *   rule                                 the scorer's rule that fired
 *   finish                               `end`, `length` or `stop`
 *   remark                               a kind of remark, or `none`: remark=box-outside-image
 *   trace note excluded                  `yes` or `no`
 *   text                                 words searched for in question, options, context and output
 *   other                                RUN:OUTCOME, the same question in another run: other=r1:right (a flip)
 *   time ar-steps tokens calls           a range LOW..HIGH, either end open: time=100.. (ms)
 *   vision-mass text-mass latent-vision-mass latent-text-mass focus
 *                                        a range, at latent step S (1-based): focus@2=..0.4; without @S the last step
 */
import { fail } from './failure.ts';
import { finishReasons } from './trace.ts';
import type { Sample } from './sample.ts';
import { remarkKinds } from './trace.ts';

/** Fields that choose among a dataset's questions; a new run knows no others. */
export const sampleFields = ['split', 'domain', 'topic', 'category', 'sample'] as const;
export type SampleField = (typeof sampleFields)[number];

export const outcomeNames = ['right', 'wrong', 'unparsed', 'failed'] as const;

/** What `outcome=failures` stands for: everything that is not right. */
export const failures = 'failures';
export const failureOutcomes = [
  'wrong',
  'unparsed',
  'failed',
] as const satisfies readonly (typeof outcomeNames)[number][];

export const choiceFields = ['outcome', 'scorers', 'finish', 'remark', 'trace', 'note', 'excluded'] as const;
export const valueFields = [
  ...sampleFields,
  'tag',
  'predicted',
  'gold',
  'rule',
  'text',
  'other',
  ...choiceFields,
] as const;
export type ValueField = (typeof valueFields)[number];

export const rangeFields = ['time', 'ar-steps', 'tokens', 'calls'] as const;
export const stepRangeFields = ['vision-mass', 'text-mass', 'latent-vision-mass', 'latent-text-mass', 'focus'] as const;
export type RangeField = (typeof rangeFields)[number] | (typeof stepRangeFields)[number];

/** Both ends inclusive; null: open. `stepIndex` is 0-based, null: each question's last step. */
export type Range = Readonly<{ field: RangeField; stepIndex: number | null; low: number | null; high: number | null }>;

/** Accepted values by field (a field without terms is missing), and ranges. */
export type Where = Readonly<Partial<Record<ValueField, readonly string[]>>> & Readonly<{ ranges?: readonly Range[] }>;

/** Values of the fields that know only some. */
export const choicesOfField: Readonly<Record<(typeof choiceFields)[number], readonly string[]>> = {
  outcome: [...outcomeNames, failures],
  scorers: ['agree', 'disagree'],
  finish: finishReasons,
  remark: [...remarkKinds, 'none'],
  trace: ['yes', 'no'],
  note: ['yes', 'no'],
  excluded: ['yes', 'no'],
};

/** Reads the terms; fails (`wrong-usage`) on an unknown field, value or range. */
export function parseWhere(terms: readonly string[]): Where {
  const values: Partial<Record<ValueField, string[]>> = {};
  const ranges: Range[] = [];
  for (const term of terms) {
    const equals = term.indexOf('=');
    const name = term.slice(0, Math.max(0, equals)).trim();
    const value = term.slice(equals + 1).trim();
    const field = valueFields.find((known) => known === name);
    if (field === undefined) ranges.push(parseRange(term, name, value));
    else (values[field] ??= []).push(...meaningOf(field, checkedValue(term, field, value)));
  }
  return ranges.length === 0 ? values : { ...values, ranges };
}

/** Whether a sample passes the fields of `sampleFields`. */
export function sampleMatches(where: Where, sample: Sample): boolean {
  const values = { ...sample, sample: sample.sampleId };
  return sampleFields.every((field) => where[field]?.includes(values[field]) ?? true);
}

/** Names of the used fields that only answers have: a new run cannot choose by them. */
export function answerFields(where: Where): string[] {
  const used = valueFields.filter(
    (field) => where[field] !== undefined && !sampleFields.some((known) => known === field),
  );
  return [...used, ...(where.ranges ?? []).map(({ field }) => field)];
}

const meaningOf = (field: ValueField, value: string): readonly string[] =>
  field === 'outcome' && value === failures ? failureOutcomes : [value];

function checkedValue(term: string, field: ValueField, value: string): string {
  const choices = choiceFields.find((known) => known === field);
  if (choices !== undefined && !choicesOfField[choices].includes(value)) {
    fail('wrong-usage', `There is no ${field} "${value}".`, {
      expected: choicesOfField[choices].join(', '),
      found: value,
    });
  }
  if ((field === 'predicted' || field === 'gold') && !/^([A-Z]|none)$/.test(value)) {
    refuse(term, 'a letter, or none', `write it like ${field}=B`);
  }
  if (field === 'other' && !/^[0-9A-Za-z-]{1,64}:(right|wrong|unparsed|failed)$/.test(value)) {
    refuse(term, 'RUN:OUTCOME', 'write it like other=RUN:right');
  }
  if (field === 'text' && value.length > longestText) {
    fail('wrong-usage', 'The search text is too long.', {
      expected: `at most ${longestText} characters`,
      found: `${value.length} characters`,
    });
  }
  return value;
}

/** Characters of one `text` term. */
const longestText = 1000;

const rangePattern = /^(-?\d+(?:\.\d+)?(?:e-?\d+)?)?\.\.(-?\d+(?:\.\d+)?(?:e-?\d+)?)?$/;

function parseRange(term: string, name: string, value: string): Range {
  const [, base = '', step] = /^([a-z-]+)(?:@(\d{1,3}))?$/.exec(name) ?? [];
  const plain = rangeFields.find((known) => known === base);
  const byStep = stepRangeFields.find((known) => known === base);
  const field = plain ?? byStep;
  if (field === undefined || (plain !== undefined && step !== undefined) || step === '0') {
    const fields = [...valueFields, ...rangeFields, ...stepRangeFields].join(', ');
    return refuse(term, `FIELD=VALUE with a field out of ${fields}`, 'write it like domain=science');
  }
  const [matched, low, high] = rangePattern.exec(value) ?? [];
  if (matched === undefined || matched === '..')
    refuse(term, 'LOW..HIGH, either end open', `write it like ${name}=0.1..0.5`);
  return {
    field,
    stepIndex: step === undefined ? null : Number(step) - 1,
    low: low === undefined ? null : Number(low),
    high: high === undefined ? null : Number(high),
  };
}

function refuse(term: string, expected: string, action: string): never {
  fail('wrong-usage', `The filter "${term}" is not understood.`, { expected, found: term, action });
}
