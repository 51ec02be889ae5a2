/** A typed failure as text for people: the message, then where, what was expected and what to do. */
import type { Failure } from '../../../shared/failure.ts';
import { printableLine } from './printable.ts';

export function failureText(failure: Failure): string {
  const details: readonly (readonly [string, string | undefined])[] = [
    ['file', failure.file],
    ['place', failure.place],
    ['expected', failure.expected],
    ['found', failure.found],
    ['action', failure.action],
  ];
  const lines = details.flatMap(([name, value]) =>
    value === undefined ? [] : [`  ${`${name}:`.padEnd(10)}${printableLine(value)}`],
  );
  return [`error: ${printableLine(failure.message)}`, ...lines].join('\n');
}
