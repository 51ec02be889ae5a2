/**
 * Long writes of the store, kept away from the core's thread: one thread for what a page waits for, one for what may
 * take minutes. Little work is done here, between the core's other work: starting a thread would take longer.
 */
import type { Store } from '../../store/store.ts';
import { longWorkHere, type LongWorkFollower } from '../long-work.ts';
import { createReaderLanes } from './reader-lane.ts';
import { storeWrites, type WriteInput, type WriteName, type WriteOutput } from './store-writes.ts';

export type StoreWriter = Readonly<{
  /** Fails as the work does; rejects with the signal's reason, or `cancelled`, when it is cancelled or the writer closes. */
  write: <Name extends WriteName>(
    name: Name,
    input: WriteInput<Name>,
    isLong: boolean,
    follower?: LongWorkFollower,
  ) => Promise<WriteOutput<Name>>;
  /** Cancels what is being written, and waits until it has left nothing half-made. */
  close: () => Promise<void>;
}>;

type LaneName = 'page' | 'task';

const laneOfWrite: Readonly<Record<WriteName, LaneName>> = {
  score: 'page',
  tag: 'page',
  unpack: 'task',
  importPredictions: 'task',
  remove: 'task',
};

/** @param entry module of the threads; null: everything is written here */
export function createStoreWriter(store: Store, entry: string | null): StoreWriter {
  const start = { storePath: store.path, othersAtWork: store.writersAtWork };
  const lanes = entry === null ? null : createReaderLanes(entry, start);
  const closing = new AbortController();
  const atWork = new Set<Promise<unknown>>();
  const perform = async <Name extends WriteName>(
    name: Name,
    input: WriteInput<Name>,
    isLong: boolean,
    follower: LongWorkFollower,
  ): Promise<WriteOutput<Name>> => {
    // The table pairs each name with its input and output; TypeScript loses the pair in the union.
    if (lanes === null || !isLong) {
      return (await storeWrites[name](store, input as never, longWorkHere(follower))) as WriteOutput<Name>;
    }
    return (await lanes
      .of(laneOfWrite[name])
      .ask({ name, input }, follower.signal, follower.report)) as WriteOutput<Name>;
  };
  return {
    write: async <Name extends WriteName>(
      name: Name,
      input: WriteInput<Name>,
      isLong: boolean,
      { report, signal }: LongWorkFollower = {},
    ): Promise<WriteOutput<Name>> => {
      const signals = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]);
      const work = perform(name, input, isLong, { report, signal: signals });
      atWork.add(work);
      try {
        return await work;
      } finally {
        atWork.delete(work);
      }
    },
    close: async () => {
      closing.abort();
      await Promise.allSettled(atWork);
      await lanes?.close();
    },
  };
}
