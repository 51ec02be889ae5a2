/** Asks before runs are deleted: answers, traces and notes go; datasets and models stay. */
import { Button, Group, List, Modal, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { RunSummary } from '../../../../shared/run.ts';
import { client } from '../../api/client.ts';
import { api } from '../../api/queries.ts';
import { showFailure } from '../../components/failure-notice.ts';
import { counted } from '../../components/numbers.ts';
import { runTitle } from './run-title.ts';

export type DeleteRunsProps = Readonly<{
  /** Empty: closed. */
  runs: readonly RunSummary[];
  onClose: () => void;
  onDeleted?: () => void;
}>;

const listed = 8;

export function DeleteRuns({ runs: asked, onClose, onDeleted }: DeleteRunsProps) {
  // What was asked last stays to be read while the dialog fades.
  const [runs, setRuns] = useState(asked);
  if (asked.length > 0 && asked !== runs) setRuns(asked);
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: async () => {
      for (const { runId } of runs) await client.runs.delete({ runId });
    },
    onSuccess: () => {
      onClose();
      onDeleted?.();
    },
    onError: showFailure,
    onSettled: () => queries.invalidateQueries({ queryKey: api.runs.key() }),
  });
  const answers = runs.reduce((sum, { total }) => sum + total, 0);
  return (
    <Modal opened={asked.length > 0} onClose={onClose} title={`Delete ${counted(runs.length, 'run')}?`} centered>
      <List size="sm" mb="sm">
        {runs.slice(0, listed).map((run) => (
          <List.Item key={run.runId}>{runTitle(run)}</List.Item>
        ))}
        {runs.length > listed ? <List.Item>and {counted(runs.length - listed, 'more run')}</List.Item> : null}
      </List>
      <Text size="sm">
        {counted(answers, 'answer')} with traces and notes will be gone for good. Datasets, models and tags stay.
      </Text>
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose} data-autofocus>
          Keep
        </Button>
        <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
          Delete
        </Button>
      </Group>
    </Modal>
  );
}
