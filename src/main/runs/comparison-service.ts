/** What the faces can do with several runs side by side. Runs are scored by one rule before they are compared. */
import type { MethodTable, SweepPoint } from '../../shared/comparison.ts';
import type { ScorerName } from '../../shared/prediction.ts';
import type { RunComparison } from '../../shared/statistics.ts';
import type { Store } from '../store/store.ts';
import { keptComparison } from './compare-runs.ts';
import { comparedRuns, type MethodTableInput } from './method-table.ts';
import type { StoreReader } from './reader/store-reader.ts';
import { requireRun } from './run-state.ts';
import { ensureScored, type ScoreMissing } from './scoring-rows.ts';

export type CompareInput = Readonly<{ runIdA: string; runIdB: string; scorer?: ScorerName | undefined }>;

export type ComparisonService = Readonly<{
  compare: (input: CompareInput, signal?: AbortSignal) => Promise<RunComparison>;
  methodTable: (input: MethodTableInput, signal?: AbortSignal) => Promise<MethodTable>;
  sweep: (input: Omit<MethodTableInput, 'baselineRunId'>, signal?: AbortSignal) => Promise<{ points: SweepPoint[] }>;
}>;

export type ComparisonServiceParts = Readonly<{ store: Store; reader: StoreReader; score: ScoreMissing }>;

export function createComparisonService({ store, reader, score }: ComparisonServiceParts): ComparisonService {
  /** Scores the runs; the scorer, and how many questions a comparison reads. */
  const prepare = async (input: MethodTableInput): Promise<Readonly<{ scorer: ScorerName; size: number }>> => {
    const { runs, scorer } = comparedRuns(store, input);
    for (const run of runs) await ensureScored(store, run, scorer, score);
    return { scorer, size: runs.reduce((sum, { planned }) => sum + planned, 0) };
  };
  return {
    compare: async ({ runIdA, runIdB, scorer }, signal) => {
      const runs = [requireRun(store, runIdA), requireRun(store, runIdB)];
      const by = scorer ?? requireRun(store, runIdA).scorer;
      for (const run of runs) await ensureScored(store, run, by, score);
      const size = Math.max(...runs.map(({ planned }) => planned));
      return keptComparison(store, { runIdA, runIdB, scorer: by }, () =>
        reader.read('compare', { runIdA, runIdB, scorer: by }, size, signal),
      );
    },
    methodTable: async (input, signal) => {
      const { scorer, size } = await prepare(input);
      return reader.read('methodTable', { ...input, scorer }, size, signal);
    },
    sweep: async (input, signal) => {
      const { scorer, size } = await prepare(input);
      return { points: await reader.read('sweep', { ...input, scorer }, size, signal) };
    },
  };
}
