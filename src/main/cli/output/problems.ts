/** Problems of a dataset or prediction file, for people: the first few, and how many more there are. */
import type { Failure } from '../../../shared/failure.ts';
import type { DatasetProblem } from '../../../shared/sample.ts';
import { count } from './numbers.ts';
import { printableLine } from './printable.ts';

const shownProblems = 20;

/** @param total how many there are in all; `problems` may hold fewer */
export function problemLines(problems: readonly DatasetProblem[], total: number): string[] {
  if (total === 0) return [];
  const lines = problems.slice(0, shownProblems).map(({ file, row, failure }) => {
    const place = row === null ? file : `${file}:${String(row)}`;
    return `  ${printableLine(`${place}: ${withoutPlace(failure, row)}`)}`;
  });
  const rest = total - lines.length;
  return [
    `Problems: ${count(total)}`,
    ...lines,
    ...(rest > 0 ? [`  and ${count(rest)} more (--json lists them)`] : []),
  ];
}

/** The message without the `FILE, line N: ` that each of its sentences begins with: the line says so already. */
function withoutPlace({ message, file, place, action }: Failure, row: number | null): string {
  const what = action === undefined ? message : `${message} ${action}`;
  if (file === undefined || place === undefined) return what;
  const isRow = row !== null && (place === `line ${row}` || place === `row ${row}`);
  return what.replaceAll(`${file}, ${place}: `, isRow ? '' : `${place}: `);
}
