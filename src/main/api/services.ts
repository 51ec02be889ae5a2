/**
 * What the API needs of the layers below it, one interface for each area of the contract. `core` composes them;
 * each procedure calls one of these methods and nothing else.
 */
import type { AnySchema, InferContractRouterOutputs, InferSchemaOutput } from '@orpc/contract';
import type { Bundle } from '../../shared/bundle.ts';
import type { Contract } from '../../shared/contract.ts';
import type { ImportProgress } from '../../shared/contract/models.ts';
import type { LiveEvent } from '../../shared/live-event.ts';
import type { RunEvent } from '../../shared/run.ts';

type Outputs = InferContractRouterOutputs<Contract>;

/** The input of a procedure after its schema has filled in the defaults. */
type Input<Procedure> = Procedure extends { '~orpc': { inputSchema?: infer Schema } }
  ? InferSchemaOutput<Extract<Schema, AnySchema>>
  : never;

/** Input and output of the procedure `Area.Name`, as its service sees them. */
export type InputOf<Area extends keyof Contract, Name extends keyof Contract[Area]> = Input<Contract[Area][Name]>;
export type OutputOf<
  Area extends keyof Contract,
  Name extends keyof Contract[Area] & keyof Outputs[Area],
> = Outputs[Area][Name];

/** The service methods of an area, of the shape that the contract gives its procedures. */
type Methods<Area extends keyof Contract, Except extends string = never> = Readonly<{
  [Name in Exclude<keyof Contract[Area] & keyof Outputs[Area], Except>]: (
    input: InputOf<Area, Name>,
    signal: AbortSignal,
  ) => Promise<Outputs[Area][Name]>;
}>;

export type SystemService = Readonly<{ version: string; watch: (signal: AbortSignal) => AsyncIterable<LiveEvent> }> &
  Methods<'system', 'ping' | 'watch'>;

export type ModelImport = InputOf<'models', 'import'>;
export type ModelImportResult = Readonly<{ bundle: Bundle; seconds: number; peakMemoryBytes: number }>;

export type ModelService = Readonly<{
  import: (
    request: ModelImport,
    options: Readonly<{ onProgress: (progress: ImportProgress) => void; signal: AbortSignal }>,
  ) => Promise<ModelImportResult>;
}> &
  Methods<'models', 'import'>;

export type RunProcedures = Readonly<{
  watch: (input: InputOf<'runs', 'watch'>, signal: AbortSignal) => AsyncIterable<RunEvent>;
}> &
  Methods<'runs', 'watch'>;

export type TaskService = Methods<'tasks'>;
export type PreferenceService = Methods<'preferences'>;
export type FolderService = Methods<'folders'>;
export type DatasetService = Methods<'datasets'>;
export type PredictionService = Methods<'predictions'>;
export type QuestionService = Methods<'questions'>;
export type ViewService = Methods<'views'>;
export type ExportService = Methods<'exports'>;

export type Services = Readonly<{
  system: SystemService;
  tasks: TaskService;
  preferences: PreferenceService;
  folders: FolderService;
  datasets: DatasetService;
  models: ModelService;
  predictions: PredictionService;
  runs: RunProcedures;
  questions: QuestionService;
  views: ViewService;
  exports: ExportService;
}>;
