/** How far a task is, in words. */
import type { Task } from '../../../shared/task.ts';
import { bytes, count } from './numbers.ts';

/** `1.2 GB of 4.4 GB`, `12 of 40 questions`; empty while nothing is known. */
export function taskAmount({ done, total, unit }: Pick<Task, 'done' | 'total' | 'unit'>): string {
  if (total === 0) return '';
  return unit === 'bytes' ? `${bytes(done)} of ${bytes(total)}` : `${count(done)} of ${count(total)} ${unit}`;
}
