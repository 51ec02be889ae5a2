/** Work in progress. */
import { Container, Title } from '@mantine/core';

export default function DatasetsPage() {
  return (
    <Container size="xl" py="lg">
      <Title order={2}>Datasets</Title>
    </Container>
  );
}
