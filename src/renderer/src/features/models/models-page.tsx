/** Work in progress. */
import { Container, Title } from '@mantine/core';

export default function ModelsPage() {
  return (
    <Container size="xl" py="lg">
      <Title order={2}>Models</Title>
    </Container>
  );
}
