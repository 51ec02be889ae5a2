/** Where the run's numbers come from, and the command that repeats it; both can be copied. */
import { Button, Card, Code, CopyButton, Group, Stack, Text, Title } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { QueryGate } from '../../components/query-gate.tsx';
import { JsonTree } from './json-tree.tsx';
import { useRun } from './use-run.ts';

export function ManifestTab({ runId }: Readonly<{ runId: string }>) {
  const query = useRun(runId);
  return (
    <QueryGate query={query}>
      {({ manifest, repeatCommand }) => (
        <Stack gap="md">
          {repeatCommand === null ? null : (
            <Card withBorder>
              <Group justify="space-between" mb="xs">
                <Title order={2} size="h5">
                  Repeat it on the command line
                </Title>
                <Copy text={repeatCommand} />
              </Group>
              <Code block style={{ whiteSpace: 'pre-wrap' }}>
                {repeatCommand}
              </Code>
              <Text size="xs" c="dimmed" mt={6}>
                Settings that the model or the program would choose by itself are left out; the manifest names them all.
              </Text>
            </Card>
          )}
          <Card withBorder>
            <Group justify="space-between" mb="xs">
              <Title order={2} size="h5">
                Manifest
              </Title>
              <Copy text={JSON.stringify(manifest, null, 2)} />
            </Group>
            <JsonTree value={manifest} />
          </Card>
        </Stack>
      )}
    </QueryGate>
  );
}

function Copy({ text }: Readonly<{ text: string }>) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Button
          size="compact-sm"
          variant="default"
          onClick={copy}
          leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
        >
          {copied ? 'Copied' : 'Copy'}
        </Button>
      )}
    </CopyButton>
  );
}
