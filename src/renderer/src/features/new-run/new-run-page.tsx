/** Work in progress. */
import { Container, Title } from '@mantine/core';
import type { Route } from '../../routing/route.ts';

export default function NewRunPage(_props: Extract<Route, { page: 'new-run' }>) {
  return (
    <Container size="xl" py="lg">
      <Title order={2}>New run</Title>
    </Container>
  );
}
