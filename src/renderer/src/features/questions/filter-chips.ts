/** What a filter says, in words: one chip for each term that can be taken away. Text has its own box and no chip. */
import { fieldOf, type Terms, valueOf } from './filter-terms.ts';

export type FilterChip = Readonly<{ key: string; label: string; terms: Terms }>;

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

const choiceNames: Readonly<Record<string, string>> = {
  'scorers=agree': 'scorers agree',
  'scorers=disagree': 'scorers disagree',
  'finish=end': 'ended by itself',
  'finish=length': 'cut off at its token limit',
  'trace=yes': 'with a trace',
  'trace=no': 'without a trace',
  'note=yes': 'with a note',
  'note=no': 'without a note',
  'excluded=yes': 'excluded only',
  'excluded=no': 'excluded hidden',
};

/** @param runNames labels of other runs by id, for flips */
export function chipsOf(where: Terms, runNames: ReadonlyMap<string, string>): FilterChip[] {
  const samples = where.filter((term) => fieldOf(term) === 'sample');
  const single = where
    .filter((term) => fieldOf(term) !== 'text' && fieldOf(term) !== 'sample')
    .map((term) => ({ key: term, label: labelOf(term, runNames), terms: [term] }));
  return samples.length === 0 ? single : [...single, { key: 'samples', label: samplesLabel(samples), terms: samples }];
}

const samplesLabel = (terms: Terms): string =>
  terms.length === 1
    ? `question: ${valueOf(terms[0] ?? '')}`
    : `${terms.length.toLocaleString('en-US')} chosen questions`;

function labelOf(term: string, runNames: ReadonlyMap<string, string>): string {
  const field = fieldOf(term);
  const value = valueOf(term);
  const choice = choiceNames[term];
  if (choice !== undefined) return choice;
  if (field === 'other') {
    const [runId = '', outcome = ''] = value.split(':', 2);
    return `${outcome} in ${runNames.get(runId) ?? runId}`;
  }
  const range = rangeNames[field];
  if (range === undefined) return `${field}: ${value === '' ? '(none)' : value}`;
  const [, step] = /@(\d+)=/.exec(term) ?? [];
  return `${range}${step === undefined ? '' : ` at step ${step}`} ${rangeLabel(value)}`;
}

function rangeLabel(value: string): string {
  const [low = '', high = ''] = value.split('..', 2);
  if (low === '') return `≤ ${high}`;
  return high === '' ? `≥ ${low}` : `${low} to ${high}`;
}

export const rangeName = (field: string): string => rangeNames[field] ?? field;
