/** Shows a query's data once it is there; until then a placeholder, and its failure where there is one. */
import { Container } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { failureOf } from '../api/client.ts';
import { FailureAlert } from './failure-alert.tsx';
import { Loading } from './loading.tsx';

export function QueryGate<Data>({
  query,
  children,
}: Readonly<{ query: UseQueryResult<Data>; children: (data: Data) => ReactNode }>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error !== null) {
    return (
      <Container size="sm" py="xl">
        <FailureAlert failure={failureOf(query.error)} />
      </Container>
    );
  }
  return <Loading />;
}
