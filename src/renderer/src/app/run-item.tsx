/** A run under way, in the tray: how far it is and the way to it. */
import { Anchor, Group, Progress, Stack, Text } from '@mantine/core';
import type { RunSummary } from '../../../shared/run.ts';
import { answeredCount, useRunProgress } from '../api/run-progress.ts';
import { count, counted, duration } from '../components/numbers.ts';
import { runTitle } from '../features/run/run-title.ts';
import { formatRoute } from '../routing/route.ts';

export function RunItem({ run }: Readonly<{ run: RunSummary }>) {
  const live = useRunProgress(run.runId);
  const done = answeredCount(run, live);
  const planned = live?.planned ?? run.planned;
  const left = live?.secondsLeft ?? null;
  const title = runTitle(run);
  return (
    <Stack gap={4}>
      <Anchor href={formatRoute({ page: 'run', runId: run.runId, tab: 'overview' })} fw={550} size="sm">
        {title}
      </Anchor>
      <Progress value={(100 * done) / Math.max(1, planned)} size="sm" aria-label={`Progress of ${title}`} />
      <Group justify="space-between">
        <Text size="xs" c="dimmed">
          {count(done)} of {counted(planned, 'question')}
        </Text>
        {left === null ? null : (
          <Text size="xs" c="dimmed">
            {duration(left)} left
          </Text>
        )}
      </Group>
    </Stack>
  );
}
