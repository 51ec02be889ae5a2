/** What was chosen is no dataset, but there are some below it: one click opens the one that was meant. */
import { Alert, Button, Group, Loader, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/queries.ts';
import { PathText } from '../../components/path-text.tsx';
import { formatName } from './format-name.ts';

export function DatasetsBelow({ path, onOpen }: Readonly<{ path: string; onOpen: (path: string) => void }>) {
  const { data, isPending } = useQuery(api.datasets.below.queryOptions({ input: { path } }));
  if (isPending) {
    return (
      <Group gap="xs" role="status">
        <Loader size="xs" />
        <Text size="sm">Looking for datasets below it…</Text>
      </Group>
    );
  }
  if (data === undefined || data.datasets.length === 0) return null;
  return (
    <Alert color="violet" title="There are datasets below this folder">
      <Stack gap="xs">
        {data.datasets.map((found) => (
          <Group key={found.path} justify="space-between" wrap="nowrap">
            <div style={{ minWidth: 0 }}>
              <Text size="sm" truncate title={found.path}>
                <PathText path={found.path} />
              </Text>
              <Text size="xs" c="dimmed">
                {formatName(found.format)}
              </Text>
            </div>
            <Button
              size="compact-sm"
              variant="default"
              aria-label={`Open ${found.path}`}
              onClick={() => onOpen(found.path)}
            >
              Open
            </Button>
          </Group>
        ))}
      </Stack>
    </Alert>
  );
}
