/** What crosses between the core's thread and a reader's: one request at a time, each with one reply. */
import type { Failure } from '../../../shared/failure.ts';
import type { ReadName } from './store-reads.ts';

export type ReaderStart = Readonly<{ storePath: string }>;
export type ReadRequest = Readonly<{ name: ReadName; input: unknown }>;
export type ReadReply =
  | Readonly<{ kind: 'done'; output: unknown }>
  | Readonly<{ kind: 'failed'; failure: Failure }>
  /** A bug: the stack of what was thrown. */
  | Readonly<{ kind: 'bug'; stack: string }>;
