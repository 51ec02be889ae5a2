/**
 * Images of a batch that the engine will be asked next, prepared in threads while it answers the batch before: a
 * session's work blocks the engine's own thread, and a fast device would wait for pixels. Every image is given to its
 * thread at once, because nobody could hand out another one meanwhile. What no thread has prepared (it failed, there
 * was no room, the thread died) is null here, and is prepared in its turn by whoever takes it.
 */
import { availableParallelism } from 'node:os';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { ImageJob, PreparedImage } from '../backbones/prepare-image.ts';
import type { ThreadReply, ThreadRequest } from './image-thread.ts';

/** The images of one announced batch. */
export type ImagesAhead = Readonly<{
  /** The prepared image of these bytes, the same object that was announced; null: it has yet to be prepared. */
  take: (bytes: Uint8Array) => Promise<PreparedImage | null>;
  /** Nobody wants what was not taken. */
  drop: () => void;
}>;

export type ImageThreads = Readonly<{ prepare: (jobs: readonly ImageJob[]) => ImagesAhead }>;

export type ImageThreadsOptions = Readonly<{
  /** Module of a thread: image-thread.ts or its bundle. */
  entry: string;
  threadCount?: number;
  /** Bytes of prepared pixels from which on no further image is begun. */
  heldLimit?: number;
}>;

/** Room for batches of 64 at the size of latent reasoning twice over. */
const defaultHeldLimit = 256 * 2 ** 20;

/** A quarter of the cores, four at most: the rest is for the device's driver, or for the model itself. */
export const imageThreadCount = (cores: number = availableParallelism()): number =>
  Math.max(1, Math.min(4, Math.floor(cores / 4)));

/** Threads start with the first images, and keep no process alive. */
export function createImageThreads({
  entry,
  threadCount = imageThreadCount(),
  heldLimit = defaultHeldLimit,
}: ImageThreadsOptions): ImageThreads {
  const held = new SharedArrayBuffer(8);
  const threads = Array.from({ length: threadCount }, () => new ImageThread(entry));
  let next = 0;
  const release = (prepared: PreparedImage | null): void => {
    if (prepared === null) return;
    Atomics.sub(new BigInt64Array(held), 0, BigInt(prepared.image.pixelValues.byteLength));
  };
  return {
    prepare: (jobs) => {
      const dropped = new SharedArrayBuffer(4);
      const waiting = new Map<Uint8Array, Promise<PreparedImage | null>>();
      for (const job of jobs) {
        if (waiting.has(job.bytes)) continue;
        const thread = threads[next % threads.length];
        next += 1;
        if (thread === undefined) throw new Error('there is at least one thread');
        waiting.set(job.bytes, thread.ask({ job, dropped, held, heldLimit }));
      }
      return {
        take: async (bytes) => {
          const prepared = waiting.get(bytes);
          if (prepared === undefined) return null;
          waiting.delete(bytes);
          const taken = await prepared;
          release(taken);
          return taken;
        },
        drop: () => {
          Atomics.store(new Int32Array(dropped), 0, 1);
          for (const prepared of waiting.values()) void prepared.then(release);
          waiting.clear();
        },
      };
    },
  };
}

/** One thread, started when it is first asked and again after it has died. */
class ImageThread {
  readonly #entry: string;
  #worker: Worker | null = null;
  readonly #waiting = new Map<number, (prepared: PreparedImage | null) => void>();
  #lastJobId = 0;

  constructor(entry: string) {
    this.#entry = entry;
  }

  ask({ job, ...request }: Omit<ThreadRequest, 'jobId'>): Promise<PreparedImage | null> {
    const jobId = (this.#lastJobId += 1);
    const worker = (this.#worker ??= this.#start());
    // A copy of the encoded file goes: what came over the channel shares its memory with other images.
    const bytes = new Uint8Array(job.bytes);
    worker.postMessage({ ...request, jobId, job: { ...job, bytes } } satisfies ThreadRequest, [bytes.buffer]);
    return new Promise((resolve) => this.#waiting.set(jobId, resolve));
  }

  #start(): Worker {
    // Options of this process are not the thread's; standard output is nobody's.
    const worker = new Worker(pathToFileURL(this.#entry), { execArgv: [], stdout: true });
    worker.unref();
    worker.on('message', ({ jobId, prepared }: ThreadReply) => {
      this.#waiting.get(jobId)?.(prepared);
      this.#waiting.delete(jobId);
    });
    const onEnd = (): void => {
      if (this.#worker !== worker) return;
      this.#worker = null;
      for (const resolve of this.#waiting.values()) resolve(null);
      this.#waiting.clear();
    };
    worker.on('error', (error) => {
      process.stderr.write(`an image thread ended: ${error instanceof Error ? error.message : String(error)}\n`);
      onEnd();
    });
    worker.on('exit', onEnd);
    return worker;
  }
}
