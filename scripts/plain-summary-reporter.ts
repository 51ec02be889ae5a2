/**
 * Ends a test run with each skipped test and its reason, and one plain line: `N passed, N failed, N skipped`.
 * A file that could not be loaded and an error outside any test count as failed.
 */
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

export default class PlainSummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    let passed = 0;
    let failed = unhandledErrors.length;
    const skipped: string[] = [];
    for (const module of modules) {
      const before = failed;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') passed += 1;
        else if (result.state === 'skipped') {
          // Groups that are skipped as a whole say why in their titles.
          const reason = result.note ?? (module.state() === 'failed' ? 'something before it failed' : null);
          skipped.push([module.relativeModuleId, test.fullName, ...(reason === null ? [] : [reason])].join(': '));
        } else failed += 1;
      }
      if (failed === before && module.state() === 'failed') failed += 1;
    }
    for (const line of skipped) process.stdout.write(`skipped: ${line}\n`);
    const skips = skipped.length === 0 ? '' : `, ${String(skipped.length)} skipped`;
    process.stdout.write(`${String(passed)} passed, ${String(failed)} failed${skips}\n`);
  }
}
