/** What is going on, in the header: tasks and runs under way with their progress, and what has ended. */
import { ActionIcon, Button, Divider, Indicator, Popover, ScrollArea, Stack, Text } from '@mantine/core';
import { IconActivity } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { client } from '../api/client.ts';
import { api } from '../api/queries.ts';
import { showFailure } from '../components/failure-notice.ts';
import { counted } from '../components/numbers.ts';
import { TaskItem } from '../components/task-item.tsx';
import { RunItem } from './run-item.tsx';
import { useRecentRuns } from './use-recent-runs.ts';
import { useTasks } from './use-tasks.ts';

export function TaskTray() {
  const [opened, setOpened] = useState(false);
  const tasks = useTasks();
  const runs = useRecentRuns().filter(({ status }) => status === 'running');
  const ended = tasks.filter(({ status }) => status !== 'running');
  const underWay = runs.length + tasks.length - ended.length;
  const label = underWay === 0 ? 'Tasks: nothing is under way' : `Tasks: ${String(underWay)} under way`;
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={380} shadow="md" trapFocus returnFocus>
      <Indicator label={underWay} disabled={underWay === 0} size={16} offset={4} processing={underWay > 0}>
        <Popover.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={label}
            title={label}
            onClick={() => setOpened((was) => !was)}
          >
            <IconActivity size={18} />
          </ActionIcon>
        </Popover.Target>
      </Indicator>
      <Popover.Dropdown p={0} aria-label="Tasks and runs under way">
        <ScrollArea.Autosize mah={480} p="md">
          <Stack gap="md">
            {runs.map((run) => (
              <RunItem run={run} key={run.runId} />
            ))}
            {tasks.map((task) => (
              <TaskItem task={task} key={task.taskId} />
            ))}
            {runs.length + tasks.length === 0 ? (
              <Text size="sm" c="dimmed">
                Nothing is under way. Imports, checks, packing and runs show their progress here.
              </Text>
            ) : null}
          </Stack>
        </ScrollArea.Autosize>
        {ended.length === 0 ? null : <DismissAll taskIds={ended.map(({ taskId }) => taskId)} />}
      </Popover.Dropdown>
    </Popover>
  );
}

function DismissAll({ taskIds }: Readonly<{ taskIds: readonly string[] }>) {
  const queries = useQueryClient();
  const dismiss = useMutation({
    mutationFn: () => Promise.all(taskIds.map((taskId) => client.tasks.dismiss({ taskId }))),
    onError: showFailure,
    onSettled: () => queries.invalidateQueries({ queryKey: api.tasks.key() }),
  });
  return (
    <>
      <Divider />
      <Button
        variant="subtle"
        size="compact-sm"
        fullWidth
        radius={0}
        loading={dismiss.isPending}
        onClick={() => dismiss.mutate()}
      >
        Clear {counted(taskIds.length, 'ended task')}
      </Button>
    </>
  );
}
