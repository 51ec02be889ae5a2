/** A run: how it went in all and by category, and its questions. */
import { Anchor, Breadcrumbs, Card, Container, Grid, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { RunSummary } from '../../../../shared/run.ts';
import { client } from '../../api/client.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { count, percent } from '../../components/numbers.ts';
import { QueryGate } from '../../components/query-gate.tsx';
import { formatRoute } from '../../routing/route.ts';
import { CategoryTable } from './category-table.tsx';
import { QuestionsPanel } from './questions-panel.tsx';
import { RunNotes } from './run-notes.tsx';
import { runTitle } from './run-title.ts';

export type RunPageProps = Readonly<{ runId: string }>;

const where: readonly string[] = [];
const offset = 0;

export default function RunPage({ runId }: RunPageProps) {
  const query = useQuery({
    queryKey: ['run', runId],
    queryFn: () => client.runs.show({ runId }),
    refetchInterval: ({ state }) => (state.data?.run.status === 'running' ? 1000 : false),
  });
  return (
    <Container size={1680} py="lg" px="lg">
      <QueryGate query={query}>
        {({ run, categories }) => (
          <Stack gap="md">
            <div>
              <Breadcrumbs mb={4}>
                <Anchor href={formatRoute({ page: 'runs' })} size="sm">
                  Runs
                </Anchor>
                <Text size="sm" c="dimmed" ff="monospace">
                  {run.runId}
                </Text>
              </Breadcrumbs>
              <Title order={2}>{runTitle(run)}</Title>
            </div>
            {run.failure === null ? null : <FailureAlert failure={run.failure} />}
            <RunNotes run={run} />
            <Figures run={run} />
            <Grid gap="md">
              <Grid.Col span={{ base: 12, lg: 5 }}>
                <Card withBorder padding={0}>
                  <CategoryTable runId={runId} categories={categories} where={where} scorer={run.scorer} />
                </Card>
              </Grid.Col>
              <Grid.Col span={{ base: 12, lg: 7 }}>
                <Card withBorder padding={0}>
                  <QuestionsPanel runId={runId} where={where} offset={offset} live={run.status === 'running'} />
                </Card>
              </Grid.Col>
            </Grid>
          </Stack>
        )}
      </QueryGate>
    </Container>
  );
}

function Figures({ run }: Readonly<{ run: RunSummary }>) {
  const figures: readonly (readonly [string, string, string])[] = [
    ['Accuracy', percent(run.accuracy), `${count(run.correct)} of ${count(run.total)}, scorer ${run.scorer}`],
    [
      'Questions',
      run.total === run.planned ? count(run.total) : `${count(run.total)} / ${count(run.planned)}`,
      `${run.status}; ${count(run.unparsed)} unparsed, ${count(run.failed)} failed`,
    ],
    ...(run.arStepsMean === null
      ? []
      : [['AR steps', run.arStepsMean.toFixed(2), 'mean a question: latent steps + tokens'] as const]),
    ...(run.secondsPerQuestionMean === null
      ? []
      : [
          [
            'Time',
            `${run.secondsPerQuestionMean.toFixed(3)} s`,
            `a question, model only${run.device === null ? '' : `, on ${run.device}`}`,
          ] as const,
        ]),
  ];
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="md">
      {figures.map(([name, value, detail]) => (
        <Card withBorder padding="md" key={name}>
          <Text size="sm" c="dimmed">
            {name}
          </Text>
          <Group align="baseline" gap="xs">
            <Text fz={28} fw={650} lh={1.3}>
              {value}
            </Text>
          </Group>
          <Text size="xs" c="dimmed">
            {detail}
          </Text>
        </Card>
      ))}
    </SimpleGrid>
  );
}
