/**
 * What the engines of one run know about crashes together: questions given up in a row say that an engine, or the
 * machine, is at fault. An answer vouches for the engine that gave it, and only for that one: a broken GPU beside a
 * sound one would otherwise lose every question that it gets.
 */

/** Questions given up in a row, with nothing answered, from which on the engine itself is at fault. */
const crashLimit = 3;

/** One engine's view of the ledger. */
export type CrashAccount = Readonly<{
  /** The question crashed an engine in an earlier session of the run. */
  isSuspect: (position: number) => boolean;
  /** Most questions that an engine may get at once. */
  batchLimit: () => number;
  /** Memory ran out, or the device was lost, with so many questions: half of them is the limit from now on. */
  wasTooLarge: (questionCount: number) => void;
  answered: () => void;
  /**
   * Called for each question given up. Null: it may go on. Otherwise every position that no answer has vouched for:
   * this engine gave up three in a row, or all of them together did.
   */
  gaveUp: (position: number) => number[] | null;
}>;

export type CrashLedger = Readonly<{ open: () => CrashAccount }>;

/** @param suspects positions that crashed an engine in an earlier session of the run */
export function createCrashLedger(suspects: readonly number[]): CrashLedger {
  const known: ReadonlySet<number> = new Set(suspects);
  const accounts: number[][] = [];
  let batchLimit = Number.POSITIVE_INFINITY;
  let sinceAnyAnswer = 0;
  return {
    open: () => {
      /** Given up since this engine's last answer. */
      const own: number[] = [];
      accounts.push(own);
      return {
        isSuspect: (position) => known.has(position),
        batchLimit: () => batchLimit,
        wasTooLarge: (questionCount) => {
          batchLimit = Math.min(batchLimit, Math.max(1, Math.floor(questionCount / 2)));
        },
        answered: () => {
          own.length = 0;
          sinceAnyAnswer = 0;
        },
        gaveUp: (position) => {
          own.push(position);
          sinceAnyAnswer += 1;
          return Math.max(own.length, sinceAnyAnswer) < crashLimit ? null : accounts.flat();
        },
      };
    },
  };
}
