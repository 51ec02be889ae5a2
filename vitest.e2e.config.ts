/**
 * The tests that need a real Chromium: `npm run test:e2e`. They wait as long as a slow machine with other work needs
 * (test/e2e/patience.ts); what promises a speed measures it itself.
 */
import { defineConfig } from 'vitest/config';
import { hookMs, testMs, waitMs } from './test/e2e/patience.ts';

export default defineConfig({
  test: {
    include: ['test/e2e/**/*.e2e.ts'],
    testTimeout: testMs,
    // A second try is named at the end of the run, with what went wrong at the first (scripts/plain-summary-reporter.ts).
    retry: 1,
    hookTimeout: hookMs,
    expect: { poll: { timeout: waitMs } },
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
  },
});
