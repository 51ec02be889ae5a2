/** Tells of a failed action where no place on the page is its own. */
import { notifications } from '@mantine/notifications';
import { failureOf } from '../api/client.ts';

export function showFailure(error: unknown): void {
  const { message, file, found, action } = failureOf(error);
  notifications.show({
    color: 'red',
    title: message,
    message: [file, found, action].filter((part) => part !== undefined).join(' · '),
    autoClose: 15_000,
  });
}
