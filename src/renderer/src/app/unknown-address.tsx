/** Says that the address names no page, and which one is shown instead; nothing where it names one. */
import { Alert, Code } from '@mantine/core';
import { isKnownAddress } from '../routing/route.ts';
import { useAddress, useRoute } from '../routing/use-route.ts';
import { pageTitle } from './places.ts';

export function UnknownAddress() {
  const address = useAddress();
  const route = useRoute();
  if (isKnownAddress(address)) return null;
  return (
    <Alert color="orange" radius={0} py="xs" role="status">
      There is no page <Code style={{ overflowWrap: 'anywhere' }}>{address}</Code>; showing {pageTitle(route, null)}.
    </Alert>
  );
}
