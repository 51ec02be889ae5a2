/** Stored numbers of the outcomes. */
import type { Outcome } from '../analysis/outcomes.ts';

/** In the order of their stored numbers. */
export const outcomes: readonly Outcome[] = ['right', 'wrong', 'unparsed', 'failed'];
