/** Typed failures in tests: the failure itself for a closer look; anything else that is thrown fails the test. */
import { expect } from 'vitest';
import { failureOf, type Failure, type FailureKind } from '../../src/shared/failure.ts';

export async function expectFailure(action: () => unknown, kind: FailureKind): Promise<Failure> {
  let thrown: unknown;
  try {
    await action();
  } catch (error) {
    thrown = error;
  }
  const failure = failureOf(thrown);
  if (failure === undefined) {
    if (thrown instanceof Error) throw thrown;
    return expect.fail(`expected a failure of kind ${kind}, but nothing failed`);
  }
  expect(failure.kind, failure.message).toBe(kind);
  return failure;
}
