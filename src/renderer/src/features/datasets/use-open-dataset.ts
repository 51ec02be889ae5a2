/** Opening a dataset from anywhere on these pages: inspects it, tells what came of it, and goes to its page. */
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/queries.ts';
import { windowBridge } from '../../app/window-bridge.ts';
import { count } from '../../components/numbers.ts';
import { navigate } from '../../routing/use-route.ts';

/** @param expectedId the dataset that is being located; another one found instead is said */
export function useOpenDataset({ expectedId }: Readonly<{ expectedId?: string | undefined }> = {}) {
  const queries = useQueryClient();
  return useMutation(
    api.datasets.open.mutationOptions({
      onSuccess: ({ datasetId, summary, movedFrom }) => {
        void queries.invalidateQueries({ queryKey: api.datasets.key() });
        windowBridge().rememberDataset?.(summary.path);
        if (movedFrom !== null) {
          notifications.show({ title: 'Found again', message: `This dataset was at ${movedFrom} before.` });
        } else if (expectedId !== undefined && expectedId !== datasetId) {
          notifications.show({
            color: 'yellow',
            title: 'Another dataset',
            message: `The ${count(summary.rowCount)} questions here are not those that were looked for; it is on the list as a dataset of its own.`,
            autoClose: 10_000,
          });
        }
        navigate({ page: 'dataset', datasetId, where: [], text: '', offset: 0 });
      },
    }),
  );
}
