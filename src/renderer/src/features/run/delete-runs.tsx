/** Asks before runs are deleted: says what goes with them, what stays, and which were never packed. */
import { Alert, Button, Group, List, Modal, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { RunDeletion } from '../../../../shared/contract/runs.ts';
import type { RunSummary } from '../../../../shared/run.ts';
import { client } from '../../api/client.ts';
import { api } from '../../api/queries.ts';
import { showFailure } from '../../components/failure-notice.ts';
import { counted, dateTime } from '../../components/numbers.ts';
import { runTitle } from './run-title.ts';
import { usePackRun } from './use-pack-run.ts';

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
  const plan = useQuery(
    api.runs.deletionPlan.queryOptions({
      input: { runIds: runs.map(({ runId }) => runId) },
      enabled: asked.length > 0,
      // Somebody may have packed or noted something since the dialog was last open.
      staleTime: 0,
    }),
  );
  const pack = usePackRun();
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
  const contents = new Map(plan.data?.runs.map((each) => [each.runId, each]));
  const unpacked = plan.data?.runs.filter(({ packedAt }) => packedAt === null).length ?? 0;
  return (
    <Modal opened={asked.length > 0} onClose={onClose} title={`Delete ${counted(runs.length, 'run')}?`} centered>
      <List size="sm" mb="sm" spacing={6}>
        {runs.slice(0, listed).map((run) => (
          <List.Item key={run.runId}>
            {runTitle(run)}
            <Text size="xs" c="dimmed">
              {contentsText(contents.get(run.runId))}
            </Text>
          </List.Item>
        ))}
        {runs.length > listed ? <List.Item>and {counted(runs.length - listed, 'more run')}</List.Item> : null}
      </List>
      <Text size="sm">
        Answers with their latent traces, notes and tries will be gone for good. Datasets, models, tags and files that
        were saved stay.
      </Text>
      {unpacked === 0 ? null : (
        <Alert color="yellow" icon={<IconAlertTriangle size={18} aria-hidden="true" />} mt="sm">
          {runs.length === 1
            ? 'This run has'
            : `${counted(unpacked, 'run')} of these ${unpacked === 1 ? 'has' : 'have'}`}{' '}
          never been packed. Only a packed run can be opened again as it was; exported predictions can be imported, but
          without their traces.
        </Alert>
      )}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose} data-autofocus>
          Keep
        </Button>
        {runs.length === 1 && unpacked === 1 ? (
          <Button
            variant="default"
            onClick={() => {
              for (const { runId } of runs) pack.mutate({ runId });
              onClose();
            }}
          >
            Keep and pack
          </Button>
        ) : null}
        <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
          Delete
        </Button>
      </Group>
    </Modal>
  );
}

function contentsText(contents: RunDeletion | undefined): string {
  if (contents === undefined) return ' ';
  const { answers, notes, probes, packedAt, exportedAt } = contents;
  return [
    counted(answers, 'answer'),
    ...(notes === 0 ? [] : [counted(notes, 'note')]),
    ...(probes === 0 ? [] : [probes === 1 ? '1 try' : `${String(probes)} tries`]),
    packedAt === null ? 'never packed' : `packed ${dateTime(packedAt)}`,
    exportedAt === null ? 'never exported' : `exported ${dateTime(exportedAt)}`,
  ].join(' · ');
}
