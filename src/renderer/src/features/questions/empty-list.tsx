/** A list without questions: why, and what to do. */
import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import type { RunStatus } from '../../../../shared/run.ts';
import type { FilterChip } from './filter-chips.ts';

export type EmptyListProps = Readonly<{
  /** What the filter says; its text search is no chip. */
  chips: readonly FilterChip[];
  hasFilter: boolean;
  status: RunStatus | null;
  onRemove: (chip: FilterChip) => void;
  onClear: () => void;
}>;

export function EmptyList({ chips, hasFilter, status, onRemove, onClear }: EmptyListProps) {
  const [title, text] = hasFilter
    ? ['Nothing matches', 'No question of this run passes the whole filter. Take a part of it away, or all of it.']
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
          <Group gap="xs">
            {chips.length < 2
              ? null
              : chips.map((chip) => (
                  <Button key={chip.key} variant="default" size="compact-md" onClick={() => onRemove(chip)}>
                    Without {chip.label}
                  </Button>
                ))}
            <Button size="compact-md" onClick={onClear}>
              Clear the filter
            </Button>
          </Group>
        ) : null}
      </Stack>
    </Card>
  );
}
