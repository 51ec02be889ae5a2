/** Opens a run that was packed elsewhere: picks its file, unpacks it, goes there. */
import { Button } from '@mantine/core';
import { IconPackageImport } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/queries.ts';
import { showFailure } from '../../components/failure-notice.ts';
import { PathPicker } from '../../components/path-picker.tsx';
import { navigate } from '../../routing/use-route.ts';

export function OpenPackedRun() {
  const [picking, setPicking] = useState(false);
  const queries = useQueryClient();
  const unpack = useMutation(
    api.runs.unpack.mutationOptions({
      onSuccess: async ({ runId }) => {
        await queries.invalidateQueries({ queryKey: api.runs.key() });
        navigate({ page: 'run', runId, tab: 'overview' });
      },
      onError: showFailure,
    }),
  );
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconPackageImport size={16} />}
        loading={unpack.isPending}
        onClick={() => setPicking(true)}
      >
        Open a packed run…
      </Button>
      <PathPicker
        opened={picking}
        title="Open a packed run"
        kind="file"
        onPick={(file) => unpack.mutate({ file })}
        onClose={() => setPicking(false)}
      />
    </>
  );
}
