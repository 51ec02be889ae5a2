/** The list of runs, newest first. */
import { Anchor, Badge, Card, Code, Container, Group, Progress, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { RunStatus, RunSummary } from '../../../../shared/run.ts';
import { client } from '../../api/client.ts';
import { count, dateTime, percent } from '../../components/numbers.ts';
import { QueryGate } from '../../components/query-gate.tsx';
import { rowLink } from '../../components/row-link.ts';
import { formatRoute } from '../../routing/route.ts';
import { runTitle } from '../run/run-title.ts';

const pageSize = 200;

const statusColours: Readonly<Record<RunStatus, string>> = {
  running: 'violet',
  paused: 'yellow',
  interrupted: 'orange',
  finished: 'teal',
  failed: 'red',
};

export default function RunsPage() {
  const query = useQuery({
    queryKey: ['runs'],
    queryFn: () => client.runs.list({ limit: pageSize }),
    refetchInterval: ({ state }) =>
      state.data?.runs.some(({ status }) => status === 'running') === true ? 1000 : 10_000,
  });
  return (
    <Container size="xl" py="lg">
      <Title order={2} mb="md">
        Runs
      </Title>
      <QueryGate query={query}>
        {({ runs, total }) => (runs.length === 0 ? <NoRuns /> : <RunTable runs={runs} total={total} />)}
      </QueryGate>
    </Container>
  );
}

function RunTable({ runs, total }: Readonly<{ runs: readonly RunSummary[]; total: number }>) {
  return (
    <Card withBorder padding={0}>
      <Table highlightOnHover verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Run</Table.Th>
            <Table.Th>Model</Table.Th>
            <Table.Th>Dataset</Table.Th>
            <Table.Th>Status</Table.Th>
            <Table.Th ta="right">Questions</Table.Th>
            <Table.Th ta="right">Accuracy</Table.Th>
            <Table.Th ta="right">AR steps</Table.Th>
            <Table.Th>Created</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {runs.map((run) => (
            <RunRow run={run} key={run.runId} />
          ))}
        </Table.Tbody>
      </Table>
      {total > runs.length ? (
        <Text size="sm" c="dimmed" p="md">
          The newest {count(runs.length)} of {count(total)} runs.
        </Text>
      ) : null}
    </Card>
  );
}

function RunRow({ run }: Readonly<{ run: RunSummary }>) {
  const href = formatRoute({ page: 'run', runId: run.runId, tab: 'overview' });
  return (
    <Table.Tr {...rowLink(href)}>
      <Table.Td>
        <Anchor href={href} fw={550}>
          {runTitle(run)}
        </Anchor>
        <Text size="xs" c="dimmed" ff="monospace">
          {run.runId}
        </Text>
      </Table.Td>
      <Table.Td>{run.modelName ?? '–'}</Table.Td>
      <Table.Td>{run.datasetPath?.split(/[\\/]/).findLast(Boolean) ?? '–'}</Table.Td>
      <Table.Td>
        <Badge color={statusColours[run.status]} variant="light" radius="sm">
          {run.status}
        </Badge>
        {run.status === 'running' ? (
          <Progress value={(100 * run.total) / Math.max(1, run.planned)} size="xs" mt={6} />
        ) : null}
      </Table.Td>
      <Table.Td ta="right">
        {run.total === run.planned ? count(run.total) : `${count(run.total)} / ${count(run.planned)}`}
      </Table.Td>
      <Table.Td ta="right">
        {percent(run.accuracy)}
        <Text size="xs" c="dimmed">
          {run.scorer}
        </Text>
      </Table.Td>
      <Table.Td ta="right">{run.arStepsMean?.toFixed(2) ?? '–'}</Table.Td>
      <Table.Td>{dateTime(run.createdAt)}</Table.Td>
    </Table.Tr>
  );
}

function NoRuns() {
  return (
    <Card withBorder padding="xl">
      <Stack gap="sm" maw={640}>
        <Title order={4}>No runs yet</Title>
        <Text>A run is a model&apos;s answers to a dataset&apos;s questions. To get a first one within a minute:</Text>
        <Code block>npm run demo</Code>
        <Text>With a model and a dataset of your own:</Text>
        <Code block>
          {
            'penumbra model import CHECKPOINT --out MODEL --precision int8\npenumbra eval --dataset DATASET --model MODEL'
          }
        </Code>
        <Group gap={6}>
          <Text c="dimmed" size="sm">
            Or bring predictions made elsewhere:
          </Text>
          <Code>penumbra predictions import FILE</Code>
        </Group>
      </Stack>
    </Card>
  );
}
