/** Cancelling a read: looked at between batches. */
import { fail } from '../../shared/failure.ts';

/** Fails with `cancelled` once the signal is aborted. */
export function failIfCancelled(signal: AbortSignal | undefined, file: string): void {
  if (signal?.aborted === true) fail('cancelled', `Reading ${file} was cancelled.`, { file });
}
