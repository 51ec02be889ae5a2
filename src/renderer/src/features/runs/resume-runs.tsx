/** Goes on with those of several runs that have stopped before their end: one after the other, the oldest first. */
import { Button } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { RunSummary } from '../../../../shared/run.ts';
import { client } from '../../api/client.ts';
import { api } from '../../api/queries.ts';
import { showFailure } from '../../components/failure-notice.ts';
import { count } from '../../components/numbers.ts';

export function ResumeRuns({ runs }: Readonly<{ runs: readonly RunSummary[] }>) {
  const queries = useQueryClient();
  const stopped = runs
    .filter(({ kind, status }) => kind === 'evaluation' && status !== 'running' && status !== 'finished')
    .toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
  const resume = useMutation({
    mutationFn: async () => {
      // One at a time, so that they queue in this order; one that cannot go on does not keep the others.
      for (const { runId } of stopped) await client.runs.resume({ runId }).catch(showFailure);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: api.runs.key() }),
  });
  if (stopped.length === 0 && !resume.isPending) return null;
  return (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={<IconPlayerPlay size={14} />}
      title="They go on one after the other, the oldest first"
      loading={resume.isPending}
      onClick={() => resume.mutate()}
    >
      Resume {count(stopped.length)}
    </Button>
  );
}
