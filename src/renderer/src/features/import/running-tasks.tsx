/** Tasks of a kind that are under way, for the dialog that waits for one; closing the dialog leaves them to the header. */
import { Stack, Text } from '@mantine/core';
import type { TaskKind } from '../../../../shared/task.ts';
import { useTasks } from '../../app/use-tasks.ts';
import { RunningTask } from '../../components/task-item.tsx';

export function RunningTasks({ kind }: Readonly<{ kind: TaskKind }>) {
  const running = useTasks().filter((task) => task.kind === kind && task.status === 'running');
  if (running.length === 0) return null;
  return (
    <Stack gap="xs">
      {running.map((task) => (
        <RunningTask task={task} key={task.taskId} />
      ))}
      <Text size="xs" c="dimmed">
        It goes on when you close this; the header shows it under tasks.
      </Text>
    </Stack>
  );
}
