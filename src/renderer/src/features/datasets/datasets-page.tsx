/** The datasets that the program knows, those in the Hub's cache, and ways to open more. */
import { Alert, Button, Container, Group, Loader, Menu, Stack, Text, Title } from '@mantine/core';
import { IconChevronDown, IconFileImport, IconFolderOpen, IconPackageImport } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { failureOf } from '../../api/client.ts';
import { api } from '../../api/queries.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { PathPicker } from '../../components/path-picker.tsx';
import { QueryGate } from '../../components/query-gate.tsx';
import { ImportPredictions } from '../import/import-predictions.tsx';
import { UnpackRun } from '../import/unpack-run.tsx';
import { CachedDatasets } from './cached-datasets.tsx';
import { DatasetDrop } from './dataset-drop.tsx';
import { KnownDatasets } from './known-datasets.tsx';
import { DatasetsBelow } from './datasets-below.tsx';
import { NoDatasets } from './no-datasets.tsx';
import { useOpenDataset } from './use-open-dataset.ts';

export default function DatasetsPage() {
  const query = useQuery(api.datasets.list.queryOptions());
  const [dialog, setDialog] = useState<'folder' | 'predictions' | 'packed-run' | null>(null);
  const opening = useOpenDataset();
  const open = (path: string): void => opening.mutate({ path });
  const close = (): void => setDialog(null);
  return (
    <DatasetDrop onPath={open} onPick={() => setDialog('folder')}>
      <Container size={1680} px="lg" py="lg">
        <Stack gap="lg">
          <Group justify="space-between">
            <Title order={1} size="h2">
              Datasets
            </Title>
            <Group gap="xs">
              <Menu position="bottom-end">
                <Menu.Target>
                  <Button variant="default" rightSection={<IconChevronDown size={16} />}>
                    Import
                  </Button>
                </Menu.Target>
                <Menu.Dropdown>
                  <Menu.Item leftSection={<IconFileImport size={16} />} onClick={() => setDialog('predictions')}>
                    Import predictions…
                  </Menu.Item>
                  <Menu.Item leftSection={<IconPackageImport size={16} />} onClick={() => setDialog('packed-run')}>
                    Open a packed run…
                  </Menu.Item>
                </Menu.Dropdown>
              </Menu>
              <Button
                leftSection={<IconFolderOpen size={18} />}
                loading={opening.isPending}
                onClick={() => setDialog('folder')}
              >
                Open a dataset…
              </Button>
            </Group>
          </Group>
          {opening.isPending ? (
            <Alert color="violet" icon={<Loader size="xs" />} role="status">
              Reading {opening.variables.path}
            </Alert>
          ) : null}
          {opening.error === null ? null : (
            <>
              <FailureAlert failure={failureOf(opening.error)} />
              {failureOf(opening.error).kind === 'unknown-format' ? (
                <DatasetsBelow path={opening.variables.path} onOpen={open} />
              ) : null}
            </>
          )}
          <QueryGate query={query}>
            {({ datasets }) =>
              datasets.length === 0 ? (
                <NoDatasets onOpen={open} onPick={() => setDialog('folder')} busy={opening.isPending} />
              ) : (
                <KnownDatasets datasets={datasets} />
              )
            }
          </QueryGate>
          <CachedDatasets known={query.data?.datasets ?? []} onOpen={open} busy={opening.isPending} />
          <Text size="sm" c="dimmed">
            A folder, a data file or a Hub snapshot; a folder can also be dropped on this page.
          </Text>
        </Stack>
      </Container>
      <PathPicker opened={dialog === 'folder'} title="Open a dataset" kind="dataset" onPick={open} onClose={close} />
      <ImportPredictions opened={dialog === 'predictions'} onClose={close} />
      <UnpackRun opened={dialog === 'packed-run'} onClose={close} />
    </DatasetDrop>
  );
}
