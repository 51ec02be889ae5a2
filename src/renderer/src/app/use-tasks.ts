/** Long work of the core, newest first; live events keep it fresh. */
import { useQuery } from '@tanstack/react-query';
import type { Task } from '../../../shared/task.ts';
import { api } from '../api/queries.ts';

const none: readonly Task[] = [];

export function useTasks(): readonly Task[] {
  return useQuery(api.tasks.list.queryOptions()).data?.tasks ?? none;
}

/** One task, however long it has been known; undefined before it is. */
export function useTask(taskId: string | null): Task | undefined {
  return useTasks().find((task) => task.taskId === taskId);
}
