/** Work in progress: the analyses of a run's latent steps. */
import { Text } from '@mantine/core';

export default function LatentTab(_props: Readonly<{ runId: string }>) {
  return <Text c="dimmed">Latent steps</Text>;
}
