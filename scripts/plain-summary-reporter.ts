/**
 * Ends a test run with each skipped test and its reason, each test that passed only when it was tried again and what
 * went wrong before, each that failed, and one plain line: `N passed, N failed, N skipped, N at the second try`.
 * A file that could not be loaded and an error outside any test count as failed. With `-t`, the tests that it leaves out
 * are counted and not named.
 */
import type { Reporter, SerializedError, TestCase, TestModule, Vitest } from 'vitest/node';

export default class PlainSummaryReporter implements Reporter {
  private byName = false;

  onInit(vitest: Vitest): void {
    this.byName = vitest.config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    let passed = 0;
    const failures = unhandledErrors.map((error) => `outside any test: ${firstLine(error.message)}`);
    const skipped: string[] = [];
    const triedAgain: string[] = [];
    for (const module of modules) {
      const before = failures.length;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') {
          passed += 1;
          if ((test.diagnostic()?.retryCount ?? 0) > 0) triedAgain.push(describeTries(module, test));
        } else if (result.state === 'skipped') {
          // Groups that are skipped as a whole say why in their titles.
          const reason = result.note ?? (module.state() === 'failed' ? 'something before it failed' : null);
          skipped.push([module.relativeModuleId, test.fullName, ...(reason === null ? [] : [reason])].join(': '));
        } else failures.push(describeTries(module, test));
      }
      if (failures.length === before && module.state() === 'failed') {
        failures.push(`${module.relativeModuleId}: ${firstLine(module.errors()[0]?.message)}`);
      }
    }
    for (const line of this.byName ? [] : skipped) process.stdout.write(`skipped: ${line}\n`);
    for (const line of triedAgain) process.stdout.write(`second try: ${line}\n`);
    for (const line of failures) process.stdout.write(`failed: ${line}\n`);
    const skips = skipped.length === 0 ? '' : `, ${String(skipped.length)} skipped`;
    const tries = triedAgain.length === 0 ? '' : `, ${String(triedAgain.length)} at the second try`;
    process.stdout.write(`${String(passed)} passed, ${String(failures.length)} failed${skips}${tries}\n`);
  }
}

function describeTries({ relativeModuleId }: TestModule, test: TestCase): string {
  return `${relativeModuleId}: ${test.fullName}: ${firstLine(test.result().errors?.[0]?.message)}`;
}

function firstLine(message: string | undefined): string {
  return message?.split('\n')[0] ?? 'no error was kept';
}
