/** What would happen: runs, questions, memory, time, duplicates, warnings; and the button that starts it. */
import { Alert, Anchor, Button, Card, Group, List, Loader, ScrollArea, Stack, Table, Text, Title } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import type { RunPlan } from '../../../../shared/contract/runs.ts';
import type { Failure } from '../../../../shared/failure.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { bytes, count, counted, duration } from '../../components/numbers.ts';
import { formatRoute } from '../../routing/route.ts';

export type PlanPanelProps = Readonly<{
  /** Null while something is missing; `missing` says what. */
  plans: readonly RunPlan[] | null;
  missing: string | null;
  failure: Failure | null;
  isPlanning: boolean;
  /** What is shown is the plan of an earlier state of the form. */
  isOutdated: boolean;
  isStarting: boolean;
  onStart: () => void;
}>;

export function PlanPanel({ plans, missing, failure, isPlanning, isOutdated, isStarting, onStart }: PlanPanelProps) {
  const canStart = plans !== null && plans.length > 0 && failure === null && missing === null && !isOutdated;
  return (
    <Card withBorder component="section" aria-label="Plan">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          Plan
        </Title>
        {isPlanning ? <Loader size="xs" role="status" aria-label="Planning" /> : null}
      </Group>
      <Stack gap="sm">
        {missing === null ? null : <Text size="sm">{missing}</Text>}
        {failure === null ? null : <FailureAlert failure={failure} />}
        {plans === null || failure !== null || missing !== null ? null : <Plans plans={plans} />}
        <Button
          size="md"
          leftSection={<IconPlayerPlay size={18} />}
          disabled={!canStart}
          loading={isStarting}
          onClick={onStart}
        >
          {plans === null || plans.length <= 1 ? 'Start 1 run' : `Queue ${counted(plans.length, 'run')}`}
        </Button>
      </Stack>
    </Card>
  );
}

function Plans({ plans }: Readonly<{ plans: readonly RunPlan[] }>) {
  const [first] = plans;
  if (first === undefined) return null;
  const known = plans.filter(({ secondsExpected }) => secondsExpected !== null);
  const seconds = plans.reduce((sum, { secondsExpected }) => sum + (secondsExpected ?? 0), 0);
  const memory = Math.max(...plans.map(({ memoryBytes }) => memoryBytes ?? 0));
  const same = plans.filter(({ sameAsRunId }) => sameAsRunId !== null);
  const figures: readonly (readonly [string, string])[] = [
    ['Runs', count(plans.length)],
    [
      plans.length === 1 ? 'Questions' : 'Questions each',
      `${count(first.questionCount)}${first.rowsWithoutImage === 0 ? '' : ` (${counted(first.rowsWithoutImage, 'row')} without image left out)`}`,
    ],
    ['Memory', memory === 0 ? 'unknown' : `about ${bytes(memory)}`],
    [
      'Time',
      known.length === 0
        ? 'unknown: this machine has not run the model yet'
        : `about ${duration(seconds)}${known.length < plans.length ? `, for ${String(known.length)} of the runs` : ''}`,
    ],
  ];
  return (
    <>
      <Table variant="vertical" layout="fixed" fz="sm" verticalSpacing={4}>
        <Table.Tbody>
          {figures.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th w={120}>{name}</Table.Th>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Warnings plans={plans} />
      {same.length === 0 ? null : (
        <Alert color="yellow" variant="light" title={same.length === 1 ? 'Done before' : 'Some were done before'}>
          <List size="sm">
            {same.slice(0, 6).map(({ label, sameAsRunId }) => (
              <List.Item key={label}>
                {label}:{' '}
                <Anchor
                  size="sm"
                  href={formatRoute({ page: 'run', runId: sameAsRunId ?? '', tab: 'overview' })}
                  underline="always"
                >
                  the finished run
                </Anchor>
              </List.Item>
            ))}
          </List>
          {same.length > 6 ? <Text size="sm">and {count(same.length - 6)} more</Text> : null}
        </Alert>
      )}
      {plans.length === 1 ? null : (
        <ScrollArea.Autosize mah={260} type="auto" viewportProps={{ tabIndex: 0, 'aria-label': 'Runs of the grid' }}>
          <List size="sm" type="ordered" spacing={2} pr="sm" withPadding>
            {plans.map(({ label }, index) => (
              <List.Item key={`${String(index)} ${label}`}>{label}</List.Item>
            ))}
          </List>
        </ScrollArea.Autosize>
      )}
    </>
  );
}

function Warnings({ plans }: Readonly<{ plans: readonly RunPlan[] }>) {
  const counts = new Map<string, number>();
  for (const { warnings } of plans) for (const text of warnings) counts.set(text, (counts.get(text) ?? 0) + 1);
  if (counts.size === 0) return null;
  return (
    <Alert color="orange" variant="light" title="Before you start">
      <List size="sm">
        {[...counts].map(([text, times]) => (
          <List.Item key={text}>
            {text}
            {times === plans.length ? '' : ` (${counted(times, 'run')})`}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
