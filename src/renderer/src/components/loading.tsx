/** In the place of a page, or of a part of it, that is on its way; keys pressed for it wait until it is there. */
import { Center, Loader } from '@mantine/core';
import { useWaitingKeys } from '../app/key-presses.ts';

export function Loading() {
  useWaitingKeys('loading', true);
  return (
    <Center py={80}>
      {/* A label on an element without a role is heard by nobody (axe-core's aria-prohibited-attr). */}
      <Loader type="dots" role="status" aria-label="Loading" />
    </Center>
  );
}
