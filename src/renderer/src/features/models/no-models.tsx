/** Before the first model: what one is, and two ways to get one. */
import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { IconPackageImport, IconSparkles } from '@tabler/icons-react';

type Props = Readonly<{ onDemo: () => void; demoPending: boolean; onImport: () => void }>;

export function NoModels({ onDemo, demoPending, onImport }: Props) {
  return (
    <Card withBorder padding="xl">
      <Stack gap="md" maw={680}>
        <Title order={2} size="h3">
          No models yet
        </Title>
        <Text>
          A checkpoint is imported once: its graphs are built and its weights stored in the precision you choose. The
          checkpoint itself is only read.
        </Text>
        <Text>
          Supported are Qwen2-VL checkpoints from Hugging Face, as they are or with a LoRA adapter, and the released
          IVT-LR weights (<em>model.pth</em>) over their base.
        </Text>
        <Group>
          <Button leftSection={<IconPackageImport size={18} />} onClick={onImport}>
            Import a checkpoint…
          </Button>
          <Button variant="default" leftSection={<IconSparkles size={18} />} onClick={onDemo} loading={demoPending}>
            Prepare the demo model
          </Button>
        </Group>
        <Text size="sm" c="dimmed">
          The demo model is tiny and comes with the program: it is ready within seconds. It was trained for the demo
          dataset and knows nothing else.
        </Text>
      </Stack>
    </Card>
  );
}
