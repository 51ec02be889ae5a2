/** Work in progress. */
import { Container, Title } from '@mantine/core';
import type { Route } from '../../routing/route.ts';

export default function QuestionsPage(_props: Extract<Route, { page: 'questions' }>) {
  return (
    <Container size="xl" py="lg">
      <Title order={2}>Questions</Title>
    </Container>
  );
}
