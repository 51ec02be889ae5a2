/** Turns of those who must be the only ones to have a model loaded, one after the other, between the users of the desk. */
import { PenumbraFailure } from '../../shared/failure.ts';

export type EngineTurns = Readonly<{
  /** Resolves, when nobody else uses an engine, with what ends the turn. Rejects with `cancelled` when the signal aborts. */
  take: (signal: AbortSignal) => Promise<() => void>;
  /** Resolves when nobody has a turn. */
  ended: () => Promise<void>;
  /** Gives the next one its turn, if it can have it. */
  next: () => void;
}>;

export type EngineTurnsOptions = Readonly<{
  /** Whether no engine is in use. */
  isIdle: () => boolean;
  /** Called as a turn begins, before anybody else can come. */
  onBegin: () => void;
}>;

export function createTurns({ isIdle, onBegin }: EngineTurnsOptions): EngineTurns {
  const waiting = new Set<() => void>();
  let turn: PromiseWithResolvers<void> | null = null;

  const ended = async (): Promise<void> => {
    if (turn === null) return;
    await turn.promise;
    // The next turn may have begun with the end of this one.
    await ended();
  };
  const next = (): void => {
    const [first] = waiting;
    if (first === undefined || turn !== null || !isIdle()) return;
    waiting.delete(first);
    first();
  };
  return {
    take: (signal) =>
      new Promise((resolve, reject) => {
        const cancel = (): void => {
          waiting.delete(begin);
          reject(new PenumbraFailure({ kind: 'cancelled', message: 'It was cancelled before its turn came.' }));
        };
        const begin = (): void => {
          signal.removeEventListener('abort', cancel);
          const own = Promise.withResolvers<void>();
          turn = own;
          onBegin();
          resolve(() => {
            turn = null;
            own.resolve();
            next();
          });
        };
        if (signal.aborted) return cancel();
        signal.addEventListener('abort', cancel, { once: true });
        waiting.add(begin);
        next();
      }),
    ended,
    next,
  };
}
