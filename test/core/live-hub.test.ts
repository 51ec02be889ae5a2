/** The hub of live events: what each reader gets, how often, and how little it keeps for one that does not read. */
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createLiveHub, type LiveHub } from '../../src/main/core/live-hub.ts';
import type { LiveEvent } from '../../src/shared/live-event.ts';
import type { RunEvent } from '../../src/shared/run.ts';

const hub = (): LiveHub => createLiveHub({ follow: () => Promise.resolve(() => undefined) });

const runEvent = (runId: string, done: number): LiveEvent => {
  const event: RunEvent = {
    runId,
    sequence: done,
    status: 'running',
    done,
    planned: 1000,
    correct: 0,
    failed: 0,
    questionsPerSecond: null,
    secondsLeft: null,
    phase: 'answering',
  };
  return { kind: 'run', event };
};

type Reading = Readonly<{ events: readonly LiveEvent[]; end: () => Promise<readonly LiveEvent[]> }>;

/** A reader that is there by now and has been greeted. */
async function startReading(live: LiveHub): Promise<Reading> {
  const stop = new AbortController();
  const events: LiveEvent[] = [];
  const done = (async () => {
    for await (const event of live.watch(stop.signal)) events.push(event);
  })();
  await expect.poll(() => events[0]).toEqual({ kind: 'connected' });
  return { events, end: () => (stop.abort(), done.then(() => events)) };
}

describe('the hub', () => {
  it('greets every reader first and gives each what is published', async () => {
    const live = hub();
    const readers = [await startReading(live), await startReading(live)];
    live.publish({ kind: 'datasets' });
    live.publish({ kind: 'models' });
    for (const { events, end } of readers) {
      await expect.poll(() => events.length).toBe(3);
      expect((await end()).map(({ kind }) => kind)).toEqual(['connected', 'datasets', 'models']);
    }
  });

  it('passes on at most five events a second of a run, each run for itself, the last one included', async () => {
    const live = hub();
    const { events: heard, end } = await startReading(live);
    const started = performance.now();
    let done = 0;
    while (performance.now() - started < 1000) {
      done += 1;
      live.publish(runEvent('a', done));
      live.publish(runEvent('b', done));
      await delay(2);
    }
    const ofRun = (runId: string) =>
      heard.flatMap((event) => (event.kind === 'run' && event.event.runId === runId ? [event.event] : []));
    for (const runId of ['a', 'b']) await expect.poll(() => ofRun(runId).at(-1)?.done).toBe(done);
    const seconds = (performance.now() - started) / 1000;
    await end();
    for (const runId of ['a', 'b']) {
      expect(ofRun(runId).length).toBeGreaterThanOrEqual(2);
      expect(ofRun(runId).length).toBeLessThanOrEqual(Math.ceil(5 * seconds) + 1);
    }
  });

  it('keeps only the newest of each run for a reader that does not read', async () => {
    const live = hub();
    const reader = live.watch(new AbortController().signal);
    await reader.next();
    const second = reader.next();
    live.publish({ kind: 'views' });
    await second;
    for (let done = 1; done <= 10_000; done += 1) live.publish(runEvent('a', done));
    const next = await reader.next();
    expect(next.value).toMatchObject({ kind: 'run', event: { done: 10_000 } });
  });

  it('tells a reader that fell far behind to read everything again', async () => {
    const live = hub();
    const stop = new AbortController();
    const reader = live.watch(stop.signal);
    await reader.next();
    const second = reader.next();
    live.publish({ kind: 'views' });
    await second;
    for (let run = 0; run < 5000; run += 1) live.publish(runEvent(`run ${String(run)}`, 1));
    const seen: LiveEvent[] = [];
    for (let index = 0; index < 100; index += 1) {
      const pending = reader.next();
      const raced = await Promise.race([pending, delay(500)]);
      if (raced?.value === undefined) {
        stop.abort();
        await pending;
        break;
      }
      seen.push(raced.value);
    }
    expect(seen[0]).toEqual({ kind: 'connected' });
    expect(seen.length).toBeLessThanOrEqual(201);
  });

  it('follows its sources only while somebody reads', async () => {
    const log: string[] = [];
    const live = createLiveHub({
      follow: () => {
        log.push('start');
        return Promise.resolve(() => void log.push('stop'));
      },
    });
    await delay(10);
    expect(log).toEqual([]);
    const first = await startReading(live);
    await (await startReading(live)).end();
    expect(log).toEqual(['start']);
    await first.end();
    await expect.poll(() => log).toEqual(['start', 'stop']);
    await (await startReading(live)).end();
    await expect.poll(() => log).toEqual(['start', 'stop', 'start', 'stop']);
  });

  it('tells its readers of a source that cannot be followed, and tries it again for the next', async () => {
    let attempts = 0;
    const live = createLiveHub({
      follow: () => {
        attempts += 1;
        return attempts === 1 ? Promise.reject(new Error('a bug')) : Promise.resolve(() => undefined);
      },
    });
    const refused = live.watch(new AbortController().signal);
    expect(await refused.next()).toMatchObject({ value: { kind: 'connected' } });
    await expect(refused.next()).rejects.toThrow('a bug');
    // A rejection that nobody handles would end the test run here.
    await delay(10);
    expect(await (await startReading(live)).end()).toEqual([{ kind: 'connected' }]);
  });

  it('lets its readers go when it closes', async () => {
    const live = hub();
    const reader = live.watch(new AbortController().signal);
    expect(await reader.next()).toMatchObject({ value: { kind: 'connected' } });
    const next = reader.next();
    live.close();
    expect(await next).toMatchObject({ done: true });
  });
});
