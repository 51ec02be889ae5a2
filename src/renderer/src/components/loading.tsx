/** In the place of a page, or of a part of it, that is on its way; keys pressed for it wait until it is there. */
import { Center, Loader } from '@mantine/core';
import { useWaitingKeys } from '../app/key-presses.ts';

export function Loading() {
  useWaitingKeys('loading', true);
  return (
    <Center py={80}>
      <Loader type="dots" aria-label="Loading" />
    </Center>
  );
}
