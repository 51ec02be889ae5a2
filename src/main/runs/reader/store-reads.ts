/**
 * What a reader's thread can be asked: questions that only read the store, by name. The rows of the runs concerned
 * have been scored before, because scoring writes.
 */
import type { RunAttention } from '../../../shared/run-attention.ts';
import type { RunResult, RunStatus } from '../../../shared/run.ts';
import type { AccuracyRow, CategoryNode, RunComparison } from '../../../shared/statistics.ts';
import type { ScorerName } from '../../../shared/prediction.ts';
import { buildCategoryTree } from '../../analysis/category-tree.ts';
import { scienceqaTables } from '../../analysis/scienceqa-tables.ts';
import type { Store } from '../../store/store.ts';
import { compareScoredRuns } from '../compare-runs.ts';
import { exportPage, exportPlan } from '../export-page.ts';
import { methodTableOf, sweepOf, type MethodTableInput } from '../method-table.ts';
import { copyToPack } from '../pack-run.ts';
import { countQuestions, getQuestion, listQuestions } from '../question-reads.ts';
import { tallyAttention, type AttentionRequest } from '../run-attention.ts';
import { requireRun } from '../run-state.ts';
import { computeResult } from '../run-tally.ts';

type RunInput = Readonly<{ runId: string }>;

export const storeReads = {
  listQuestions,
  countQuestions,
  getQuestion,
  /** Up to `limit` positions that this version of the scorer has not read. */
  unscored: (
    store: Store,
    { runId, scorer, version, limit }: RunInput & Readonly<{ scorer: ScorerName; version: number; limit: number }>,
  ): number[] => store.scores.missing(requireRun(store, runId).runRow, scorer, version, limit),
  result: (
    store: Store,
    { runId, status, scorer }: RunInput & Readonly<{ status: RunStatus; scorer: ScorerName }>,
  ): RunResult => computeResult(store, requireRun(store, runId), status, scorer),
  categories: (
    store: Store,
    { runId, scorer }: RunInput & Readonly<{ scorer: ScorerName }>,
  ): { categories: CategoryNode[]; tables: AccuracyRow[] } => {
    const { runRow } = requireRun(store, runId);
    return {
      categories: buildCategoryTree(store.scores.tally(runRow, scorer)),
      tables: scienceqaTables(store.scores.scienceqaTally(runRow, scorer)),
    };
  },
  secondsPerQuestion: (store: Store, { runId }: RunInput): number | null => {
    const { totalMs } = store.predictions.means(requireRun(store, runId).runRow);
    return totalMs === null ? null : totalMs / 1000;
  },
  /** Of the whole file; on the core's thread a store of some gigabytes would stop everything else for minutes. */
  integrity: (store: Store, _input: null): string => store.checkIntegrity(),
  times: (store: Store, { runId }: RunInput) => {
    const { runRow } = requireRun(store, runId);
    const { phases, totalMs, arSteps } = store.times;
    return { phases: phases(runRow), totalMs: totalMs(runRow), arSteps: arSteps(runRow) };
  },
  compare: (
    store: Store,
    { runIdA, runIdB, scorer }: Readonly<{ runIdA: string; runIdB: string; scorer: ScorerName }>,
  ): RunComparison => compareScoredRuns(store, requireRun(store, runIdA), requireRun(store, runIdB), scorer),
  methodTable: (store: Store, input: MethodTableInput) => methodTableOf(store, input),
  sweep: (store: Store, input: MethodTableInput) => sweepOf(store, input),
  attention: (
    store: Store,
    { runId, ...request }: RunInput & AttentionRequest,
    signal?: AbortSignal,
  ): Promise<RunAttention> => tallyAttention(store, requireRun(store, runId), request, signal),
  exportPlan,
  exportPage,
  /** Copies the run into a new file of its own; returns the run's row there. */
  copyToPack: (store: Store, { runId, path }: RunInput & Readonly<{ path: string }>): number =>
    copyToPack(store, requireRun(store, runId), path),
} as const;

export type StoreReads = typeof storeReads;
export type ReadName = keyof StoreReads;
export type ReadInput<Name extends ReadName> = Parameters<StoreReads[Name]>[1];
export type ReadOutput<Name extends ReadName> = Awaited<ReturnType<StoreReads[Name]>>;
