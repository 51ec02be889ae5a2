/** Many live events, few requests: what is stale is asked again once for all events of a while, and in time. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRefresher } from '../../src/renderer/src/api/refresher.ts';

function listening() {
  const asked: unknown[] = [];
  const refresher = createRefresher({
    invalidateQueries: (filter) => {
      asked.push(filter?.queryKey);
      return Promise.resolve();
    },
  });
  return { asked, refresher };
}

describe('what live events made stale', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is asked again once for a hundred events of ten seconds in each window, never put off', () => {
    const { asked, refresher } = listening();
    for (let event = 0; event < 100; event += 1) {
      refresher.mark({ keys: [['runs', 'r1']], afterMs: 3000 });
      vi.advanceTimersByTime(100);
    }
    // Windows of 3 s that each open with the first event after the last one closed: 10 s hold three.
    expect(asked).toEqual([
      ['runs', 'r1'],
      ['runs', 'r1'],
      ['runs', 'r1'],
    ]);
  });

  it('is asked again sooner where a later event is urgent, and only once', () => {
    const { asked, refresher } = listening();
    refresher.mark({ keys: [['runs']], afterMs: 3000 });
    refresher.mark({ keys: [['runs'], ['tasks']], afterMs: 500 });
    vi.advanceTimersByTime(499);
    expect(asked).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(asked).toEqual([['runs'], ['tasks']]);
    vi.advanceTimersByTime(10_000);
    expect(asked).toHaveLength(2);
  });

  it('is asked no more once the page is gone', () => {
    const { asked, refresher } = listening();
    refresher.mark({ keys: [['runs']], afterMs: 500 });
    refresher.stop();
    vi.advanceTimersByTime(10_000);
    expect(asked).toEqual([]);
  });
});
