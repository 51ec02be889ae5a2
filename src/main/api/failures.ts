/**
 * Turns what a service throws into what travels to a face: a typed failure becomes the contract's FAILURE with
 * its data, a request that the schemas refuse becomes FAILURE `wrong-usage` (a run's setting: `invalid-settings`), and anything else is a bug, which is
 * logged here and travels without its details.
 */
import { ORPCError } from '@orpc/server';
import { z } from 'zod';
import type { Failure } from '../../shared/failure.ts';
import { failureOf, failureSchema } from '../../shared/failure.ts';
import { settingDefinitions } from '../../shared/run-settings.ts';

/** Receives the bugs; standard error by default. */
export type BugLog = (error: unknown) => void;

const failureStatus = 422;

const refusedInput = z.object({
  issues: z.array(z.object({ message: z.string(), path: z.array(z.union([z.string(), z.number()])).optional() })),
});

function asFailure(failure: Failure): ORPCError<'FAILURE', Failure> {
  return new ORPCError('FAILURE', { status: failureStatus, message: failure.message, data: failure });
}

/** The error that a face receives for whatever was thrown. */
export function toTypedError(error: unknown, logBug: BugLog): ORPCError<string, unknown> {
  const failure = failureOf(error);
  if (failure !== undefined) return asFailure(failure);
  if (error instanceof ORPCError) {
    if (error.code === 'FAILURE' && failureSchema.safeParse(error.data).success) return error;
    const refused = error.code === 'BAD_REQUEST' ? refusedInput.safeParse(error.data) : undefined;
    if (refused?.success === true) {
      return asFailure(refusalOf(refused.data.issues[0] ?? { message: 'unknown reason' }));
    }
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return asFailure({ kind: 'cancelled', message: 'The request was cancelled.' });
  }
  logBug(error);
  return new ORPCError('INTERNAL_SERVER_ERROR', {
    message: 'Penumbra met an internal error; its log has the details.',
  });
}

/** Messages of the settings' own schemas are what was expected. */
function refusalOf({ message, path = [] }: z.infer<typeof refusedInput>['issues'][number]): Failure {
  const place = path.join('.');
  const setting = settingDefinitions.find(({ name }) => path.includes(name));
  if (setting !== undefined) {
    return { kind: 'invalid-settings', message: `${setting.label}: not a value of it.`, place, expected: message };
  }
  return {
    kind: 'wrong-usage',
    message: `The request is not valid: ${message}.`,
    ...(place === '' ? {} : { place }),
  };
}

/** The same for a stream: what is thrown between two events. */
export async function* withTypedErrors<T>(events: AsyncIterable<T>, logBug: BugLog): AsyncGenerator<T, void, void> {
  try {
    yield* events;
  } catch (error) {
    throw toTypedError(error, logBug);
  }
}
