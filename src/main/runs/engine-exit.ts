/** Why an engine process ended, as a typed failure. */
import type { Failure } from '../../shared/failure.ts';
import type { EngineExit } from './engine-host.ts';

const memoryWords = /out of memory|bad_alloc|heap limit|cannot allocate memory/i;

/**
 * The failure of an exit that nobody here asked for. Linux's out-of-memory killer sends SIGKILL, and nothing else
 * on a healthy machine does.
 */
export function failureOfExit({ code, signal, errorTail }: EngineExit): Failure {
  const how = signal === null ? `exit code ${String(code)}` : `signal ${signal}`;
  const lastWords = errorTail.split('\n').at(-1) ?? '';
  const found = lastWords === '' ? how : `${how}: ${lastWords}`;
  const saysSo = memoryWords.test(errorTail);
  if (signal === 'SIGKILL' || saysSo) {
    return {
      kind: 'out-of-memory',
      message: saysSo
        ? 'The engine ran out of memory.'
        : 'The engine was killed, as the system does where memory runs out.',
      found,
      action: 'use a smaller batch size, a lower precision, or a machine with more memory',
    };
  }
  return {
    kind: 'engine-crashed',
    message: 'The engine ended unexpectedly.',
    found,
    action: 'resume the run; if it happens again, try another device',
  };
}

/** Kinds after which the same questions are worth another attempt, in smaller batches. */
export function isWorthRetrying({ kind }: Failure): boolean {
  return kind === 'engine-crashed' || kind === 'out-of-memory' || kind === 'device-lost';
}
