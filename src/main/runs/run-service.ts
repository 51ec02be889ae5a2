/**
 * Everything that the faces can do with runs: one object over one store and one engine host. Inputs and outputs
 * are those of the contract's `runs`, `predictions` and `questions` procedures.
 */
import type { z } from 'zod';
import type { EvaluationRequest, QuestionDetail, QuestionRow, exportManifestSchema } from '../../shared/contract.ts';
import type { ScorerName } from '../../shared/prediction.ts';
import type { RunEvent, RunResult, RunSummary } from '../../shared/run.ts';
import type { DatasetProblem } from '../../shared/sample.ts';
import type { CategoryNode, RunComparison } from '../../shared/statistics.ts';
import type { Store } from '../store/store.ts';
import type { EngineHost } from './engine-host.ts';

export type ExportManifest = z.infer<typeof exportManifestSchema>;

export type RunServiceOptions = Readonly<{
  store: Store;
  engineHost: EngineHost;
  /** The program's version, for manifests. */
  version: string;
  /** Threads of an engine on the CPU; null: the engine decides (physical cores). */
  threadCount?: number | null;
}>;

export type RunIdInput = Readonly<{ runId: string }>;

export type ListRunsInput = Readonly<{ limit: number; offset: number }>;

export type ShowRunInput = RunIdInput & Readonly<{ scorer?: ScorerName | undefined }>;

export type CompareInput = Readonly<{ runIdA: string; runIdB: string; scorer?: ScorerName | undefined }>;

export type VerifyInput = RunIdInput & Readonly<{ count: number; seed: number }>;

export type VerifyReport = Readonly<{
  runId: string;
  checked: number;
  sameAnswer: number;
  samePatches: number;
  /** Sample ids whose answer or patches differ. */
  differing: string[];
}>;

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
    jsonl?: string | undefined;
    where: readonly string[];
    scorer?: ScorerName | undefined;
  }>;

export type ExportedFile = Readonly<{ kind: string; path: string; rowCount: number }>;

export type ListQuestionsInput = RunIdInput &
  Readonly<{ where: readonly string[]; scorer?: ScorerName | undefined; limit: number; offset: number }>;

export type RunService = Readonly<{
  /** Plans a run, writes its row, starts it and returns; `watch` follows it. */
  start: (request: EvaluationRequest) => Promise<RunSummary>;
  /** Goes on with a paused, interrupted or failed run; a finished one is returned as it is. */
  resume: (input: RunIdInput) => Promise<RunSummary>;
  /** Returns once the run has stopped. Works across processes: the owner is asked through the store. */
  pause: (input: RunIdInput & Readonly<{ force: boolean }>) => Promise<RunSummary>;
  /** The current state first, then at most five events a second, the final state last. */
  watch: (input: RunIdInput, signal?: AbortSignal) => AsyncGenerator<RunEvent, void, void>;
  list: (input: ListRunsInput) => Promise<{ runs: RunSummary[]; total: number }>;
  show: (input: ShowRunInput) => Promise<{ run: RunSummary; categories: CategoryNode[]; manifest: ExportManifest }>;
  compare: (input: CompareInput) => Promise<RunComparison>;
  rescore: (input: RunIdInput & Readonly<{ scorer: ScorerName }>) => Promise<RunResult>;
  verify: (input: VerifyInput, signal?: AbortSignal) => Promise<VerifyReport>;
  pack: (input: RunIdInput & Readonly<{ file: string }>) => Promise<{ file: string; sizeBytes: number }>;
  unpack: (input: Readonly<{ file: string }>) => Promise<RunSummary>;
  remove: (input: RunIdInput) => Promise<{ runId: string }>;
  exportRun: (input: ExportRunInput) => Promise<{ files: ExportedFile[]; manifest: ExportManifest }>;
  importPredictions: (input: ImportPredictionsInput) => Promise<RunResult & { problems: DatasetProblem[] }>;
  listQuestions: (input: ListQuestionsInput) => Promise<{ rows: QuestionRow[]; total: number }>;
  /** `imageUrl` is relative: `image/{runId}/{sampleId}`, both URI-encoded; serve it with `readRunImage`. */
  getQuestion: (
    input: RunIdInput & Readonly<{ sampleId: string; where: readonly string[] }>,
  ) => Promise<QuestionDetail>;
  /** Encoded image bytes as the dataset holds them, or as a packed run brought them along. */
  readRunImage: (runId: string, sampleId: string) => Promise<Uint8Array>;
  /** Pauses what this service runs, ends its engines and closes its datasets. The store stays open. */
  close: () => Promise<void>;
}>;

/** Makes the service; see `RunService`. */
export function createRunService(_options: RunServiceOptions): RunService {
  throw new Error('createRunService: not written yet');
}
