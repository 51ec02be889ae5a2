/**
 * Reads of the store that may take long, kept away from the core's thread: over many questions they go to a thread
 * with a connection of its own: one for what a page waits for, one for analyses, which go over whole runs, two for
 * the pages of exports, one for packs, which take minutes in one go. A small run is read here: starting a thread would
 * take longer.
 */
import type { Store } from '../../store/store.ts';
import { createReaderLane, type ReaderLane } from './reader-lane.ts';
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
  const lanes = new Map<LaneName, ReaderLane>();
  const laneOf = (name: LaneName, path: string): ReaderLane => {
    const lane = lanes.get(name) ?? createReaderLane(path, { storePath: store.path, othersAtWork: null });
    lanes.set(name, lane);
    return lane;
  };
  const leastAsked = (name: ReadName, path: string): ReaderLane =>
    lanesOfRead[name]
      .map((laneName) => laneOf(laneName, path))
      .reduce((best, lane) => (lane.askedCount() < best.askedCount() ? lane : best));
  return {
    read: async <Name extends ReadName>(
      name: Name,
      input: ReadInput<Name>,
      questionCount: number,
      signal?: AbortSignal,
    ): Promise<ReadOutput<Name>> => {
      if (entry === null || questionCount <= smallRun) {
        // The table pairs each name with its input and output; TypeScript loses the pair in the union.
        return (await storeReads[name](store, input as never, signal)) as ReadOutput<Name>;
      }
      return (await leastAsked(name, entry).ask({ name, input }, signal)) as ReadOutput<Name>;
    },
    close: async () => {
      for (const lane of lanes.values()) await lane.close();
    },
  };
}
