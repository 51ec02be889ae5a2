import { describe, expect, it } from 'vitest';
import { createTaskRegistry, type TaskChange, type TaskWork } from '../../src/main/runs/tasks.ts';
import { fail } from '../../src/shared/failure.ts';
import { expectFailure } from '../support/expect-failure.ts';

const registryOfTest = () => {
  const bugs: unknown[] = [];
  const tasks = createTaskRegistry((error) => bugs.push(error));
  return { bugs, tasks };
};

/** Ends when the signal aborts, after some clearing up of its own. */
const untilCancelled =
  (cleared: string[]): TaskWork =>
  async (_report, signal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    cleared.push('cleared');
    return fail('cancelled', 'The work was cancelled.');
  };

const settled = async (tasks: ReturnType<typeof createTaskRegistry>, taskId: string) => {
  for (;;) {
    const task = tasks.list().find((each) => each.taskId === taskId);
    if (task?.status !== 'running') return task;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

describe('tasks', () => {
  it('a task runs, reports, and keeps its result', async () => {
    const { tasks } = registryOfTest();
    const changes: TaskChange[] = [];
    tasks.onChange((change) => changes.push(change));
    const started = tasks.start('pack', 'Pack a run', async (report) => {
      report({ phase: 'writing', done: 3, total: 10 });
      await Promise.resolve();
      return { path: '/somewhere' };
    });
    expect(started).toMatchObject({ status: 'running', title: 'Pack a run', endedAt: null });
    const ended = await settled(tasks, started.taskId);
    expect(ended).toMatchObject({ status: 'done', phase: 'writing', done: 3, result: { path: '/somewhere' } });
    expect(ended?.endedAt).not.toBeNull();
    const statuses = changes.map((change) => (change.kind === 'changed' ? change.task.status : change.kind));
    expect(statuses.at(0)).toBe('running');
    expect(statuses.at(-1)).toBe('done');
  });

  it('whoever waits for one gets what it made, its failure, or hears that it was cancelled', async () => {
    const { tasks } = registryOfTest();
    const summary = (value: number) => ({ summary: `made ${value}` });
    expect(await tasks.waitFor('scoring', 'Make', () => Promise.resolve(7), summary)).toBe(7);
    expect(tasks.list()[0]).toMatchObject({ status: 'done', result: { summary: 'made 7' } });
    const failing = () => tasks.waitFor('scoring', 'Fail', () => fail('disk-full', 'No room.'), summary);
    await expectFailure(failing, 'disk-full');
    const gone = new AbortController();
    const cleared: string[] = [];
    const waiting = tasks.waitFor('scoring', 'Wait', untilCancelled(cleared), () => null, gone.signal);
    gone.abort();
    await expectFailure(() => waiting, 'cancelled');
    expect(tasks.list()[0]).toMatchObject({ title: 'Wait', status: 'cancelled' });
  });

  it('progress reaches listeners at most five times a second, and the last word always does', async () => {
    const { tasks } = registryOfTest();
    let told = 0;
    tasks.onChange(() => (told += 1));
    const { taskId } = tasks.start('pack', 'Many reports', async (report) => {
      for (let done = 1; done <= 500; done += 1) {
        report({ done });
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      return null;
    });
    const startedAt = performance.now();
    const task = await settled(tasks, taskId);
    const seconds = (performance.now() - startedAt) / 1000;
    expect(task?.done).toBe(500);
    // Start and end are told beside the progress.
    expect(told).toBeLessThanOrEqual(Math.ceil(seconds * 5) + 3);
    expect(told).toBeGreaterThan(2);
  });

  it('a typed failure stays typed; anything else is logged and hidden', async () => {
    const { tasks, bugs } = registryOfTest();
    const refused = tasks.start('model-import', 'Refused', () => fail('disk-full', 'No space.', { file: '/x' }));
    const broken = tasks.start('model-import', 'Broken', () => Promise.reject(new Error('secret detail')));
    expect((await settled(tasks, refused.taskId))?.failure).toEqual({
      kind: 'disk-full',
      message: 'No space.',
      file: '/x',
    });
    const bug = await settled(tasks, broken.taskId);
    expect(bug?.status).toBe('failed');
    expect(JSON.stringify(bug)).not.toContain('secret');
    expect(bugs).toHaveLength(1);
  });

  it('cancel resolves once the work has cleared up', async () => {
    const { tasks } = registryOfTest();
    const cleared: string[] = [];
    const { taskId } = tasks.start('model-import', 'Long', untilCancelled(cleared));
    await Promise.resolve();
    const task = await tasks.cancel(taskId);
    expect(task).toMatchObject({ status: 'cancelled', failure: null });
    expect(cleared).toEqual(['cleared']);
    // Again: it stays as it is.
    expect(await tasks.cancel(taskId)).toEqual(task);
  });

  it('only ended tasks can be dismissed', async () => {
    const { tasks } = registryOfTest();
    const { taskId } = tasks.start('pack', 'Long', untilCancelled([]));
    await expectFailure(async () => tasks.dismiss(taskId), 'wrong-usage');
    await tasks.cancel(taskId);
    tasks.dismiss(taskId);
    expect(tasks.list()).toEqual([]);
    await expectFailure(async () => tasks.dismiss(taskId), 'not-found');
  });

  it('keeps the last fifty that ended, newest first, and all that run', async () => {
    const { tasks } = registryOfTest();
    const running = tasks.start('pack', 'running', untilCancelled([]));
    for (let index = 0; index < 60; index += 1) {
      await settled(tasks, tasks.start('pack', String(index), () => Promise.resolve(null)).taskId);
    }
    const titles = tasks.list().map(({ title }) => title);
    expect(titles).toEqual([...Array.from({ length: 50 }, (_, index) => String(59 - index)), 'running']);
    await tasks.cancel(running.taskId);
  });

  it('close cancels what runs, waits for it, and lets nothing start', async () => {
    const { tasks } = registryOfTest();
    const cleared: string[] = [];
    tasks.start('pack', 'one', untilCancelled(cleared));
    tasks.start('pack', 'two', untilCancelled(cleared));
    await Promise.resolve();
    await tasks.close();
    expect(cleared).toHaveLength(2);
    expect(tasks.list().map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
    await expectFailure(async () => tasks.start('pack', 'late', () => Promise.resolve(null)), 'cancelled');
  });
});
