/**
 * A filtered, sorted list of questions, read page by page as it comes into view. A changed filter shows what was
 * there until its own first page has arrived, so that nothing flickers.
 */
import { useDebouncedValue } from '@mantine/hooks';
import { type QueryClient, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { QuestionRow } from '../../../../shared/contract/questions.ts';
import type { ScorerName } from '../../../../shared/prediction.ts';
import type { QuestionSort } from '../../../../shared/question-order.ts';
import { client } from '../../api/client.ts';
import { api } from '../../api/queries.ts';
import { showFailure } from '../../components/failure-notice.ts';
import { pageSize, pagesOf, pagesToDrop } from './page-window.ts';

/** Which questions, in which order. */
export type ListInput = Readonly<{
  runId: string;
  where: readonly string[];
  sort: QuestionSort | null;
  scorer: ScorerName | null;
}>;

/** The request behind a list, without its page. */
export function listRequest({ runId, where, sort, scorer }: ListInput) {
  return {
    runId,
    where: [...where],
    ...(sort === null ? {} : { sort }),
    ...(scorer === null ? {} : { scorer }),
  };
}

const pageOptions = (input: ListInput, page: number) =>
  api.questions.list.queryOptions({
    input: { ...listRequest(input), limit: pageSize, offset: page * pageSize },
    gcTime: 60_000,
  });

export type SettledList = Readonly<{
  /** The list that is shown: behind what was asked for while `isSwitching`. */
  input: ListInput;
  total: number | null;
  error: Error | null;
  isSwitching: boolean;
}>;

export function useSettledList(asked: ListInput): SettledList {
  const [settled, setSettled] = useState(asked);
  const next = useQuery(pageOptions(asked, 0));
  const isThere = next.data !== undefined || next.error !== null;
  if (isThere && !sameList(settled, asked)) setSettled(asked);
  const input = isThere ? asked : settled;
  const shown = useQuery({ ...pageOptions(input, 0) });
  return {
    input,
    total: shown.data?.total ?? null,
    error: shown.data === undefined ? shown.error : null,
    isSwitching: !isThere,
  };
}

const sameList = (a: ListInput, b: ListInput): boolean => JSON.stringify(a) === JSON.stringify(b);

/** How long a fast scroll has to rest before the pages that it reached are asked for. */
const restMs = 60;

/**
 * Reads the pages that cover rows `first` to `last` and drops pages far from them. A page that cannot be read is told
 * as a notice; its rows stay blank.
 *
 * @returns the row at an index, or null until its page has arrived
 */
export function useQuestionPages(
  input: ListInput,
  total: number,
  first: number,
  last: number,
): (index: number) => QuestionRow | null {
  const queries = useQueryClient();
  const [rested] = useDebouncedValue(pagesOf(first, last, total).join(' '), restMs, { leading: true });
  const pages = rested === '' ? [] : rested.split(' ').map(Number);
  const { arrived, error } = useQueries({ queries: pages.map((page) => pageOptions(input, page)), combine: arrivedOf });
  useEffect(() => {
    if (error !== null) showFailure(error);
  }, [error]);
  useEffect(() => {
    const cache = queries.getQueryCache();
    const idle = cache.findAll({ queryKey: api.questions.list.key(), type: 'inactive' });
    const keyed = idle.map((query) => ({ query, page: pageOf(query.queryKey) }));
    // Pages of other filters go before pages of this one.
    const own = JSON.stringify(listRequest(input));
    const numbers = keyed.map(({ page }) => (page?.list === own ? page.number : Number.MAX_SAFE_INTEGER));
    const inView = rested === '' ? [0] : rested.split(' ').map(Number);
    const dropped = new Set(pagesToDrop(numbers, inView));
    keyed.forEach(({ query }, index) => {
      if (dropped.has(numbers[index] ?? -1)) cache.remove(query);
    });
  }, [queries, input, rested]);
  return (index) => {
    const page = Math.floor(index / pageSize);
    // While a scroll rests not yet, what is still kept is shown.
    const rows = arrived[pages.indexOf(page)] ?? queries.getQueryData(pageOptions(input, page).queryKey)?.rows;
    return rows?.[index % pageSize] ?? null;
  };
}

const arrivedOf = (results: readonly { data: { rows: QuestionRow[] } | undefined; error: Error | null }[]) => ({
  arrived: results.map(({ data }) => data?.rows),
  error: results.find(({ error }) => error !== null)?.error ?? null,
});

/** The row at an index where its page is in memory. */
export function knownRow(queries: QueryClient, input: ListInput, index: number): QuestionRow | null {
  const page = Math.floor(index / pageSize);
  return queries.getQueryData(pageOptions(input, page).queryKey)?.rows[index % pageSize] ?? null;
}

/** The page that a query's key names: `[path, {input: {…, offset}}]`. */
function pageOf(queryKey: readonly unknown[]): { list: string; number: number } | null {
  const [, details] = queryKey;
  const { input } = details as { input?: Record<string, unknown> };
  if (input === undefined) return null;
  const { limit, offset, ...list } = input;
  return limit === pageSize && typeof offset === 'number'
    ? { list: JSON.stringify(list), number: offset / pageSize }
    : null;
}

/** Ids of the rows `from` to `to` (inclusive) of a list, as the core has them now; the order is not kept. */
export async function idsBetween(input: ListInput, from: number, to: number): Promise<string[]> {
  const ids: string[] = [];
  for (let offset = from; offset <= to; offset += 500) {
    const limit = Math.min(500, to - offset + 1);
    const { rows } = await client.questions.list({ ...listRequest(input), limit, offset });
    ids.push(...rows.map(({ sampleId }) => sampleId));
    if (rows.length < limit) break;
  }
  return ids;
}
