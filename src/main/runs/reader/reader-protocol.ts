/**
 * What crosses between the core's thread and a reader's or writer's: one request at a time, each with one reply, and
 * word of its progress before. `abort` means the request at work, which is answered as well: with a failure, or as if
 * nothing had been said.
 */
import type { Failure } from '../../../shared/failure.ts';
import type { LongWorkProgress } from '../long-work.ts';
import type { ReadName } from './store-reads.ts';
import type { WriteName } from './store-writes.ts';

export type ReaderStart = Readonly<{
  storePath: string;
  /** Null: the thread only reads. Else it writes, and lets these go first (`Store.writersAtWork`). */
  othersAtWork: SharedArrayBuffer | null;
}>;
export type ReadRequest = Readonly<{ name: ReadName | WriteName; input: unknown }>;
export type ToReader =
  | Readonly<{ kind: 'read'; request: ReadRequest }>
  | Readonly<{ kind: 'abort' }>
  /** Aborts, closes the store when the request at work has been answered, and ends the thread. */
  | Readonly<{ kind: 'close' }>;
export type ReadReply =
  | Readonly<{ kind: 'progress'; progress: LongWorkProgress }>
  | Readonly<{ kind: 'done'; output: unknown }>
  | Readonly<{ kind: 'failed'; failure: Failure }>
  /** A bug: the stack of what was thrown. */
  | Readonly<{ kind: 'bug'; stack: string }>;
