/** How a run went: figures, accuracy by category, times; by the scorer chosen here. */
import { Alert, Card, Grid, Group, Select, Stack, Text } from '@mantine/core';
import { scorerNames, scorerWarnings } from '../../../../shared/prediction.ts';
import { QueryGate } from '../../components/query-gate.tsx';
import { navigate } from '../../routing/use-route.ts';
import { CategoryTable } from './category-table.tsx';
import { RunFigures } from './run-figures.tsx';
import { AccuracyTables } from './accuracy-tables.tsx';
import { RemarksCard } from './remarks-card.tsx';
import type { RunRoute } from './run-page.tsx';
import { TimesCard } from './times-card.tsx';
import { scorerOf, useRun } from './use-run.ts';

export function OverviewTab(route: RunRoute) {
  const { runId } = route;
  const scorer = scorerOf(route.scorer ?? null);
  const query = useRun(runId, scorer);
  return (
    <QueryGate query={query}>
      {({ run, categories, tables }) => {
        const warning = scorerWarnings[run.scorer];
        const accuracy = categories.find(({ path }) => path.length === 0)?.accuracy ?? null;
        return (
          <Stack gap="md">
            <Group gap="sm" justify="space-between">
              <Text size="sm" c="dimmed">
                Intervals are 95 % (Wilson); n counts every answered or failed question that is not excluded.
              </Text>
              <Group gap="xs">
                <Text size="sm" component="label" htmlFor="run-scorer">
                  Scorer
                </Text>
                <Select
                  id="run-scorer"
                  size="xs"
                  w={170}
                  data={[...scorerNames]}
                  value={run.scorer}
                  allowDeselect={false}
                  onChange={(name) => {
                    if (name !== null) navigate({ ...route, scorer: name });
                  }}
                />
              </Group>
            </Group>
            {warning === undefined ? null : (
              <Alert color="yellow" variant="light">
                {warning}
              </Alert>
            )}
            <RunFigures run={run} accuracy={accuracy} />
            <Grid gap="md">
              <Grid.Col span={{ base: 12, lg: 6 }}>
                <Card withBorder padding={0}>
                  <CategoryTable runId={runId} categories={categories} scorer={run.scorer} chosenScorer={scorer} />
                </Card>
              </Grid.Col>
              <Grid.Col span={{ base: 12, lg: 6 }}>
                <Stack gap="md">
                  <RemarksCard run={run} scorer={scorer} />
                  <AccuracyTables tables={tables} scorer={run.scorer} />
                  <TimesCard runId={runId} />
                </Stack>
              </Grid.Col>
            </Grid>
          </Stack>
        );
      }}
    </QueryGate>
  );
}
