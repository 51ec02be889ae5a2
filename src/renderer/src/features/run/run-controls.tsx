/** Pause and resume. Pausing finishes the batch in flight; a second press ends the engine at once. */
import { Button } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { RunSummary } from '../../../../shared/run.ts';
import { api } from '../../api/queries.ts';
import { showFailure } from '../../components/failure-notice.ts';

export function RunControls({ run }: Readonly<{ run: RunSummary }>) {
  const queries = useQueryClient();
  const settled = () => queries.invalidateQueries({ queryKey: api.runs.key() });
  const pause = useMutation(api.runs.pause.mutationOptions({ onSettled: settled, onError: showFailure }));
  const stop = useMutation(api.runs.pause.mutationOptions({ onSettled: settled, onError: showFailure }));
  const resume = useMutation(api.runs.resume.mutationOptions({ onSettled: settled, onError: showFailure }));
  const { runId } = run;
  if (run.kind === 'imported' || run.status === 'finished') return null;
  if (run.status === 'running') {
    return pause.isPending ? (
      <Button
        color="orange"
        variant="light"
        leftSection={<IconPlayerPause size={16} />}
        loading={stop.isPending}
        onClick={() => stop.mutate({ runId, force: true })}
        title="The batch in flight is lost; everything before it is kept"
      >
        Pausing… stop at once
      </Button>
    ) : (
      <Button
        variant="default"
        leftSection={<IconPlayerPause size={16} />}
        onClick={() => pause.mutate({ runId, force: false })}
        title="Finishes the batch in flight; the run can be resumed"
      >
        Pause
      </Button>
    );
  }
  return (
    <Button
      leftSection={<IconPlayerPlay size={16} />}
      loading={resume.isPending}
      onClick={() => resume.mutate({ runId })}
    >
      Resume
    </Button>
  );
}
