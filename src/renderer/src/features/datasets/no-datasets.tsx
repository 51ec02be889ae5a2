/** Nothing opened yet: the demo, or a dataset of one's own. */
import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { IconFolderOpen, IconSparkles } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/queries.ts';

type NoDatasetsProps = Readonly<{ onOpen: (path: string) => void; onPick: () => void; busy: boolean }>;

export function NoDatasets({ onOpen, onPick, busy }: NoDatasetsProps) {
  const { data } = useQuery(api.system.info.queryOptions({ staleTime: Number.POSITIVE_INFINITY }));
  return (
    <Card withBorder padding="xl">
      <Stack gap="md" maw={640}>
        <Title order={2} size="h3">
          No datasets yet
        </Title>
        <Text>
          Open M3CoT, ScienceQA, a VLMEvalKit TSV, or questions of your own as JSON Lines or CSV. Nothing is copied or
          changed: the program reads the files where they are.
        </Text>
        <Group>
          <Button leftSection={<IconFolderOpen size={18} />} onClick={onPick} loading={busy}>
            Open a dataset…
          </Button>
          <Button
            variant="light"
            leftSection={<IconSparkles size={18} />}
            loading={data === undefined}
            disabled={busy}
            onClick={() => data !== undefined && onOpen(data.demoDataset)}
          >
            Look at the demo dataset
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}
