/** The list of runs while it is empty: the demo in one click, and the ways to a first run of one's own. */
import { Anchor, Button, Card, Container, Group, SimpleGrid, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconCpu, IconDatabase, IconListCheck, IconSparkles } from '@tabler/icons-react';
import { failureOf } from '../../api/client.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { formatRoute } from '../../routing/route.ts';
import { BringButtons } from './bring-buttons.tsx';
import { useDemo } from './use-demo.ts';

const ways = [
  {
    icon: IconDatabase,
    title: '1. Open a dataset',
    text: 'M3CoT, ScienceQA, a TSV of VLMEvalKit, or your own questions as JSONL or CSV.',
    link: 'Datasets',
    href: formatRoute({ page: 'datasets' }),
  },
  {
    icon: IconCpu,
    title: '2. Import a model',
    text: 'A Qwen2-VL checkpoint, with the released model.pth or a LoRA adapter where there is one.',
    link: 'Models',
    href: formatRoute({ page: 'models' }),
  },
  {
    icon: IconListCheck,
    title: '3. Start a run',
    text: 'One model or several, one setting or a grid of them. Every answer and every latent step is kept.',
    link: 'New run',
    href: formatRoute({ page: 'new-run', dataset: null, model: null, fromRun: null, where: [] }),
  },
];

export function FirstStart() {
  const demo = useDemo();
  return (
    <Container size={1000} px={0} py="xl">
      <Stack gap="lg">
        <Card withBorder padding="xl">
          <Group justify="space-between" gap="xl">
            <Stack gap={6} maw={560}>
              <Title order={2} size="h3">
                See it work first
              </Title>
              <Text>
                The demo is a tiny model that learned to reason in four latent steps, and a generated dataset of 612
                questions. The model answers them here, and every answer shows which patches of the picture it chose at
                each step.
              </Text>
            </Stack>
            <Button
              size="lg"
              leftSection={<IconSparkles size={20} />}
              loading={demo.isPending}
              onClick={() => demo.mutate()}
            >
              Try the demo
            </Button>
          </Group>
          {demo.error === null ? null : <FailureAlert failure={failureOf(demo.error)} />}
        </Card>
        <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="md">
          {ways.map(({ icon: Icon, title, text, link, href }) => (
            <Card withBorder key={title} padding="lg">
              <Stack gap={8} h="100%">
                <ThemeIcon variant="light" size="lg">
                  <Icon size={20} aria-hidden="true" />
                </ThemeIcon>
                <Title order={3} size="h4">
                  {title}
                </Title>
                <Text size="sm" style={{ flexGrow: 1 }}>
                  {text}
                </Text>
                <Anchor href={href} size="sm" fw={550}>
                  {link}
                </Anchor>
              </Stack>
            </Card>
          ))}
        </SimpleGrid>
        <Group gap="sm">
          <Text size="sm" c="dimmed">
            Or look at what was made elsewhere:
          </Text>
          <BringButtons />
        </Group>
      </Stack>
    </Container>
  );
}
