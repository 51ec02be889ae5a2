/** One dataset: what is in it, what is wrong with it, and its questions with their pictures. */
import { Button, Container, Grid, Group, Menu, Stack, Text, Title } from '@mantine/core';
import { IconChevronDown, IconFileImport, IconFolderOpen, IconPlayerPlay, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { KnownDataset } from '../../../../shared/contract/datasets.ts';
import { failureOf } from '../../api/client.ts';
import { api } from '../../api/queries.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { showFailure } from '../../components/failure-notice.ts';
import { QueryGate } from '../../components/query-gate.tsx';
import { PathText } from '../../components/path-text.tsx';
import { formatRoute, type Route } from '../../routing/route.ts';
import { navigate } from '../../routing/use-route.ts';
import { ImportPredictions } from '../import/import-predictions.tsx';
import { CategoryCounts } from './category-counts.tsx';
import { DatasetFacts } from './dataset-facts.tsx';
import { ProblemsCard } from './problems-card.tsx';
import { SampleGallery } from './sample-gallery.tsx';
import { useOpenDataset } from './use-open-dataset.ts';

export type DatasetRoute = Extract<Route, { page: 'dataset' }>;

export default function DatasetPage(route: DatasetRoute) {
  const { datasetId } = route;
  const query = useQuery(api.datasets.show.queryOptions({ input: { datasetId } }));
  return (
    <Container size={1680} px="lg" py="lg">
      {query.data === undefined && query.error !== null ? (
        <NotAsItWas datasetId={datasetId} error={query.error} />
      ) : (
        <QueryGate query={query}>
          {({ dataset, summary }) => (
            <Stack gap="lg">
              <Head dataset={dataset} where={route.where} />
              <DatasetFacts dataset={dataset} summary={summary} />
              <Grid gap="lg">
                <Grid.Col span={{ base: 12, md: 5, lg: 4, xl: 3 }}>
                  <Stack gap="lg">
                    <CategoryCounts summary={summary} route={route} />
                    <ProblemsCard summary={summary} />
                  </Stack>
                </Grid.Col>
                <Grid.Col span={{ base: 12, md: 7, lg: 8, xl: 9 }}>
                  <SampleGallery route={route} summary={summary} />
                </Grid.Col>
              </Grid>
            </Stack>
          )}
        </QueryGate>
      )}
    </Container>
  );
}

function Head({ dataset, where }: Readonly<{ dataset: KnownDataset; where: readonly string[] }>) {
  const { datasetId, name, path } = dataset;
  const [importing, setImporting] = useState(false);
  const queries = useQueryClient();
  const forgetting = useMutation(
    api.datasets.forget.mutationOptions({
      onSuccess: () => {
        void queries.invalidateQueries({ queryKey: api.datasets.list.key() });
        navigate({ page: 'datasets' });
      },
      onError: showFailure,
    }),
  );
  return (
    <Group justify="space-between" align="flex-start">
      <div style={{ minWidth: 0 }}>
        <Title order={1} size="h2">
          {name}
        </Title>
        <Text size="sm" c="dimmed">
          <PathText path={path} />
        </Text>
      </div>
      <Group gap="xs">
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" rightSection={<IconChevronDown size={16} />}>
              More
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconFileImport size={16} />} onClick={() => setImporting(true)}>
              Import predictions…
            </Menu.Item>
            <Menu.Item leftSection={<IconTrash size={16} />} onClick={() => forgetting.mutate({ datasetId })}>
              Forget (files and runs stay)
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <Button
          component="a"
          href={formatRoute({ page: 'new-run', dataset: path, model: null, fromRun: null, where })}
          leftSection={<IconPlayerPlay size={18} />}
        >
          Evaluate…
        </Button>
      </Group>
      <ImportPredictions opened={importing} dataset={path} onClose={() => setImporting(false)} />
    </Group>
  );
}

/** The folder is gone, or holds other questions by now: both have a way on. */
function NotAsItWas({ datasetId, error }: Readonly<{ datasetId: string; error: Error }>) {
  const failure = failureOf(error);
  const known = useQuery(api.datasets.list.queryOptions());
  const opening = useOpenDataset({ expectedId: datasetId });
  const path = known.data?.datasets.find((dataset) => dataset.datasetId === datasetId)?.path;
  return (
    <Stack maw={820}>
      <Title order={1} size="h2">
        Dataset
      </Title>
      <FailureAlert failure={failure} />
      {opening.error === null ? null : <FailureAlert failure={failureOf(opening.error)} />}
      <Group>
        {failure.kind === 'run-changed' && path !== undefined ? (
          <Button
            leftSection={<IconFolderOpen size={18} />}
            loading={opening.isPending}
            onClick={() => opening.mutate({ path })}
          >
            Open the folder as it is now
          </Button>
        ) : null}
        <Button variant="default" component="a" href={formatRoute({ page: 'datasets' })}>
          All datasets
        </Button>
      </Group>
    </Stack>
  );
}
