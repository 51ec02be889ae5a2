/** Work in progress. */
import { Container, Title } from '@mantine/core';
import type { Route } from '../../routing/route.ts';

export default function DatasetPage(_props: Extract<Route, { page: 'dataset' }>) {
  return (
    <Container size="xl" py="lg">
      <Title order={2}>Dataset</Title>
    </Container>
  );
}
