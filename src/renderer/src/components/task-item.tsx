/** A task with its progress, or with what came of it; it can be cancelled while it runs and dismissed afterwards. */
import { ActionIcon, Anchor, Button, Group, Progress, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconBan, IconCheck, IconX } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Task } from '../../../shared/task.ts';
import { api } from '../api/queries.ts';
import { formatRoute } from '../routing/route.ts';
import { showFailure } from './failure-notice.ts';
import { duration } from './numbers.ts';
import { taskAmount } from './task-amount.ts';

export function TaskItem({ task }: Readonly<{ task: Task }>) {
  return task.status === 'running' ? <RunningTask task={task} /> : <EndedTask task={task} />;
}

export function RunningTask({ task }: Readonly<{ task: Task }>) {
  const queries = useQueryClient();
  const cancel = useMutation({
    ...api.tasks.cancel.mutationOptions(),
    onError: showFailure,
    onSettled: () => queries.invalidateQueries({ queryKey: api.tasks.key() }),
  });
  const { title, done, total, phase, secondsLeft, taskId } = task;
  const known = total > 0 && done < total;
  return (
    <Stack gap={4}>
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" fw={550} truncate>
          {title}
        </Text>
        <Button
          size="compact-xs"
          variant="default"
          loading={cancel.isPending}
          aria-label={`Cancel: ${title}`}
          onClick={() => cancel.mutate({ taskId })}
        >
          Cancel
        </Button>
      </Group>
      <Progress
        value={known ? (100 * done) / total : 100}
        striped={!known}
        animated={!known}
        size="sm"
        aria-label={`Progress of ${title}`}
      />
      <Group justify="space-between">
        <Text size="xs" c="dimmed">
          {phase}
          {known ? ` · ${taskAmount(task)}` : ''}
        </Text>
        {secondsLeft === null || !known ? null : (
          <Text size="xs" c="dimmed">
            {duration(secondsLeft)} left
          </Text>
        )}
      </Group>
    </Stack>
  );
}

const endings = {
  done: { icon: IconCheck, colour: 'teal', word: 'done' },
  failed: { icon: IconAlertTriangle, colour: 'red', word: 'failed' },
  cancelled: { icon: IconBan, colour: 'gray', word: 'cancelled' },
  running: { icon: IconCheck, colour: 'violet', word: 'running' },
} as const;

function EndedTask({ task }: Readonly<{ task: Task }>) {
  const queries = useQueryClient();
  const dismiss = useMutation({
    ...api.tasks.dismiss.mutationOptions(),
    onError: showFailure,
    onSettled: () => queries.invalidateQueries({ queryKey: api.tasks.key() }),
  });
  const { title, status, failure, result, taskId } = task;
  const { icon: Icon, colour, word } = endings[status];
  const said = failure?.message ?? result?.summary ?? null;
  const goal = resultLink(result);
  return (
    <Group wrap="nowrap" align="flex-start" gap="xs">
      <Icon size={18} color={`var(--mantine-color-${colour}-filled)`} aria-hidden="true" style={{ flexShrink: 0 }} />
      <Stack gap={2} flex={1} miw={0}>
        <Text size="sm" fw={550} style={{ overflowWrap: 'anywhere' }}>
          {title}: {word}
        </Text>
        {said === null ? null : (
          <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {said}
            {failure?.action === undefined ? '' : ` ${failure.action}`}
          </Text>
        )}
        {goal === null ? null : (
          <Anchor size="xs" href={goal.href}>
            {goal.label}
          </Anchor>
        )}
      </Stack>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="sm"
        aria-label={`Dismiss: ${title}`}
        onClick={() => dismiss.mutate({ taskId })}
      >
        <IconX size={14} />
      </ActionIcon>
    </Group>
  );
}

function resultLink(result: Task['result']): Readonly<{ href: string; label: string }> | null {
  if (result?.runId !== undefined) {
    return { href: formatRoute({ page: 'run', runId: result.runId, tab: 'overview' }), label: 'Open the run' };
  }
  if (result?.downloadId !== undefined) return { href: `download/${result.downloadId}`, label: 'Download' };
  if (result?.modelFingerprint !== undefined) return { href: formatRoute({ page: 'models' }), label: 'See the model' };
  return null;
}
