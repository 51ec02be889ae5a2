/** Says that an opened pack changed the results of runs that were there; it stays until it is closed. */
import { notifications } from '@mantine/notifications';
import type { UnpackedSummary } from '../../../../shared/contract/runs.ts';
import { newlyExcludedText } from '../../../../shared/newly-excluded.ts';

export function noteNewlyExcluded({ newlyExcluded }: Pick<UnpackedSummary, 'newlyExcluded'>): void {
  if (newlyExcluded === undefined) return;
  notifications.show({
    color: 'orange',
    title: 'Other runs count differently now',
    message: newlyExcludedText(newlyExcluded),
    autoClose: false,
  });
}
