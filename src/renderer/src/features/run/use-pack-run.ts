/** Packs a run in the background; the file is downloaded when it is ready, wherever this page is by then. */
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { awaitTask } from '../../api/awaited-tasks.ts';
import { api } from '../../api/queries.ts';
import { showFailure } from '../../components/failure-notice.ts';

export function usePackRun() {
  const queries = useQueryClient();
  return useMutation(
    api.runs.startPack.mutationOptions({
      onSuccess: ({ taskId, title }) => {
        awaitTask(taskId);
        notifications.show({
          title: `${title}: begun`,
          message: 'The download starts when the file is ready. Progress is under Tasks at the top.',
        });
      },
      onSettled: () => queries.invalidateQueries({ queryKey: api.tasks.key() }),
      onError: showFailure,
    }),
  );
}
