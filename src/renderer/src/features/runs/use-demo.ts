/** The demo in one click: its model is prepared once (a second or two), then the run starts and its page opens. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { PenumbraFailure } from '../../../../shared/failure.ts';
import type { Task } from '../../../../shared/task.ts';
import { client } from '../../api/client.ts';
import { api } from '../../api/queries.ts';
import { navigate } from '../../routing/use-route.ts';

/** How often the task of the import is looked at. */
const lookMs = 300;

export function useDemo() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      const ended = await endOf(await client.models.startDemoImport());
      if (ended.failure !== null) throw new PenumbraFailure(ended.failure);
      return client.runs.startDemo();
    },
    onSuccess: async ({ runId }) => {
      navigate({ page: 'run', runId, tab: 'overview' });
      await queries.invalidateQueries({ queryKey: api.runs.key() });
    },
  });
}

async function endOf(started: Task): Promise<Task> {
  let task: Task | undefined = started;
  while (task?.status === 'running') {
    await new Promise((resolve) => setTimeout(resolve, lookMs));
    const { tasks } = await client.tasks.list();
    task = tasks.find(({ taskId }) => taskId === started.taskId);
  }
  return task ?? started;
}
