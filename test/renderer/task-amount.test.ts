import { describe, expect, it } from 'vitest';
import { taskAmount } from '../../src/renderer/src/components/task-amount.ts';

describe('the amount of a task', () => {
  it.each([
    [{ done: 1_200_000_000, total: 4_400_000_000, unit: 'bytes' }, '1.2 GB of 4.4 GB'],
    [{ done: 12, total: 40_000, unit: 'questions' }, '12 of 40,000 questions'],
    [{ done: 0, total: 0, unit: 'rows' }, ''],
  ] as const)('%o: %s', (task, text) => {
    expect(taskAmount(task)).toBe(text);
  });
});
