/**
 * Long work beside the answering of runs: each task has a state that every face can read, a signal that
 * stops it, and an end that stays readable for the session. Nothing is kept on disk: what a task had begun when the
 * program ends is the work's own to leave clean, and `close` waits for that.
 */
import { randomUUID } from 'node:crypto';
import { fail, failureOf, PenumbraFailure, type Failure } from '../../shared/failure.ts';
import type { Task, TaskKind } from '../../shared/task.ts';

export type TaskProgress = Partial<Pick<Task, 'phase' | 'done' | 'total' | 'unit' | 'secondsLeft'>>;

/** Ends with what came of it. Once the signal aborts it has to stop, leave nothing half-made, and throw. */
export type TaskWork = (report: (progress: TaskProgress) => void, signal: AbortSignal) => Promise<Task['result']>;

export type TaskChange = Readonly<{ kind: 'changed'; task: Task }> | Readonly<{ kind: 'dismissed'; taskId: string }>;

export type TaskRegistry = Readonly<{
  /** Starts the work after this call returned; the task is `running` at first. */
  start: (kind: TaskKind, title: string, work: TaskWork) => Task;
  /**
   * The same for work whose end the caller waits for: gives what it gave. Fails as the work does, and: `cancelled`. The
   * caller's signal, too, stops it.
   */
  waitFor: <Value>(
    kind: TaskKind,
    title: string,
    work: (report: (progress: TaskProgress) => void, signal: AbortSignal) => Promise<Value>,
    resultOf: (value: Value) => Task['result'],
    signal?: AbortSignal,
  ) => Promise<Value>;
  /** Newest first. */
  list: () => Task[];
  /** Stops a task and resolves once it has stopped; an ended one is returned as it is. Fails: `not-found`. */
  cancel: (taskId: string) => Promise<Task>;
  /** Takes an ended task off the list. Fails: `not-found`, `wrong-usage` (still running). */
  dismiss: (taskId: string) => void;
  /** Told about every start and end, and at most five times a second about each task's progress. */
  onChange: (listener: (change: TaskChange) => void) => () => void;
  /** Cancels what runs and waits for it; nothing can be started afterwards. */
  close: () => Promise<void>;
}>;

/** Ended tasks that are remembered. */
const endedLimit = 50;
const changeEveryMs = 200;

type Entry = {
  task: Task;
  stop: AbortController;
  ended: Promise<void>;
  lastTold: number;
  timer: NodeJS.Timeout | null;
};

/** @param logBug receives what a task threw that is no typed failure */
export function createTaskRegistry(logBug: (error: unknown) => void): TaskRegistry {
  const entries = new Map<string, Entry>();
  const listeners = new Set<(change: TaskChange) => void>();
  let closed = false;

  const tell = (change: TaskChange): void => {
    for (const listener of listeners) listener(change);
  };
  const tellNow = (entry: Entry): void => {
    if (entry.timer !== null) clearTimeout(entry.timer);
    entry.timer = null;
    entry.lastTold = performance.now();
    tell({ kind: 'changed', task: entry.task });
  };
  const tellSoon = (entry: Entry): void => {
    if (entry.timer !== null) return;
    const wait = entry.lastTold + changeEveryMs - performance.now();
    if (wait <= 0) tellNow(entry);
    else entry.timer = setTimeout(() => tellNow(entry), wait).unref();
  };
  const find = (taskId: string): Entry =>
    entries.get(taskId) ?? fail('not-found', 'There is no such task any more.', { place: taskId });

  const end = (entry: Entry, outcome: Pick<Task, 'status' | 'failure' | 'result'>): void => {
    entry.task = { ...entry.task, ...outcome, secondsLeft: null, endedAt: new Date().toISOString() };
    tellNow(entry);
    const ended = [...entries.values()].filter(({ task }) => task.status !== 'running');
    for (const { task } of ended.slice(0, Math.max(0, ended.length - endedLimit))) entries.delete(task.taskId);
  };

  const perform = async (entry: Entry, work: TaskWork): Promise<void> => {
    const { signal } = entry.stop;
    const report = (progress: TaskProgress): void => {
      if (entry.task.status !== 'running') return;
      entry.task = { ...entry.task, ...progress };
      tellSoon(entry);
    };
    try {
      // After the caller has the task in its hands.
      await Promise.resolve();
      if (signal.aborted) fail('cancelled', 'The task was cancelled before it began.');
      end(entry, { status: 'done', failure: null, result: await work(report, signal) });
    } catch (error) {
      const failure = failureOfTask(error, logBug);
      const cancelled = signal.aborted && failure.kind === 'cancelled';
      end(entry, { status: cancelled ? 'cancelled' : 'failed', failure: cancelled ? null : failure, result: null });
    }
  };

  const begin = (kind: TaskKind, title: string, work: TaskWork): Entry => {
    if (closed) fail('cancelled', 'The program is closing.');
    const task: Task = {
      taskId: randomUUID(),
      kind,
      title,
      status: 'running',
      phase: 'starting',
      done: 0,
      total: 0,
      unit: 'bytes',
      secondsLeft: null,
      startedAt: new Date().toISOString(),
      endedAt: null,
      failure: null,
      result: null,
    };
    const entry: Entry = {
      task,
      stop: new AbortController(),
      ended: Promise.resolve(),
      lastTold: 0,
      timer: null,
    };
    entries.set(task.taskId, entry);
    entry.ended = perform(entry, work);
    tellNow(entry);
    return entry;
  };

  return {
    start: (kind, title, work) => begin(kind, title, work).task,
    waitFor: async (kind, title, work, resultOf, signal) => {
      const made: { value: Awaited<ReturnType<typeof work>> }[] = [];
      const entry = begin(kind, title, async (report, stopped) => {
        const value = await work(report, stopped);
        made.push({ value });
        return resultOf(value);
      });
      const stop = (): void => entry.stop.abort();
      if (signal?.aborted === true) stop();
      signal?.addEventListener('abort', stop, { once: true });
      await entry.ended;
      signal?.removeEventListener('abort', stop);
      const [only] = made;
      if (only !== undefined) return only.value;
      const { failure } = entry.task;
      throw new PenumbraFailure(failure ?? { kind: 'cancelled', message: `Cancelled: ${title}.` });
    },
    list: () => [...entries.values()].map(({ task }) => task).toReversed(),
    cancel: async (taskId) => {
      const entry = find(taskId);
      entry.stop.abort();
      await entry.ended;
      return entry.task;
    },
    dismiss: (taskId) => {
      const { task } = find(taskId);
      if (task.status === 'running') {
        fail('wrong-usage', 'The task is still running.', { place: task.title, action: 'Cancel it first.' });
      }
      entries.delete(taskId);
      tell({ kind: 'dismissed', taskId });
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: async () => {
      closed = true;
      const running = [...entries.values()];
      for (const { stop } of running) stop.abort();
      await Promise.all(running.map(({ ended }) => ended));
    },
  };
}

function failureOfTask(error: unknown, logBug: (error: unknown) => void): Failure {
  const failure = failureOf(error);
  if (failure !== undefined) return failure;
  if (error instanceof Error && error.name === 'AbortError') {
    return { kind: 'cancelled', message: 'The task was cancelled.' };
  }
  logBug(error);
  return { kind: 'io', message: 'Penumbra met an internal error; its log has the details.' };
}
