/**
 * Things that are costly to open, held open while they are used and for a while after. What is in use is never
 * closed; beyond the limit the one that has been idle longest goes.
 */
export type IdleShelf<Value> = Readonly<{
  /** Opens what is under the key unless it is open, and keeps it open while the work goes on. */
  use: <Result>(key: string, open: () => Promise<Value>, work: (value: Value) => Promise<Result>) => Promise<Result>;
  /** Closes what is under the key once nobody uses it; the next use opens it anew. */
  drop: (key: string) => void;
  /** Closes what nobody uses and waits for it; the rest closes with its last use. */
  close: () => Promise<void>;
}>;

export type IdleShelfOptions<Value> = Readonly<{
  close: (value: Value) => Promise<void>;
  idleMs?: number;
  limit?: number;
}>;

type Entry<Value> = { opening: Promise<Value>; users: number; dropped: boolean; timer?: NodeJS.Timeout };

export function createIdleShelf<Value>({
  close,
  idleMs = 5 * 60_000,
  limit = 8,
}: IdleShelfOptions<Value>): IdleShelf<Value> {
  const entries = new Map<string, Entry<Value>>();
  const closing = new Set<Promise<void>>();

  const discard = (key: string, entry: Entry<Value>): void => {
    clearTimeout(entry.timer);
    entry.dropped = true;
    if (entries.get(key) === entry) entries.delete(key);
    if (entry.users > 0) return;
    // One that could not be opened has been reported to whoever asked for it.
    const done = entry.opening.then(close, () => undefined).finally(() => closing.delete(done));
    closing.add(done);
  };
  const release = (key: string, entry: Entry<Value>): void => {
    entry.users -= 1;
    if (entry.users > 0) return;
    if (entry.dropped) return discard(key, entry);
    entry.timer = setTimeout(() => discard(key, entry), idleMs).unref();
    const idle = [...entries].filter(([, { users }]) => users === 0);
    for (const [oldestKey, oldest] of idle.slice(0, Math.max(0, entries.size - limit))) discard(oldestKey, oldest);
  };

  return {
    use: async (key, open, work) => {
      const entry = entries.get(key) ?? { opening: open(), users: 0, dropped: false };
      // Inserted anew, so that the map's first key is the one not used for the longest time.
      entries.delete(key);
      entries.set(key, entry);
      entry.users += 1;
      clearTimeout(entry.timer);
      try {
        const value = await entry.opening.catch((error: unknown) => {
          // It may be there the next time.
          entry.dropped = true;
          if (entries.get(key) === entry) entries.delete(key);
          throw error;
        });
        return await work(value);
      } finally {
        release(key, entry);
      }
    },
    drop: (key) => {
      const entry = entries.get(key);
      if (entry !== undefined) discard(key, entry);
    },
    close: async () => {
      for (const [key, entry] of entries) discard(key, entry);
      await Promise.all(closing);
    },
  };
}
