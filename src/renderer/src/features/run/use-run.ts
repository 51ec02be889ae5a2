/** A run's page data, shared by its tabs; live events keep it fresh. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { scorerNames, type ScorerName } from '../../../../shared/prediction.ts';
import { api } from '../../api/queries.ts';

/** `scorer` null: the run's own. */
export function useRun(runId: string, scorer: ScorerName | null = null) {
  return useQuery({
    ...api.runs.show.queryOptions({ input: { runId, ...(scorer === null ? {} : { scorer }) } }),
    placeholderData: keepPreviousData,
  });
}

export function scorerOf(name: string | null): ScorerName | null {
  return scorerNames.find((known) => known === name) ?? null;
}
