/** Work in progress. */
import { Container, Title } from '@mantine/core';
import type { Route } from '../../routing/route.ts';

export default function ComparePage(_props: Extract<Route, { page: 'compare' }>) {
  return (
    <Container size="xl" py="lg">
      <Title order={2}>Compare</Title>
    </Container>
  );
}
