/**
 * Reads of the store that may take long, kept away from the core's thread: over many questions they go to a thread
 * with a connection of its own: one for what a page waits for, one for analyses, which go over whole runs, two for
 * the pages of exports, one for packs, which take minutes in one go. A small run is read here: starting a thread would
 * take longer.
 */
import type { Store } from '../../store/store.ts';
import { createReaderLanes } from './reader-lane.ts';
import { storeReads, type ReadInput, type ReadName, type ReadOutput } from './store-reads.ts';

export type StoreReader = Readonly<{
  /** @param questionCount planned questions of the largest run concerned */
  read: <Name extends ReadName>(
    name: Name,
    input: ReadInput<Name>,
    questionCount: number,
    signal?: AbortSignal,
  ) => Promise<ReadOutput<Name>>;
  close: () => Promise<void>;
}>;

/** Questions up to which a read takes a few milliseconds. */
export const smallRun = 2000;

type LaneName = 'page' | 'analysis' | 'export' | 'second export' | 'pack';

/** Who may answer; of two the one that fewer wait for. */
const lanesOfRead: Readonly<Record<ReadName, readonly [LaneName, ...LaneName[]]>> = {
  listQuestions: ['page'],
  countQuestions: ['page'],
  getQuestion: ['page'],
  unscored: ['page'],
  result: ['page'],
  categories: ['page'],
  times: ['page'],
  secondsPerQuestion: ['page'],
  integrity: ['analysis'],
  compare: ['analysis'],
  methodTable: ['analysis'],
  sweep: ['analysis'],
  attention: ['analysis'],
  exportPlan: ['export'],
  exportPage: ['export', 'second export'],
  copyToPack: ['pack'],
};

/** @param entry module of the threads; null: everything is read here */
export function createStoreReader(store: Store, entry: string | null): StoreReader {
  const lanes = entry === null ? null : createReaderLanes(entry, { storePath: store.path, othersAtWork: null });
  return {
    read: async <Name extends ReadName>(
      name: Name,
      input: ReadInput<Name>,
      questionCount: number,
      signal?: AbortSignal,
    ): Promise<ReadOutput<Name>> => {
      if (lanes === null || questionCount <= smallRun) {
        // The table pairs each name with its input and output; TypeScript loses the pair in the union.
        return (await storeReads[name](store, input as never, signal)) as ReadOutput<Name>;
      }
      const leastAsked = lanesOfRead[name]
        .map((laneName) => lanes.of(laneName))
        .reduce((best, lane) => (lane.askedCount() < best.askedCount() ? lane : best));
      return (await leastAsked.ask({ name, input }, signal)) as ReadOutput<Name>;
    },
    close: async () => {
      await lanes?.close();
    },
  };
}
