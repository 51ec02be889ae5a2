/**
 * What the API needs of the layers below it, one interface for each area. `core` composes them; the procedures
 * call one of these methods each and nothing else.
 */
import type { AnySchema, InferContractRouterOutputs, InferSchemaOutput } from '@orpc/contract';
import type { Bundle } from '../../shared/bundle.ts';
import type { Contract, ImportProgress } from '../../shared/contract.ts';
import type { RunEvent } from '../../shared/run.ts';

type Outputs = InferContractRouterOutputs<Contract>;

/** The input of a procedure after its schema has filled in the defaults. */
type Input<Procedure> = Procedure extends { '~orpc': { inputSchema?: infer Schema } }
  ? InferSchemaOutput<Extract<Schema, AnySchema>>
  : never;

/** A service method of the shape that the contract gives the procedure `Area.Name`. */
type Method<Area extends keyof Contract, Name extends keyof Contract[Area] & keyof Outputs[Area]> = (
  input: Input<Contract[Area][Name]>,
) => Promise<Outputs[Area][Name]>;

export type SystemService = Readonly<{
  version: string;
  doctor: () => Promise<Outputs['system']['doctor']>;
}>;

export type DatasetService = Readonly<{ inspect: Method<'datasets', 'inspect'> }>;

export type ModelImport = Input<Contract['models']['import']>;
export type ModelImportResult = Readonly<{ bundle: Bundle; seconds: number; peakMemoryBytes: number }>;

export type ModelService = Readonly<{
  import: (
    request: ModelImport,
    options: Readonly<{ onProgress: (progress: ImportProgress) => void; signal: AbortSignal }>,
  ) => Promise<ModelImportResult>;
  inspect: Method<'models', 'inspect'>;
}>;

export type PredictionService = Readonly<{ import: Method<'predictions', 'import'> }>;

export type RunProcedures = Readonly<{
  start: Method<'runs', 'start'>;
  resume: Method<'runs', 'resume'>;
  pause: Method<'runs', 'pause'>;
  watch: (input: Input<Contract['runs']['watch']>, signal: AbortSignal) => AsyncIterable<RunEvent>;
  list: Method<'runs', 'list'>;
  show: Method<'runs', 'show'>;
  compare: Method<'runs', 'compare'>;
  rescore: Method<'runs', 'rescore'>;
  verify: Method<'runs', 'verify'>;
  pack: Method<'runs', 'pack'>;
  unpack: Method<'runs', 'unpack'>;
  delete: Method<'runs', 'delete'>;
  export: Method<'runs', 'export'>;
}>;

export type QuestionService = Readonly<{
  list: Method<'questions', 'list'>;
  get: Method<'questions', 'get'>;
}>;

export type Services = Readonly<{
  system: SystemService;
  datasets: DatasetService;
  models: ModelService;
  predictions: PredictionService;
  runs: RunProcedures;
  questions: QuestionService;
}>;
