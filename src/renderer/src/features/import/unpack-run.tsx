/** Opens a run that was packed into one file, here or on another machine. */
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { failureOf } from '../../api/client.ts';
import { api } from '../../api/queries.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { PathInput } from '../../components/path-input.tsx';
import { navigate } from '../../routing/use-route.ts';
import { noteNewlyExcluded } from './note-newly-excluded.ts';
import { RunningTasks } from './running-tasks.tsx';

type UnpackRunProps = Readonly<{
  opened: boolean;
  /** A file that was dropped on the window or named by its menu. */
  file?: string;
  onClose: () => void;
}>;

export function UnpackRun({ opened, file, onClose }: UnpackRunProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Open a packed run" size="lg">
      <UnpackForm file={file ?? ''} onClose={onClose} />
    </Modal>
  );
}

function UnpackForm({ file: given, onClose }: Readonly<{ file: string; onClose: () => void }>) {
  const queries = useQueryClient();
  const [file, setFile] = useState(given);
  const unpacking = useMutation(
    api.runs.unpack.mutationOptions({
      onSuccess: ({ runId, newlyExcluded }) => {
        noteNewlyExcluded({ newlyExcluded });
        void queries.invalidateQueries({ queryKey: api.runs.key() });
        onClose();
        navigate({ page: 'run', runId, tab: 'overview' });
      },
    }),
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        unpacking.mutate({ file: file.trim() });
      }}
    >
      <Stack gap="md">
        <PathInput label="Packed run" kind="file" value={file} onChange={setFile} required autoFocus />
        <Text size="sm" c="dimmed">
          A file that “Pack” or <code>penumbra runs pack</code> wrote. It brings its questions, answers and pictures
          along and is copied into the store.
        </Text>
        {unpacking.isPending ? <RunningTasks kind="unpack" /> : null}
        {unpacking.error === null ? null : <FailureAlert failure={failureOf(unpacking.error)} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={file.trim() === ''} loading={unpacking.isPending}>
            Open
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
