/** Entry of a reader's thread: a read-only connection of its own to the store, and answers one after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { failureOf } from '../../../shared/failure.ts';
import { openStore, type Store } from '../../store/store.ts';
import type { ReaderStart, ReadReply, ReadRequest, ToReader } from './reader-protocol.ts';
import { storeReads } from './store-reads.ts';

// Both ends are this program's: store-reader.ts sends what the table of reads takes.
const { storePath } = workerData as ReaderStart;
let opened: Store | null = null;
/** Opened by the first question, so that what keeps it shut is a typed answer to that one; the next one tries again. */
const store = (): Store => (opened ??= openStore(storePath, { readOnly: true }));

let atWork = new AbortController();

parentPort?.on('message', (message: ToReader) => {
  if (message.kind === 'abort') return atWork.abort();
  atWork = new AbortController();
  void answer(message.request, atWork.signal).then((reply) => parentPort?.postMessage(reply));
});

async function answer({ name, input }: ReadRequest, signal: AbortSignal): Promise<ReadReply> {
  try {
    return { kind: 'done', output: await storeReads[name](store(), input as never, signal) };
  } catch (error) {
    const failure = failureOf(error);
    if (failure !== undefined) return { kind: 'failed', failure };
    return { kind: 'bug', stack: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
