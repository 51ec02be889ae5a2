/**
 * Turns callbacks into an async iterator for one reader. Progress is a hint: events that the reader has not taken
 * yet are replaced by the newest one, so that a slow reader never makes the queue grow.
 */

/** Runs `work`, yields the latest value it reported each time the reader asks, and returns its result at the end. */
export async function* latestEvents<Event, Result>(
  work: (report: (event: Event) => void) => Promise<Result>,
): AsyncGenerator<Event, Result, void> {
  let latest: { event: Event } | null = null;
  let wake: () => void = () => undefined;
  let settled = false;
  const result = work((event) => {
    latest = { event };
    wake();
  }).finally(() => {
    settled = true;
    wake();
  });
  // The result is awaited below; until then a rejection must not count as unhandled.
  result.catch(() => undefined);
  for (;;) {
    const taken = takeLatest();
    if (taken !== null) yield taken.event;
    else if (settled) return await result;
    else await new Promise<void>((resolve) => (wake = resolve));
  }

  function takeLatest(): { event: Event } | null {
    const taken = latest;
    latest = null;
    return taken;
  }
}
