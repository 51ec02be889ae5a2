/** A run's page data: shared by its tabs, read again while it runs. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { scorerNames, type ScorerName } from '../../../../shared/prediction.ts';
import type { RunEvent } from '../../../../shared/run.ts';
import { api } from '../../api/queries.ts';

/** `scorer` null: the run's own. */
export function useRun(runId: string, scorer: ScorerName | null = null) {
  return useQuery({
    ...api.runs.show.queryOptions({ input: { runId, ...(scorer === null ? {} : { scorer }) } }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.run.status === 'running' ? 1500 : false),
  });
}

/** Progress of a run that runs, as it comes; null otherwise. */
export function useRunProgress(runId: string, running: boolean): RunEvent | null {
  const { data } = useQuery({
    ...api.runs.watch.experimental_liveOptions({ input: { runId } }),
    enabled: running,
    staleTime: 0,
    gcTime: 0,
  });
  return running ? (data ?? null) : null;
}

export function scorerOf(name: string | null): ScorerName | null {
  return scorerNames.find((known) => known === name) ?? null;
}
