/** Callbacks as a stream: the newest event wins, the result comes last, failures come through. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { latestEvents } from '../../src/main/api/event-queue.ts';

async function collect<Event, Result>(events: AsyncGenerator<Event, Result, void>, pauseMs = 0) {
  const seen: Event[] = [];
  for (;;) {
    const next = await events.next();
    if (next.done === true) return { seen, result: next.value };
    seen.push(next.value);
    if (pauseMs > 0) await sleep(pauseMs);
  }
}

describe('latestEvents', () => {
  it('gives every event to a reader that keeps up, then the result', async () => {
    const events = latestEvents<number, string>(async (report) => {
      for (const value of [1, 2, 3]) {
        report(value);
        await sleep(5);
      }
      return 'done';
    });
    expect(await collect(events)).toEqual({ seen: [1, 2, 3], result: 'done' });
  });

  it('gives a slow reader the newest', async () => {
    const events = latestEvents<number, number>(async (report) => {
      for (let value = 1; value <= 50; value += 1) {
        report(value);
        await sleep(1);
      }
      return 50;
    });
    const { seen, result } = await collect(events, 30);
    expect(result).toBe(50);
    expect(seen.length).toBeLessThan(20);
    expect(seen.at(-1)).toBe(50);
  });

  it('ends with the failure after the last event', async () => {
    const events = latestEvents<number, never>(async (report) => {
      report(1);
      await sleep(1);
      throw new Error('broken');
    });
    expect((await events.next()).value).toBe(1);
    await expect(events.next()).rejects.toThrow('broken');
  });

  it('gives work that reports nothing its result', async () => {
    expect(await collect(latestEvents<never, number>(() => Promise.resolve(7)))).toEqual({ seen: [], result: 7 });
  });
});
