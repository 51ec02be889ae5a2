/** What is wrong with the dataset's rows and files; none of it stops a run. */
import { Card, Group, Modal, Button, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useState } from 'react';
import type { DatasetSummary } from '../../../../shared/sample.ts';
import { counted } from '../../components/numbers.ts';
import { ProblemList } from '../../components/problem-list.tsx';

export function ProblemsCard({ summary: { problems, problemCount } }: Readonly<{ summary: DatasetSummary }>) {
  const [opened, setOpened] = useState(false);
  const first = problems[0];
  return (
    <Card withBorder padding="md" component="section" aria-label="Problems">
      <Group justify="space-between" wrap="nowrap">
        <Group gap="xs" wrap="nowrap">
          {problemCount === 0 ? (
            <IconCircleCheck size={20} color="var(--mantine-color-teal-text)" aria-hidden="true" />
          ) : (
            <IconAlertTriangle size={20} color="var(--mantine-color-orange-text)" aria-hidden="true" />
          )}
          <Title order={2} size="h5">
            {problemCount === 0 ? 'No problems' : counted(problemCount, 'problem')}
          </Title>
        </Group>
        {problemCount === 0 ? null : (
          <Button size="compact-sm" variant="light" onClick={() => setOpened(true)}>
            Show all
          </Button>
        )}
      </Group>
      {first === undefined ? null : (
        <Text size="sm" mt="xs" lineClamp={3}>
          {first.file}
          {first.row === null ? '' : `, row ${String(first.row)}`}: {first.failure.message}
        </Text>
      )}
      <Modal opened={opened} onClose={() => setOpened(false)} title={counted(problemCount, 'problem')} size="xl">
        <ProblemList problems={problems} total={problemCount} />
      </Modal>
    </Card>
  );
}
