/**
 * What crosses between the core's thread and a reader's: one request at a time, each with one reply. `abort` means the
 * request at work, which is answered as well: with a failure, or as if nothing had been said.
 */
import type { Failure } from '../../../shared/failure.ts';
import type { ReadName } from './store-reads.ts';

export type ReaderStart = Readonly<{ storePath: string }>;
export type ReadRequest = Readonly<{ name: ReadName; input: unknown }>;
export type ToReader = Readonly<{ kind: 'read'; request: ReadRequest }> | Readonly<{ kind: 'abort' }>;
export type ReadReply =
  | Readonly<{ kind: 'done'; output: unknown }>
  | Readonly<{ kind: 'failed'; failure: Failure }>
  /** A bug: the stack of what was thrown. */
  | Readonly<{ kind: 'bug'; stack: string }>;
