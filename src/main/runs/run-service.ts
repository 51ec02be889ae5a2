/**
 * Everything that the faces can do with runs: one object over one store and one engine host. Inputs and outputs
 * are those of the contract's `runs`, `predictions` and `questions` procedures.
 */
import type { z } from 'zod';
import type {
  exportManifestSchema,
  GridRequest,
  RunDeletion,
  RunPlan,
  UnpackedSummary,
} from '../../shared/contract/runs.ts';
import type { ScorerName } from '../../shared/prediction.ts';
import type { RunAttention } from '../../shared/run-attention.ts';
import type { RunEvent, RunResult, RunSummary } from '../../shared/run.ts';
import type { DatasetProblem } from '../../shared/sample.ts';
import type { AccuracyRow, CategoryNode } from '../../shared/statistics.ts';
import type { ExportedRows } from '../export/export-writer.ts';
import type { Distribution, PhaseMean } from '../store/run-times.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import { createBatchLimits, type BatchLimits } from './batch-limits.ts';
import { createComparisonService, type ComparisonService } from './comparison-service.ts';
import { createDatasetShelf } from './dataset-shelf.ts';
import { cpuAlone, type DeviceChoice } from './device-choice.ts';
import { createEngineDesk, type EngineDesk } from './engine-desk.ts';
import type { EngineHost } from './engine-host.ts';
import { planDownloadExport, type DownloadExport, type DownloadExportInput } from './download-export.ts';
import { writeExport } from './export-run.ts';
import type { StoreChange } from './follow-store.ts';
import type { LongWorkFollower } from './long-work.ts';
import { createLongWrites } from './long-writes.ts';
import { packRun, type PackedRun, type PackFollower } from './pack-run.ts';
import { createQuestionProber } from './question-prober.ts';
import { ensureScopeScored, type ScopeInput } from './question-reads.ts';
import { createQuestionService, type QuestionService } from './question-service.ts';
import { imageReader, readImageOf } from './run-images.ts';
import { deskModel, openRunInputs } from './resume-run.ts';
import { attentionOf } from './run-attention.ts';
import { createRunControl } from './run-control.ts';
import { createPlanPreview } from './plan-preview.ts';
import { runManifest } from './run-manifest.ts';
import { shortRepeatCommand } from './repeat-command.ts';
import { requireRun, statusOf, summaryOf } from './run-state.ts';
import { runResult, type ResultReads } from './run-tally.ts';
import { createStoreReader } from './reader/store-reader.ts';
import type { TaskRegistry } from './tasks.ts';
import { createWarnedStarts, type WarnedStarts } from './warned-starts.ts';
import { verifyRun, type VerifyReport } from './verify-run.ts';

export type ExportManifest = z.infer<typeof exportManifestSchema>;

export type RunServiceOptions = Readonly<{
  store: Store;
  engineHost: EngineHost;
  /** Which devices work here; the CPU alone by default. */
  devices?: DeviceChoice;
  /** What is known of batches that were too large; of this process's own by default. */
  batchLimits?: BatchLimits;
  /** The program's version, for manifests. */
  version: string;
  /** What starts the program in a shell here, for the command that repeats a run. */
  program?: string;
  /** Threads of an engine on the CPU; null: the engine decides (physical cores). */
  threadCount?: number | null;
  /** How long an engine stays loaded after its last use. */
  engineStaysMs?: number;
  /** Entry module of the threads that read and write the store for large runs; null: this thread does. */
  readerEntry?: string | null;
  /** Where long work shows itself and can be cancelled; null: nowhere. */
  tasks?: TaskRegistry | null;
  /** The process stays: see `LongWritesOptions`. */
  staysOpen?: boolean;
  logBug?: (error: unknown) => void;
}>;

export type RunIdInput = Readonly<{ runId: string }>;

export type ListRunsInput = Readonly<{ limit: number; offset: number }>;

export type ShowRunInput = RunIdInput & Readonly<{ scorer?: ScorerName | undefined }>;

