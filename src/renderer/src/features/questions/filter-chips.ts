/**
 * What a filter says, one chip for each field, in the words of the filter language (shared/where.ts): what a chip
 * shows is what the address holds and what `--where` takes. Text has its own box and no chip.
 */
import { remarkTitles } from '../../../../shared/remark-titles.ts';
import { rangeFields, stepRangeFields } from '../../../../shared/where.ts';
import { fieldOf, outcomesOf, type Terms, valueOf, valuesOf, withOutcomes } from './filter-terms.ts';

export type FilterChip = Readonly<{
  key: string;
  label: string;
  /** In a sentence, for those who do not know the language yet. */
  meaning: string;
  terms: Terms;
}>;

const rangeNames: Readonly<Record<string, string>> = {
  time: 'time (ms)',
  'ar-steps': 'AR steps',
  tokens: 'tokens',
  'vision-mass': 'vision mass',
  'text-mass': 'text mass',
  'latent-vision-mass': 'latent vision mass',
  'latent-text-mass': 'latent text mass',
  focus: 'vision focus',
};

const choiceMeanings: Readonly<Record<string, string>> = {
  'outcome=failures': 'everything that is not right: wrong, unparsed or failed',
  'outcome=unparsed': 'no answer could be read in the output',
  'outcome=failed': 'the question could not be answered',
  'scorers=agree': 'the scorers read the same answer',
  'scorers=disagree': 'the scorers read different answers',
  'finish=end': 'ended by itself',
  'finish=length': 'cut off at its token limit',
  'finish=stop': 'stopped where its method stops it',
  ...Object.fromEntries(Object.entries(remarkTitles).map(([kind, title]) => [`remark=${kind}`, title])),
  'remark=none': 'answers without a remark',
  'trace=yes': 'with a latent trace',
  'trace=no': 'without a latent trace',
  'note=yes': 'with a note',
  'note=no': 'without a note',
  'excluded=yes': 'only what is tagged as bad gold',
  'excluded=no': 'without what is tagged as bad gold',
};

/** @param runNames labels of other runs by id, for flips */
export function chipsOf(where: Terms, runNames: ReadonlyMap<string, string>): FilterChip[] {
  const names = [...new Set(where.filter((term) => fieldOf(term) !== 'text').map(nameOf))];
  return names.flatMap((name) => {
    const terms = where.filter((term) => nameOf(term) === name);
    const field = fieldOf(terms[0] ?? '');
    if (isRange(field)) return terms.map((term) => rangeChip(term, name, field));
    if (field === 'sample') return [samplesChip(terms)];
    return [field === 'other' ? otherChip(terms, runNames) : choiceChip(terms, field)];
  });
}

/** `focus@2` of `focus@2=..0.4`. */
const nameOf = (term: string): string => term.split('=', 1)[0] ?? '';

const isRange = (field: string): boolean => [...rangeFields, ...stepRangeFields].some((known) => known === field);

const either = (values: readonly string[]): string => values.map((value) => value || '(none)').join(' or ');

function choiceChip(terms: Terms, field: string): FilterChip {
  const shown = field === 'outcome' ? withOutcomes([], outcomesOf(terms)) : terms;
  const label = `${field} = ${either(valuesOf(shown, field))}`;
  const meaning = shown.map((term) => choiceMeanings[term]).filter((each) => each !== undefined);
  return { key: field, label, meaning: [label, ...meaning].join('; '), terms };
}

function samplesChip(terms: Terms): FilterChip {
  const label =
    terms.length === 1
      ? `sample = ${valueOf(terms[0] ?? '')}`
      : `sample = ${terms.length.toLocaleString('en-US')} chosen questions`;
  return { key: 'sample', label, meaning: label, terms };
}

function otherChip(terms: Terms, runNames: ReadonlyMap<string, string>): FilterChip {
  const pairs = terms.map((term) => valueOf(term).split(':', 2));
  const runIds = [...new Set(pairs.map(([runId = '']) => runId))];
  const inRun = runIds.map((runId) => {
    const outcomes = pairs.filter(([id]) => id === runId).map(([, outcome = '']) => outcome);
    return `${runNames.get(runId) ?? runId}: ${either(outcomes)}`;
  });
  const label = `other = ${inRun.join(', or ')}`;
  return { key: 'other', label, meaning: `the same question in another run; ${label}`, terms };
}

function rangeChip(term: string, name: string, field: string): FilterChip {
  const [low = '', high = ''] = valueOf(term).split('..', 2);
  const unit = field === 'time' ? ' ms' : '';
  const label =
    low === ''
      ? `${name} ≤ ${high}${unit}`
      : high === ''
        ? `${name} ≥ ${low}${unit}`
        : `${name} = ${low} to ${high}${unit}`;
  const step = /@(\d+)$/.exec(name)?.[1];
  return {
    key: term,
    label,
    meaning: `${rangeName(field)}${step === undefined ? '' : ` at step ${step}`}; ${term}`,
    terms: [term],
  };
}

export const rangeName = (field: string): string => rangeNames[field] ?? field;
