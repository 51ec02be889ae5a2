/**
 * Ends a test run with each skipped test and its reason, each test that passed only when it was tried again and what
 * went wrong before, and one plain line: `N passed, N failed, N skipped, N at the second try`.
 * A file that could not be loaded and an error outside any test count as failed.
 */
import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node';

export default class PlainSummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    let passed = 0;
    let failed = unhandledErrors.length;
    const skipped: string[] = [];
    const triedAgain: string[] = [];
    for (const module of modules) {
      const before = failed;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') {
          passed += 1;
          if ((test.diagnostic()?.retryCount ?? 0) > 0) triedAgain.push(describeTries(module, test));
        } else if (result.state === 'skipped') {
          // Groups that are skipped as a whole say why in their titles.
          const reason = result.note ?? (module.state() === 'failed' ? 'something before it failed' : null);
          skipped.push([module.relativeModuleId, test.fullName, ...(reason === null ? [] : [reason])].join(': '));
        } else failed += 1;
      }
      if (failed === before && module.state() === 'failed') failed += 1;
    }
    for (const line of skipped) process.stdout.write(`skipped: ${line}\n`);
    for (const line of triedAgain) process.stdout.write(`second try: ${line}\n`);
    const skips = skipped.length === 0 ? '' : `, ${String(skipped.length)} skipped`;
    const tries = triedAgain.length === 0 ? '' : `, ${String(triedAgain.length)} at the second try`;
    process.stdout.write(`${String(passed)} passed, ${String(failed)} failed${skips}${tries}\n`);
  }
}

function describeTries({ relativeModuleId }: TestModule, test: TestCase): string {
  const [before] = test.result().errors ?? [];
  const [what = 'no error was kept'] = before?.message.split('\n') ?? [];
  return `${relativeModuleId}: ${test.fullName}: ${what}`;
}
