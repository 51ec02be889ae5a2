/** Models: the list with what each needs and how it does on this machine, imports, checks. */
import { Button, Card, Container, Group, Stack, Text, Title } from '@mantine/core';
import { IconFolderPlus, IconPackageImport } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { useTasks } from '../../app/use-tasks.ts';
import { showFailure } from '../../components/failure-notice.ts';
import { bytes } from '../../components/numbers.ts';
import { PathPicker } from '../../components/path-picker.tsx';
import { QueryGate } from '../../components/query-gate.tsx';
import { RunningTask } from '../../components/task-item.tsx';
import type { Route } from '../../routing/route.ts';
import { navigate } from '../../routing/use-route.ts';
import { ImportDrawer } from './import-drawer.tsx';
import { ModelDrawer } from './model-drawer.tsx';
import { ModelTable } from './model-table.tsx';
import { NoModels } from './no-models.tsx';

export default function ModelsPage({ importFrom }: Extract<Route, { page: 'models' }>) {
  const queries = useQueryClient();
  const query = useQuery(api.models.list.queryOptions());
  const running = useTasks().filter(({ status, kind }) => status === 'running' && kind.startsWith('model-'));
  const [openedModel, setOpenedModel] = useState<string | null>(null);
  const [importing, setImporting] = useState(false);
  const [adding, setAdding] = useState(false);
  const add = useMutation({
    ...api.models.add.mutationOptions(),
    onSuccess: () => queries.invalidateQueries({ queryKey: api.models.key() }),
    onError: showFailure,
  });
  const demo = useMutation({
    ...api.models.startDemoImport.mutationOptions(),
    onSuccess: () => queries.invalidateQueries({ queryKey: api.tasks.key() }),
    onError: showFailure,
  });
  useKeys('Models', [{ keys: ['i'], description: 'Import a checkpoint', run: () => setImporting(true) }]);
  const models = query.data?.models ?? [];
  return (
    <Container size={1680} px="lg" py="lg">
      <Group justify="space-between" mb="md">
        <Group align="baseline" gap="md">
          <Title order={1} size="h2">
            Models
          </Title>
          {query.data === undefined || models.length === 0 ? null : (
            <Text c="dimmed" size="sm">
              {bytes(query.data.diskBytes)} on disk
            </Text>
          )}
        </Group>
        {models.length === 0 ? null : (
          <Group gap="xs">
            <Button variant="default" leftSection={<IconFolderPlus size={16} />} onClick={() => setAdding(true)}>
              Add an imported folder…
            </Button>
            <Button leftSection={<IconPackageImport size={16} />} onClick={() => setImporting(true)}>
              Import a checkpoint…
            </Button>
          </Group>
        )}
      </Group>
      <Stack>
        {running.map((task) => (
          <Card withBorder key={task.taskId}>
            <RunningTask task={task} />
          </Card>
        ))}
        <QueryGate query={query}>
          {({ models: known }) =>
            known.length === 0 ? (
              <NoModels
                onImport={() => setImporting(true)}
                onDemo={() => demo.mutate(undefined)}
                demoPending={demo.isPending || running.length > 0}
              />
            ) : (
              <ModelTable models={known} onOpen={setOpenedModel} />
            )
          }
        </QueryGate>
      </Stack>
      <ImportDrawer
        opened={importing || importFrom !== undefined}
        source={importFrom ?? null}
        onClose={() => {
          setImporting(false);
          if (importFrom !== undefined) navigate({ page: 'models' }, { replace: true });
        }}
        models={models}
      />
      <ModelDrawer
        model={models.find(({ fingerprint }) => fingerprint === openedModel) ?? null}
        modelsFolder={query.data?.modelsFolder ?? ''}
        onClose={() => setOpenedModel(null)}
      />
      <PathPicker
        opened={adding}
        title="Add an imported model"
        kind="bundle"
        onPick={(path) => add.mutate({ path })}
        onClose={() => setAdding(false)}
      />
    </Container>
  );
}
