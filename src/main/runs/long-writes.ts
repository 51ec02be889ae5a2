/**
 * What writes much of the store at once: scoring, bulk tags, runs that arrive and runs that go. Over many questions it
 * goes to a writer's thread and, where it takes longer than a moment, is a task that every face sees and may cancel;
 * whoever asked waits for its end, and may leave without ending it.
 */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { failureOf } from '../../shared/failure.ts';
import type { ScorerName } from '../../shared/prediction.ts';
import type { TaskKind } from '../../shared/task.ts';
import type { RunOwner, RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import { checkTagInput, type TagInput } from './annotate-questions.ts';
import type { ImportedRun, ImportRequest } from './import-predictions.ts';
import type { LongWorkFollower } from './long-work.ts';
import { createOwner, retireOwner } from './owner.ts';
import type { UnpackedRun } from './pack-run.ts';
import { ensureScopeScored } from './question-reads.ts';
import { smallRun, type StoreReader } from './reader/store-reader.ts';
import { createStoreWriter } from './reader/store-writer.ts';
import { markRemoved, removableRuns } from './remove-runs.ts';
import { requireRun } from './run-state.ts';
import type { ScoreMissing } from './scoring-rows.ts';
import type { TaskRegistry } from './tasks.ts';
import { scorers } from '../scoring/scorers.ts';

export type LongWrites = Readonly<{
  /** Fails: `cancelled`, where somebody cancels its task. */
  score: ScoreMissing;
  /** All or nothing. Fails: `wrong-usage`, `not-found`. */
  tag: (input: TagInput) => Promise<{ changed: number }>;
  /** Fails as `unpackRun`. */
  unpack: (file: string) => Promise<UnpackedRun>;
  /** Fails as `importPredictions`. */
  importPredictions: (request: ImportRequest) => Promise<ImportedRun>;
  /** The run is gone when this returns; a large one's rows follow. Fails: `not-found`, `run-owned`. */
  remove: (runId: string) => Promise<void>;
  close: () => Promise<void>;
}>;

export type LongWritesOptions = Readonly<{
  store: Store;
  reader: StoreReader;
  /** The program's version, for imported runs. */
  version: string;
  writerEntry: string | null;
  tasks: TaskRegistry | null;
  /** Removes from the start what earlier processes left over, and leaves to the next one what is left at the end. */
  staysOpen: boolean;
  logBug: (error: unknown) => void;
}>;

/** Files up to which taking them in takes about a second. */
const smallPackBytes = 4e6;
const smallPredictionsBytes = 1e6;

export function createLongWrites(options: LongWritesOptions): LongWrites {
  const { store, reader, version, writerEntry, tasks, staysOpen, logBug } = options;
  const writer = createStoreWriter(store, writerEntry);
  const scoring = new Map<string, Promise<number>>();
  let removing: Promise<void> = Promise.resolve();

  const asTask = <Value>(
    isTask: boolean,
    kind: TaskKind,
    title: string,
    work: (follower: LongWorkFollower) => Promise<Value>,
    runIdOf: (value: Value) => string,
  ): Promise<Value> =>
    isTask && tasks !== null
      ? tasks.waitFor(
          kind,
          title,
          (report, signal) => work({ signal, report: (progress) => report({ ...progress, unit: 'questions' }) }),
          (value) => ({ runId: runIdOf(value) }),
        )
      : work({});

  const scoreLarge = async (run: RunRecord, scorer: ScorerName): Promise<number> => {
    const { runId, label, planned } = run;
    // Read first: whatever another process writes after this counts the revision up.
    const { revision } = requireRun(store, runId);
    const request = { runId, scorer, version: scorers[scorer].version, limit: smallRun + 1 };
    const missing = await reader.read('unscored', request, planned);
    if (missing.length === 0) return revision;
    const work = (follower: LongWorkFollower) => writer.write('score', { runId, scorer }, true, follower);
    return asTask(missing.length > smallRun, 'scoring', `Score ${label} by ${scorer}`, work, () => runId);
  };
  const score: ScoreMissing = (run, scorer) => {
    if (run.planned <= smallRun) return writer.write('score', { runId: run.runId, scorer }, false);
    const key = `${run.runId} ${scorer}`;
    const known = scoring.get(key);
    if (known !== undefined) return known;
    const begun = scoreLarge(run, scorer).finally(() => scoring.delete(key));
    scoring.set(key, begun);
    return begun;
  };

  /** An owner tells other processes that somebody takes the run in; only this thread knows its own. */
  const owning = async <Value>(work: (owner: RunOwner) => Promise<Value>): Promise<Value> => {
    const owner = createOwner();
    try {
      return await work(owner);
    } finally {
      retireOwner(owner.token);
    }
  };

  const sweep = (): Promise<void> => {
    const runs = removableRuns(store);
    if (runs.length === 0) return removing;
    const isLong = runs.reduce((sum, { planned }) => sum + planned, 0) > smallRun;
    const runRows = runs.map(({ runRow }) => runRow);
    const swept = writer.write('remove', { runRows }, isLong).catch((error: unknown) => {
      // What is left stays hidden, and is removed after the next deletion or by the next process.
      if (failureOf(error) === undefined && !isAbort(error)) logBug(error);
    });
    removing = Promise.all([removing, swept]).then(() => undefined);
    return removing;
  };
  if (staysOpen) void sweep();

  return {
    score,
    tag: async (input) => {
      checkTagInput(input);
      const { selection, sampleIds } = input;
      if (selection !== undefined) await ensureScopeScored(store, selection, score);
      const size = selection === undefined ? sampleIds.length : requireRun(store, selection.runId).planned;
      return writer.write('tag', input, size > smallRun);
    },
    unpack: async (file) => {
      const isLong = (await sizeOf(file)) > smallPackBytes;
      const work = (follower: LongWorkFollower) =>
        owning((owner) => writer.write('unpack', { file, owner }, isLong, follower));
      return asTask(isLong, 'unpack', `Unpack ${basename(file)}`, work, ({ runId }) => runId);
    },
    importPredictions: async (request) => {
      const isLong = (await sizeOf(request.file)) > smallPredictionsBytes;
      const work = (follower: LongWorkFollower) =>
        owning((owner) => writer.write('importPredictions', { request, version, owner }, isLong, follower));
      return asTask(isLong, 'predictions-import', `Import ${basename(request.file)}`, work, ({ runId }) => runId);
    },
    remove: async (runId) => {
      const { planned } = requireRun(store, runId);
      markRemoved(store, runId);
      const swept = sweep();
      if (planned <= smallRun) await swept;
    },
    close: async () => {
      if (!staysOpen) await removing;
      await writer.close();
      await removing;
    },
  };
}

const sizeOf = async (file: string): Promise<number> => (await stat(file).catch(() => null))?.size ?? 0;

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';
