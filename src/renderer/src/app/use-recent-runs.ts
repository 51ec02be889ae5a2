/** The newest runs, for what the shell shows of them: progress, names, the way to them. */
import { useQuery } from '@tanstack/react-query';
import type { RunSummary } from '../../../shared/run.ts';
import { api } from '../api/queries.ts';

const none: readonly RunSummary[] = [];

export function useRecentRuns(): readonly RunSummary[] {
  return useQuery(api.runs.list.queryOptions({ input: { limit: 100 } })).data?.runs ?? none;
}
