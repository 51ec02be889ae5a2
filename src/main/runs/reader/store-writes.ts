/** What a writer's thread can be asked: long work that writes the store in short transactions, by name. */
import type { ScorerName } from '../../../shared/prediction.ts';
import type { RunOwner } from '../../store/runs-repository.ts';
import type { Store } from '../../store/store.ts';
import { tagQuestions, type TagInput } from '../annotate-questions.ts';
import { importPredictions, type ImportedRun, type ImportRequest } from '../import-predictions.ts';
import type { LongWork } from '../long-work.ts';
import { unpackRun } from '../pack-run.ts';
import { removeRows } from '../remove-runs.ts';
import { scoreMissing } from '../scoring-rows.ts';

export const storeWrites = {
  score: (store: Store, { runId, scorer }: Readonly<{ runId: string; scorer: ScorerName }>, work: LongWork) =>
    scoreMissing(store, runId, scorer, work),
  tag: (store: Store, input: TagInput): { changed: number } => tagQuestions(store, input),
  /** `owner` is the asker's: it tells who lives in its own process. */
  unpack: (store: Store, { file, owner }: Readonly<{ file: string; owner: RunOwner }>, work: LongWork) =>
    unpackRun(store, file, owner, work),
  importPredictions: (
    store: Store,
    { request, version, owner }: Readonly<{ request: ImportRequest; version: string; owner: RunOwner }>,
    work: LongWork,
  ): Promise<ImportedRun> => importPredictions(store, request, version, owner, work),
  remove: (store: Store, { runRows }: Readonly<{ runRows: readonly number[] }>, work: LongWork) =>
    removeRows(store, runRows, work),
} as const;

export type StoreWrites = typeof storeWrites;
export type WriteName = keyof StoreWrites;
export type WriteInput<Name extends WriteName> = Parameters<StoreWrites[Name]>[1];
export type WriteOutput<Name extends WriteName> = Awaited<ReturnType<StoreWrites[Name]>>;
