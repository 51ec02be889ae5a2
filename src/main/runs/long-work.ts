/**
 * Long work over the store, done in short transactions: what it tells while it goes on, and the pause between two
 * transactions, in which others write and a cancellation arrives.
 */
import { fail } from '../../shared/failure.ts';

export type LongWorkProgress = Readonly<{ phase: string; done: number; total: number }>;

/** What whoever asks for it may give along. */
export type LongWorkFollower = Readonly<{
  report?: ((progress: LongWorkProgress) => void) | undefined;
  signal?: AbortSignal | undefined;
}>;

export type LongWork = Readonly<{
  report: (progress: LongWorkProgress) => void;
  signal: AbortSignal | undefined;
  pause: () => Promise<void>;
}>;

/** In the thread of whoever asks, between its other work. */
export const longWorkHere = ({ report = () => undefined, signal }: LongWorkFollower = {}): LongWork => ({
  report,
  signal,
  pause: () => new Promise((resolve) => setImmediate(resolve)),
});

/** Fails: `cancelled`. */
export function refuseCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) fail('cancelled', 'The work was cancelled.');
}
