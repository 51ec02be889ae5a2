/**
 * Brings live events to their readers: whoever changes something publishes it once, every reader gets it, at most
 * five a second for each run, task and area, the newest winning. What a slow reader has not taken is bounded: beyond
 * that it gets a fresh `connected`, which means "read everything again".
 */
import type { LiveEvent } from '../../shared/live-event.ts';

export type LiveHub = Readonly<{
  publish: (event: LiveEvent) => void;
  /** `connected` first, then whatever is published, until the signal aborts or the hub closes. */
  watch: (signal: AbortSignal) => AsyncGenerator<LiveEvent, void, void>;
  close: () => void;
}>;

export type LiveHubOptions = Readonly<{
  /** Follows sources that are only worth following while somebody reads; called with the first reader. */
  follow: (publish: (event: LiveEvent) => void) => Promise<() => void>;
}>;

/** Between two events of the same run, task or area. */
const intervalMs = 200;
/** Different runs, tasks and areas that wait for one reader. */
const waitingLimit = 200;

const connected: LiveEvent = { kind: 'connected' };

export function createLiveHub({ follow }: LiveHubOptions): LiveHub {
  const readers = new Set<Reader>();
  const closed = new AbortController();
  let unfollow: Promise<() => void> | null = null;

  const publish = (event: LiveEvent): void => {
    for (const reader of readers) reader.push(event);
  };
  const leave = (reader: Reader): void => {
    readers.delete(reader);
    if (readers.size > 0) return;
    // One that could not be begun has been reported to its readers.
    void unfollow?.then(
      (stop) => stop(),
      () => undefined,
    );
    unfollow = null;
  };

  return {
    publish,
    watch: async function* (signal) {
      const reader = new Reader();
      const either = AbortSignal.any([signal, closed.signal]);
      const wake = (): void => reader.wake();
      either.addEventListener('abort', wake, { once: true });
      readers.add(reader);
      try {
        yield connected;
        await (unfollow ??= follow(publish));
        while (!either.aborted) {
          const event = reader.take(performance.now());
          if (typeof event === 'number') await reader.wait(event);
          else yield event;
        }
      } finally {
        either.removeEventListener('abort', wake);
        leave(reader);
      }
    },
    close: () => closed.abort(),
  };
}

/** What waits for one reader: the newest event of each run, task and area, oldest first. */
class Reader {
  readonly #waiting = new Map<string, LiveEvent>();
  /** When an event of this name was last taken. */
  readonly #takenAt = new Map<string, number>();
  #wake: () => void = () => undefined;

  push(event: LiveEvent): void {
    this.#waiting.set(nameOf(event), event);
    if (this.#waiting.size > waitingLimit) {
      this.#waiting.clear();
      this.#waiting.set(nameOf(connected), connected);
    }
    this.#wake();
  }

  /** The first event that is due, or for how many milliseconds nothing is (Infinity: nothing waits). */
  take(now: number): LiveEvent | number {
    let pause = Number.POSITIVE_INFINITY;
    for (const [name, at] of this.#takenAt) if (now - at >= intervalMs) this.#takenAt.delete(name);
    for (const [name, event] of this.#waiting) {
      const takenAt = this.#takenAt.get(name);
      if (takenAt === undefined) {
        this.#waiting.delete(name);
        this.#takenAt.set(name, now);
        return event;
      }
      pause = Math.min(pause, takenAt + intervalMs - now);
    }
    return pause;
  }

  /** Until something new comes, or the time is over. */
  async wait(ms: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (Number.isFinite(ms)) timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
  }

  wake(): void {
    this.#wake();
  }
}

function nameOf(event: LiveEvent): string {
  if (event.kind === 'run') return `run ${event.event.runId}`;
  if (event.kind === 'task') return `task ${event.task.taskId}`;
  return event.kind;
}
