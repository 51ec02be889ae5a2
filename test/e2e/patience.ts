/**
 * How long the browser tests wait before they call something missing: far beyond what a busy machine with two slow
 * cores needs. A page that comes late fails no test; what promises a speed measures it and says so.
 */
/** For one thing to appear, be called or be stored. */
export const waitMs = 45_000;
/** For work of the engine: a run or a model's import to end. */
export const workMs = 120_000;
/** For a whole test, and one that visits very many pages or waits for several runs. */
export const testMs = 180_000;
export const longTestMs = 400_000;
/** For the stores, models and programs that tests begin with. */
export const hookMs = 300_000;

/** Of tests that cannot be tried again: they use up what their file began with, or build on the test before. */
export const unrepeatable = { retry: 0 };