export type VerifyInput = RunIdInput & Readonly<{ count: number; seed: number }>;

export type ImportPredictionsInput = Readonly<{
  file: string;
  dataset?: string | undefined;
  scorer: ScorerName;
  label?: string | undefined;
}>;

export type ExportRunInput = RunIdInput &
  Readonly<{
    questions?: string | undefined;
    categories?: string | undefined;
    patches?: string | undefined;
    regions?: string | undefined;
    jsonl?: string | undefined;
    where: readonly string[];
    scorer?: ScorerName | undefined;
  }>;

export type RunTimes = { phases: PhaseMean[]; totalMs: Distribution | null; arSteps: Distribution | null };

export type RunService = QuestionService &
  ComparisonService &
  WarnedStarts &
  Readonly<{
    /** What a grid's runs would do; nothing is written. */
    plan: (request: GridRequest) => Promise<{ runs: RunPlan[] }>;
    /** Writes every run of the grid; they run one after the other. */
    startGrid: (request: GridRequest) => Promise<{ runs: RunSummary[] }>;
    /** Returns once the run has stopped. Works across processes: the owner is asked through the store. */
    pause: (input: RunIdInput & Readonly<{ force: boolean }>) => Promise<RunSummary>;
    /** The current state first, then at most five events a second, the final state last. */
    watch: (input: RunIdInput, signal?: AbortSignal) => AsyncGenerator<RunEvent, void, void>;
    /** Reports what changes, whichever process changes it, until the returned function is called. */
    follow: (report: (change: StoreChange) => void) => () => void;
    /** The runs that this process works on, or holds in its queue. */
    atWork: () => readonly string[];
    list: (input: ListRunsInput) => Promise<{ runs: RunSummary[]; total: number }>;
    show: (input: ShowRunInput) => Promise<{
      run: RunSummary;
      categories: CategoryNode[];
      tables: AccuracyRow[];
      manifest: ExportManifest;
      repeatCommand: string | null;
    }>;
    rename: (input: RunIdInput & Readonly<{ label: string }>) => Promise<RunSummary>;
    times: (input: RunIdInput) => Promise<RunTimes>;
    attention: (
      input: RunIdInput & Readonly<{ where: readonly string[]; scorer?: ScorerName | undefined }>,
      signal?: AbortSignal,
    ) => Promise<RunAttention>;
    rescore: (input: RunIdInput & Readonly<{ scorer: ScorerName }>) => Promise<RunResult>;
    verify: (input: VerifyInput, signal?: AbortSignal) => Promise<VerifyReport>;
    /** Images of the run's questions travel along; those that cannot be read are left out and counted. */
    pack: (input: RunIdInput & Readonly<{ file: string }>, follow?: PackFollower) => Promise<PackedRun>;
    unpack: (input: Readonly<{ file: string }>) => Promise<UnpackedSummary>;
    /** What deleting the runs would take along; nothing is written. */
    deletionPlan: (input: Readonly<{ runIds: readonly string[] }>) => Promise<{ runs: RunDeletion[] }>;
    remove: (input: RunIdInput) => Promise<{ runId: string }>;
    exportRun: (
      input: ExportRunInput,
      signal?: AbortSignal,
    ) => Promise<{ files: ExportedRows[]; manifest: ExportManifest }>;
    importPredictions: (input: ImportPredictionsInput) => Promise<RunResult & { problems: DatasetProblem[] }>;
    /** Works while no run or question has a model loaded; see `EngineDesk.alone`. */
    withoutEngines: EngineDesk['alone'];
    /** Mean time of a run's answers, unscored ones included; null where it has none. */
    secondsPerQuestion: (run: RunRecord) => Promise<number | null>;
    /** Ends engines that nobody uses, so that their model's files can be replaced or deleted. */
    unloadIdleEngines: () => Promise<void>;
    /** What a download would hold; `write` makes the file. */
    planDownload: (input: DownloadExportInput) => DownloadExport;
    /** `ok`, or the first findings of SQLite's own checks of the whole store. */
    checkIntegrity: () => Promise<string>;
    /** Label of a run. Fails: `not-found`. */
    labelOf: (runId: string) => string;
    /** Encoded image bytes as the dataset holds them, or as a packed run brought them along. */
    readRunImage: (runId: string, sampleId: string) => Promise<Uint8Array>;
    /** Pauses what this service runs, ends its engines and closes its datasets. The store stays open. */
    close: () => Promise<void>;
  }>;

