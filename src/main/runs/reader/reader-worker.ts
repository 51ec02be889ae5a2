/**
 * Entry of a reader's or writer's thread: a connection of its own to the store, and answers one after the other. A
 * writer's work comes in short transactions; between them it waits until the core's thread has written what it has to,
 * which would else stand still.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { failureOf } from '../../../shared/failure.ts';
import { openStore, type Store } from '../../store/store.ts';
import type { LongWork } from '../long-work.ts';
import type { ReaderStart, ReadReply, ReadRequest, ToReader } from './reader-protocol.ts';
import { storeReads, type ReadName } from './store-reads.ts';
import { storeWrites, type WriteName } from './store-writes.ts';

// Both ends are this program's: store-reader.ts and store-writer.ts send what the tables of reads and writes take.
const { storePath, othersAtWork } = workerData as ReaderStart;
let opened: Store | null = null;
/** Opened by the first question, so that what keeps it shut is a typed answer to that one; the next one tries again. */
const store = (): Store => (opened ??= openStore(storePath, { readOnly: othersAtWork === null, mustExist: true }));

let atWork = new AbortController();

const reply = (message: ReadReply): void => parentPort?.postMessage(message);

let answering: Promise<void> = Promise.resolve();

parentPort?.on('message', (message: ToReader) => {
  if (message.kind === 'read') {
    atWork = new AbortController();
    answering = answer(message.request, atWork.signal).then(reply);
    return;
  }
  atWork.abort();
  if (message.kind === 'close') void answering.then(leave);
});

/** Without listeners and open files the thread ends by itself. */
function leave(): void {
  opened?.close();
  parentPort?.close();
}

async function answer({ name, input }: ReadRequest, signal: AbortSignal): Promise<ReadReply> {
  try {
    const output =
      othersAtWork === null
        ? await storeReads[name as ReadName](store(), input as never, signal)
        : await storeWrites[name as WriteName](store(), input as never, longWork(othersAtWork, signal));
    return { kind: 'done', output };
  } catch (error) {
    const failure = failureOf(error);
    if (failure !== undefined) return { kind: 'failed', failure };
    return { kind: 'bug', stack: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** A gap in which other processes find the store unlocked. */
const gapMs = 3;

function longWork(others: SharedArrayBuffer, signal: AbortSignal): LongWork {
  const count = new Int32Array(others);
  return {
    signal,
    report: (progress) => reply({ kind: 'progress', progress }),
    pause: async () => {
      await new Promise((resolve) => setTimeout(resolve, gapMs));
      for (let writing = Atomics.load(count, 0); writing > 0; writing = Atomics.load(count, 0)) {
        Atomics.wait(count, 0, writing, 100);
      }
    },
  };
}
