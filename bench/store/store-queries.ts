/** What people ask of a large store, through the API: the fixed list that the benchmark times. */
import type { ContractClient } from '../../src/main/core/core.ts';
import { questionCount, rareWord, runIdOf } from './large-store.ts';

export type StoreQuery = Readonly<{ name: string; ask: (client: ContractClient) => Promise<unknown> }>;

type ListInput = Parameters<ContractClient['questions']['list']>[0];

const runId = runIdOf(0);
const other = runIdOf(1);
/** An id that every run holds. */
const sampleId = 'question-007919';

const list = (name: string, input: Omit<ListInput, 'runId'>): StoreQuery => ({
  name,
  ask: (client) => client.questions.list({ runId, ...input }),
});
const facets = (name: string, ...where: string[]): StoreQuery => ({
  name,
  ask: (client) => client.questions.facets({ runId, where }),
});
const focusAtStep2 = { by: 'focus', stepIndex: 1, descending: false } as const;
const slowestFirst = { by: 'time', descending: true } as const;

/** Tag that the benchmark puts on 5,000 questions. */
export const benchTag = 'look again';

export const storeQueries: readonly StoreQuery[] = [
  { name: 'list of runs', ask: (client) => client.runs.list({}) },
  { name: 'a run', ask: (client) => client.runs.show({ runId }) },
  list('first page', {}),
  list('page at 90,000', { offset: 90_000 }),
  list('last page of 500', { offset: questionCount - 500, limit: 500 }),
  facets('counts of everything'),
  list('common word', { where: ['text=picture'] }),
  list('common words', { where: ['text=harbour answer'] }),
  list('rare word', { where: [`text=${rareWord}`] }),
  list('unfinished word', { where: ['text=number12'] }),
  list('word in outputs', { where: ['text=therefore'] }),
  list('word nowhere', { where: ['text=quixotic'] }),
  facets('counts of a search', 'text=triangle'),
  list('focus at step 2, at 90,000', { sort: focusAtStep2, offset: 90_000 }),
  list('focus at the last step, descending', { sort: { by: 'focus', descending: true } }),
  list('vision mass at step 1', { sort: { by: 'vision-mass', stepIndex: 0, descending: true }, offset: 50_000 }),
  list('time, descending', { sort: slowestFirst }),
  list('AR steps', { sort: { by: 'ar-steps', descending: true }, offset: 1000 }),
  list('ids', { sort: { by: 'sample', descending: false }, offset: 40_000 }),
  list('categories', { sort: { by: 'category', descending: false }, offset: 40_000 }),
  list('outcomes', { sort: { by: 'outcome', descending: true } }),
  list('gold letters', { sort: { by: 'gold', descending: false }, offset: 70_000 }),
  list('wrong', { where: ['outcome=wrong', 'outcome=unparsed'] }),
  list('science', { where: ['domain=science'], offset: 20_000 }),
  list('one category', { where: ['category=category-4-2'] }),
  facets('counts of wrong in science', 'outcome=wrong', 'domain=science'),
  list('flips to wrong', { where: ['outcome=right', `other=${other}:wrong`] }),
  list('flips to right, slowest first', { where: ['outcome=wrong', `other=${other}:right`], sort: slowestFirst }),
  facets('counts of flips', 'outcome=right', `other=${other}:wrong`),
  list('scorers disagree', { where: ['scorers=disagree'] }),
  list('predicted B, gold A', { where: ['predicted=B', 'gold=A'] }),
  list('focus at step 2 below 0.4', { where: ['focus@2=..0.4'] }),
  list('slow ones with little vision', { where: ['time=800..', 'vision-mass@1=..0.2'] }),
  list('many AR steps', { where: ['ar-steps=90..', 'finish=end'] }),
  list('tagged', { where: [`tag=${benchTag}`] }),
  facets('counts of tagged', `tag=${benchTag}`),
  list('all at once', {
    where: ['domain=science', 'outcome=wrong', 'text=river', 'focus@2=..0.5', 'excluded=no'],
    sort: slowestFirst,
  }),
  { name: 'a question', ask: (client) => client.questions.get({ runId, sampleId }) },
  {
    name: 'a question in its order',
    ask: (client) => client.questions.get({ runId, sampleId, where: ['outcome=wrong'], sort: focusAtStep2 }),
  },
  { name: 'two runs compared', ask: (client) => client.runs.compare({ runIdA: runId, runIdB: other }) },
];
