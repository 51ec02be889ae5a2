/** Renames a run of the list. */
import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { RunSummary } from '../../../../shared/run.ts';
import { api } from '../../api/queries.ts';
import { showFailure } from '../../components/failure-notice.ts';
import { runTitle } from '../run/run-title.ts';

export function RenameRun({ run, onClose }: Readonly<{ run: RunSummary; onClose: () => void }>) {
  const [label, setLabel] = useState(runTitle(run));
  const queries = useQueryClient();
  const rename = useMutation(
    api.runs.rename.mutationOptions({
      onSuccess: async () => {
        onClose();
        await queries.invalidateQueries({ queryKey: api.runs.key() });
      },
      onError: showFailure,
    }),
  );
  return (
    <Modal opened onClose={onClose} title="Rename the run" centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          rename.mutate({ runId: run.runId, label: label.trim() });
        }}
      >
        <TextInput
          data-autofocus
          label="Name"
          value={label}
          maxLength={200}
          onChange={(event) => setLabel(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={label.trim() === ''} loading={rename.isPending}>
            Rename
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
