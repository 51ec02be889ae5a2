/**
 * One queue of batches for several engines. Each engine has its next batch set aside, read while it works on the one
 * before; an engine that finds the queue empty takes over what is set aside for another, so that none is idle while a
 * whole batch waits.
 */
import { inTurn } from './in-turn.ts';
import type { FedBatch, QuestionFeed } from './question-feed.ts';

/** One engine's part of the queue. */
export type EngineFeed = Readonly<{
  /** The next batch, null at the end of the plan; starts reading the one after it. */
  next: (batchSize: number) => Promise<FedBatch | null>;
  /** The batch that is set aside for this engine, once it has been read. Fails as `next` would. */
  ahead: () => Promise<FedBatch | null>;
}>;

export type SharedFeed = Readonly<{
  /** The feed of one more engine. */
  open: () => EngineFeed;
}>;

type Place = { setAside: Promise<FedBatch | null> | null };

/** Every batch of `feed` comes out of exactly one of the feeds that are opened. */
export function shareFeed(feed: QuestionFeed): SharedFeed {
  const read = inTurn(feed.next);
  const places: Place[] = [];
  const take = (place: Place): Promise<FedBatch | null> | null => {
    const batch = place.setAside;
    place.setAside = null;
    return batch;
  };
  const next = async (own: Place, batchSize: number): Promise<FedBatch | null> => {
    const batch = await (take(own) ?? read(batchSize));
    if (batch !== null) return batch;
    for (const place of places) {
      const waiting = await take(place);
      if (waiting !== null) return waiting;
    }
    return null;
  };
  return {
    open: () => {
      const own: Place = { setAside: null };
      places.push(own);
      return {
        next: async (batchSize) => {
          const batch = await next(own, batchSize);
          if (batch !== null) {
            own.setAside = read(batchSize);
            // A failure is met when the batch is asked for, which may be after other work.
            own.setAside.catch(() => undefined);
          }
          return batch;
        },
        ahead: async () => await own.setAside,
      };
    },
  };
}
