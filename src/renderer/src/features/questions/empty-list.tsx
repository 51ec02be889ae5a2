/** A list without questions: why, and what to do. */
import { Button, Card, Stack, Text, Title } from '@mantine/core';
import type { RunStatus } from '../../../../shared/run.ts';

export type EmptyListProps = Readonly<{ hasFilter: boolean; status: RunStatus | null; onClear: () => void }>;

export function EmptyList({ hasFilter, status, onClear }: EmptyListProps) {
  const [title, text] = hasFilter
    ? [
        'Nothing matches',
        'No question of this run passes the whole filter. Take a part of it away above, or all of it.',
      ]
    : status === 'running'
      ? ['No answers yet', 'Questions appear here as they are answered.']
      : ['No answers', 'This run ended before its first question was answered. Resume it above, or start another.'];
  return (
    <Card withBorder padding="xl">
      <Stack gap="xs" align="flex-start">
        <Title order={2} size="h4">
          {title}
        </Title>
        <Text>{text}</Text>
        {hasFilter ? (
          <Button variant="default" onClick={onClear}>
            Clear the filter
          </Button>
        ) : null}
      </Stack>
    </Card>
  );
}