/** Makes the service; see `RunService`. */
export function createRunService({
  store,
  engineHost,
  devices = cpuAlone,
  batchLimits = createBatchLimits(),
  version,
  program = 'penumbra',
  threadCount = null,
  engineStaysMs = 120_000,
  readerEntry = null,
  tasks = null,
  staysOpen = false,
  logBug = () => undefined,
}: RunServiceOptions): RunService {
  const desk = createEngineDesk({ host: engineHost, devices, threadCount, stayLoadedMs: engineStaysMs });
  const control = createRunControl({ store, desk, devices, batchLimits, version });
  const shelf = createDatasetShelf();
  const preview = createPlanPreview(store, devices, batchLimits);
  const prober = createQuestionProber(store, shelf, desk);
  const reader = createStoreReader(store, readerEntry);
  const writes = createLongWrites({ store, reader, version, writerEntry: readerEntry, tasks, staysOpen, logBug });
  const { score } = writes;
  const results: ResultReads = {
    score,
    compute: ({ runId, planned }, status, scorer) => reader.read('result', { runId, status, scorer }, planned),
  };
  const summarise = (run: RunRecord, by: ScorerName = run.scorer): Promise<RunSummary> =>
    summaryOf(store, run, by, results);
  /** Scores what the scope needs; returns how large its run is. */
  const prepare = async (scope: ScopeInput): Promise<number> => {
    await ensureScopeScored(store, scope, score);
    return requireRun(store, scope.runId).planned;
  };

  const verify = async ({ runId, count, seed }: VerifyInput, follower: LongWorkFollower): Promise<VerifyReport> => {
    const run = requireRun(store, runId);
    const { dataset, settings, model } = await openRunInputs(store, run);
    const engine = desk.use(deskModel(model, settings), 'batch');
    const stop = (): void => engine.stop();
    follower.signal?.addEventListener('abort', stop, { once: true });
    try {
      return await verifyRun({ store, run, settings, dataset, engine }, { count, seed }, follower);
    } finally {
      follower.signal?.removeEventListener('abort', stop);
      await engine.leave(true);
      await dataset.close();
    }
  };

  const service: RunService = {
    ...createQuestionService({ store, reader, prober, prepare, tag: writes.tag }),
    ...createComparisonService({ store, reader, score }),
    ...createWarnedStarts({ store, control, preview, summarise }),
    plan: async (request) => ({ runs: await preview.plan(request) }),
    startGrid: async (request) => {
      const runs: RunSummary[] = [];
      for (const run of await control.startGrid(request)) runs.push(await summarise(run));
      return { runs };
    },
    pause: async ({ runId, force }) => summarise(await control.pause(runId, force)),
    watch: ({ runId }, signal) => control.watch(runId, signal),
    follow: (report) => control.follow(report),
    atWork: () => control.atWork(),
    list: async ({ limit, offset }) => {
      const runs: RunSummary[] = [];
      for (const run of store.runs.list(limit, offset)) runs.push(await summarise(run));
      return { runs, total: store.runs.count() };
    },
    show: async ({ runId, scorer }) => {
      const run = requireRun(store, runId);
      const by = scorer ?? run.scorer;
      const summary = await summarise(run, by);
      const { categories, tables } = await reader.read('categories', { runId, scorer: by }, run.planned);
      const manifest = runManifest(store, run, by, version);
      return {
        run: summary,
        categories,
        tables,
        manifest,
        repeatCommand: await shortRepeatCommand(store, run, program),
      };
    },
    rename: async ({ runId, label }) => {
      store.runs.rename(requireRun(store, runId).runRow, label);
      return summarise(requireRun(store, runId));
    },
    times: async ({ runId }) => reader.read('times', { runId }, requireRun(store, runId).planned),
    attention: async ({ runId, where, scorer }, signal) => {
      const run = requireRun(store, runId);
      const request = { where, scorer: scorer ?? run.scorer };
      const size = await prepare({ runId, ...request });
      return attentionOf(store, run, request, () => reader.read('attention', { runId, ...request }, size, signal));
    },
    rescore: async ({ runId, scorer }) => {
      const run = requireRun(store, runId);
      return runResult(store, run, statusOf(run), scorer, results);
    },
    verify: (input, signal) => {
      const { label } = requireRun(store, input.runId);
      if (tasks === null) return verify(input, { signal });
      return tasks.waitFor(
        'verify',
        `Verify ${label}`,
        (tell, stopped) =>
          verify(input, { signal: stopped, report: (progress) => tell({ ...progress, unit: 'questions' }) }),
        ({ runId, checked, sameAnswer }) => ({ runId, summary: `${sameAnswer} of ${checked} answers are the same.` }),
        signal,
      );
    },
    pack: async ({ runId, file }, follow) => {
      const run = requireRun(store, runId);
      const packed = await packRun(store, run, file, {
        readImage: await imageReader(store, shelf, run),
        copy: (path) => reader.read('copyToPack', { runId, path }, run.planned, follow?.signal),
        ...follow,
      });
      store.runContents.notePacked(run.runRow);
      return packed;
    },
    unpack: async ({ file }) => {
      const { runId, newlyExcluded } = await writes.unpack(file);
      const summary = await summarise(requireRun(store, runId));
      return newlyExcluded === null ? summary : { ...summary, newlyExcluded };
    },
    deletionPlan: async ({ runIds }) => ({
      runs: runIds.map((runId) => ({ runId, ...store.runContents.of(requireRun(store, runId).runRow) })),
    }),
    remove: async ({ runId }) => {
      await writes.remove(runId);
      return { runId };
    },
    exportRun: async ({ runId, where, scorer, ...paths }, signal) => {
      const run = requireRun(store, runId);
      const request = { paths: given(paths), where, scorer: scorer ?? run.scorer };
      await prepare({ runId, where, scorer: request.scorer });
      const { files, manifest } = await writeExport({ store, reader, version }, run, request, signal);
      store.runContents.noteExported(run.runRow);
      return { files: [...files], manifest };
    },
    importPredictions: async (input) => {
      const { runId, problems } = await writes.importPredictions(input);
      const run = requireRun(store, runId);
      return { ...(await runResult(store, run, statusOf(run), run.scorer, results)), problems };
    },
    withoutEngines: (work, signal) => desk.alone(work, signal),
    secondsPerQuestion: ({ runId, planned }) => reader.read('secondsPerQuestion', { runId }, planned),
    unloadIdleEngines: () => desk.unloadIdle(),
    planDownload: (input) => planDownloadExport(service, store, version, input),
    checkIntegrity: () => reader.read('integrity', null, Number.POSITIVE_INFINITY),
    labelOf: (runId) => requireRun(store, runId).label,
    readRunImage: async (runId, sampleId) => readImageOf(store, shelf, requireRun(store, runId), sampleId),
    close: async () => {
      await control.close();
      await desk.close();
      await writes.close();
      await reader.close();
      await shelf.close();
    },
  };
  return service;
}

/** The entries that have a value. */
function given<Key extends string>(
  paths: Readonly<Partial<Record<Key, string | undefined>>>,
): Partial<Record<Key, string>> {
  const entries = Object.entries(paths).filter(([, path]) => path !== undefined);
  return Object.fromEntries(entries) as Partial<Record<Key, string>>;
}
