/**
 * One reader's thread and the questions that wait for it. It starts with the first question; questions whose asker
 * has gone are dropped before they are asked, and left off where they walk over a run.
 */
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { PenumbraFailure } from '../../../shared/failure.ts';
import type { LongWorkProgress } from '../long-work.ts';
import type { ReaderStart, ReadReply, ReadRequest, ToReader } from './reader-protocol.ts';

export type ReaderLane = Readonly<{
  /** Fails as the read does; rejects with the signal's reason where it aborts before the read has ended. */
  ask: (
    request: ReadRequest,
    signal?: AbortSignal,
    onProgress?: (progress: LongWorkProgress) => void,
  ) => Promise<unknown>;
  /** Questions that have no answer yet. */
  askedCount: () => number;
  close: () => Promise<void>;
}>;

/** Lanes by name, each made when it is first wanted. */
export type ReaderLanes = Readonly<{
  of: (name: string) => ReaderLane;
  close: () => Promise<void>;
}>;

type Waiting = Readonly<{
  request: ReadRequest;
  signal: AbortSignal | undefined;
  onProgress: ((progress: LongWorkProgress) => void) | undefined;
  resolve: (output: unknown) => void;
  reject: (reason: unknown) => void;
}>;

/** Room for the rows of a page or a column, which are dropped together: collections in between would copy them. */
const youngGenerationMegabytes = 192;

/** How long a thread may stay in what it was asked last when the program ends. */
const patienceMs = 5000;

/** @param entry module of the thread: reader-worker.ts or its bundle */
export function createReaderLane(entry: string, start: ReaderStart): ReaderLane {
  let worker: Worker | null = null;
  let asked: Waiting | null = null;
  let isClosed = false;
  const waiting: Waiting[] = [];

  const tell = (message: ToReader): void => worker?.postMessage(message);
  const stopAsked = (): void => tell({ kind: 'abort' });
  const settle = (finish: (question: Waiting) => void): void => {
    const question = asked;
    asked = null;
    question?.signal?.removeEventListener('abort', stopAsked);
    // An idle thread keeps no process alive.
    worker?.unref();
    if (question?.signal?.aborted === true) question.reject(question.signal.reason);
    else if (question !== null) finish(question);
    next();
  };
  const startWorker = (): Worker => {
    // Standard output belongs to the faces; options of this process are not the thread's.
    const started = new Worker(pathToFileURL(entry), {
      workerData: start,
      execArgv: [],
      stdout: true,
      resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMegabytes },
    });
    started.on('message', (reply: ReadReply) => {
      if (reply.kind === 'progress') return asked?.onProgress?.(reply.progress);
      settle(({ resolve, reject }) => {
        if (reply.kind === 'done') resolve(reply.output);
        else if (reply.kind === 'failed') reject(new PenumbraFailure(reply.failure));
        else reject(new Error(`in the store's reader: ${reply.stack}`));
      });
    });
    const onEnd = (reason: unknown): void => {
      if (worker !== started) return;
      worker = null;
      settle(({ reject }) => reject(reason));
    };
    started.on('error', onEnd);
    started.on('exit', (code) => onEnd(new Error(`the store's reader ended with code ${code}`)));
    return started;
  };
  const next = (): void => {
    if (asked !== null || isClosed) return;
    const question = waiting.shift();
    if (question === undefined) return;
    if (question.signal?.aborted === true) {
      question.reject(question.signal.reason);
      next();
      return;
    }
    asked = question;
    worker ??= startWorker();
    worker.ref();
    question.signal?.addEventListener('abort', stopAsked, { once: true });
    tell({ kind: 'read', request: question.request });
  };

  return {
    ask: (request, signal, onProgress) =>
      new Promise((resolve, reject) => {
        if (isClosed) {
          reject(new Error('the reader is closed'));
          return;
        }
        waiting.push({ request, signal, onProgress, resolve, reject });
        next();
      }),
    askedCount: () => waiting.length + (asked === null ? 0 : 1),
    close: async () => {
      isClosed = true;
      const reason = new PenumbraFailure({ kind: 'cancelled', message: 'The program ends.' });
      for (const { reject } of waiting.splice(0)) reject(reason);
      const ended = worker;
      worker = null;
      asked?.reject(reason);
      asked = null;
      if (ended !== null) await endThread(ended);
    },
  };
}

/** @param entry of every lane's thread: as `createReaderLane`'s */
export function createReaderLanes(entry: string, start: ReaderStart): ReaderLanes {
  const lanes = new Map<string, ReaderLane>();
  return {
    of: (name) => {
      const lane = lanes.get(name) ?? createReaderLane(entry, start);
      lanes.set(name, lane);
      return lane;
    },
    close: async () => {
      for (const lane of lanes.values()) await lane.close();
    },
  };
}

/** A thread that is terminated inside SQLite may take the process with it: it ends by itself, unless it does not come back. */
async function endThread(worker: Worker): Promise<void> {
  const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  worker.ref();
  worker.postMessage({ kind: 'close' } satisfies ToReader);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), patienceMs);
  });
  if ((await Promise.race([gone, late])) === 'late') await worker.terminate();
  clearTimeout(timer);
}
