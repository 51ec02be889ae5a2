/** Dataset repositories in the Hub's cache that are not on the list yet; they open as they are. */
import { Button, Card, Code, Group, Stack, Table, Text, Title, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { KnownDataset } from '../../../../shared/contract/datasets.ts';
import { failureOf } from '../../api/client.ts';
import { api } from '../../api/queries.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { bytes } from '../../components/numbers.ts';

type CachedDatasetsProps = Readonly<{
  known: readonly KnownDataset[];
  onOpen: (path: string) => void;
  busy: boolean;
}>;

export function CachedDatasets({ known, onOpen, busy }: CachedDatasetsProps) {
  const { data, error } = useQuery(api.datasets.cached.queryOptions());
  const listed = new Set(known.map(({ path }) => path));
  const datasets = (data?.datasets ?? []).filter(({ path }) => !listed.has(path));
  if (error !== null) return <FailureAlert failure={failureOf(error)} />;
  if (data === undefined || datasets.length === 0) return null;
  return (
    <Stack gap="xs">
      <Group gap="sm" align="baseline">
        <Title order={2} size="h4">
          In the Hub’s cache
        </Title>
        <Text size="sm" c="dimmed">
          <Code>{data.cacheFolder}</Code>
        </Text>
      </Group>
      <Card withBorder padding={0}>
        <Table verticalSpacing="xs" horizontalSpacing="md">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Repository</Table.Th>
              <Table.Th>Revision</Table.Th>
              <Table.Th ta="right">Size</Table.Th>
              <Table.Th w={1}>
                <VisuallyHidden>Actions</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {datasets.map(({ repository, path, revision, sizeBytes }) => (
              <Table.Tr key={path}>
                <Table.Td fw={550}>{repository}</Table.Td>
                <Table.Td>
                  <Text size="sm" ff="monospace" title={revision}>
                    {revision.slice(0, 12)}
                  </Text>
                </Table.Td>
                <Table.Td ta="right">{bytes(sizeBytes)}</Table.Td>
                <Table.Td>
                  <Button
                    size="compact-sm"
                    variant="light"
                    disabled={busy}
                    aria-label={`Open ${repository}`}
                    onClick={() => onOpen(path)}
                  >
                    Open
                  </Button>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Card>
    </Stack>
  );
}
