/** Collects answers that are stale and asks for them again once for all events of a while, never later than promised. */
import type { QueryClient, QueryKey } from '@tanstack/react-query';

/** Answers that an event may have changed, and how soon they are asked again. */
export type Stale = Readonly<{ keys: readonly QueryKey[]; afterMs: number }>;

export function createRefresher(queries: Pick<QueryClient, 'invalidateQueries'>) {
  const waiting = new Map<string, Readonly<{ key: QueryKey; timer: ReturnType<typeof setTimeout>; due: number }>>();
  return {
    mark: ({ keys, afterMs }: Stale): void => {
      for (const key of keys) {
        const name = JSON.stringify(key);
        const due = performance.now() + afterMs;
        const known = waiting.get(name);
        if (known !== undefined && known.due <= due) continue;
        clearTimeout(known?.timer);
        const timer = setTimeout(() => {
          waiting.delete(name);
          void queries.invalidateQueries({ queryKey: key });
        }, afterMs);
        waiting.set(name, { key, timer, due });
      }
    },
    stop: (): void => {
      for (const { timer } of waiting.values()) clearTimeout(timer);
      waiting.clear();
    },
  };
}
