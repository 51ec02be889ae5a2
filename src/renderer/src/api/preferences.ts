/**
 * What the pages remember, read as one query and written name by name: at once here, then in the store. Never in
 * the browser's own storage, which belongs to a port that changes with every server.
 */
import { client } from './client.ts';
import { queryClient } from './query-client.ts';
import { api } from './queries.ts';

export type Preferences = Readonly<Record<string, unknown>>;

export const preferencesQuery = { ...api.preferences.get.queryOptions(), staleTime: 60_000 };

/** Everything that is remembered, as far as it has been read. */
export function knownPreferences(): Preferences {
  return queryClient.getQueryData<Preferences>(preferencesQuery.queryKey) ?? {};
}

/** Longest wait for a server before the first page is drawn with the defaults. */
const firstReadMs = 1500;

/** Reads them before the first page is drawn, so that nothing jumps. Never rejects. */
export async function readPreferences(): Promise<void> {
  await Promise.race([
    queryClient.prefetchQuery(preferencesQuery),
    new Promise((resolve) => setTimeout(resolve, firstReadMs)),
  ]);
}

/** Last write by name: writes of one name reach the store in their order. */
const writes = new Map<string, Promise<unknown>>();

/**
 * Remembers a value (`undefined` forgets it). What the store refuses holds all the same while the page is open: a
 * locked store must not change the tab in which somebody writes.
 */
export function writePreference(name: string, value: unknown): void {
  const { queryKey } = preferencesQuery;
  const readAgain = () => queryClient.invalidateQueries({ queryKey });
  const isRead = queryClient.getQueryData(queryKey) !== undefined;
  if (isRead) {
    // An answer that is under way would bring back the old value.
    void queryClient.cancelQueries({ queryKey });
    queryClient.setQueryData<Preferences>(queryKey, (known) => ({ ...known, [name]: value }));
  }
  const write = (writes.get(name) ?? Promise.resolve())
    .then(() => client.preferences.set({ name, value }))
    .catch(() => undefined)
    .then(() => (isRead ? undefined : readAgain()));
  writes.set(name, write);
}
