/** Runs as every face sees them: state, results, events. */
import { z } from 'zod';
import { precisionSchema } from './bundle.ts';
import { engineRestartsSchema } from './engine-restarts.ts';
import { failureSchema } from './failure.ts';
import { scorerNameSchema } from './prediction.ts';
import { recordByName } from './record-by-name.ts';
import { runSettingsSchema } from './run-settings.ts';
import { remarkKinds } from './trace.ts';

export const runStatuses = ['running', 'paused', 'interrupted', 'finished', 'failed'] as const;
export const runStatusSchema = z.enum(runStatuses);
export type RunStatus = z.infer<typeof runStatusSchema>;

/** Answers with a remark of a kind. */
export const remarkCountSchema = z.object({ kind: z.enum(remarkKinds), count: z.int().min(1) });
export type RemarkCount = z.infer<typeof remarkCountSchema>;

export const tallySchema = z.object({ total: z.int().min(0), correct: z.int().min(0) });
export type Tally = z.infer<typeof tallySchema>;

/** The JSON document of a run (`--json`); field names are a fixed point for scripts. */
export const runResultSchema = z.object({
  runId: z.string(),
  status: runStatusSchema,
  /** Questions of the plan with a row, failures included; those tagged `bad gold` are left out of every count. */
  total: z.int().min(0),
  correct: z.int().min(0),
  unparsed: z.int().min(0),
  failed: z.int().min(0),
  /** Questions with a row that are left out because they are tagged `bad gold`. */
  excluded: z.int().min(0).default(0),
  /** correct / total, between 0 and 1; null when nothing was answered. */
  accuracy: z.number().nullable(),
  byDomain: recordByName(tallySchema),
  /** Keyed by topic (a topic of the same name in two domains is keyed `domain/topic`). */
  byTopic: recordByName(tallySchema),
  arStepsMean: z.number().nullable(),
  secondsPerQuestionMean: z.number().nullable(),
  questionsPerSecond: z.number().nullable(),
  device: z.string().nullable(),
  scorer: scorerNameSchema,
  /** What methods in words remarked on answers, the most frequent kind first; absent: nothing. */
  remarks: z.array(remarkCountSchema).optional(),
});
export type RunResult = z.infer<typeof runResultSchema>;

/** Questions of the plan that have a row, excluded ones too: what tells how far a run is. */
export const questionsDone = ({ total, excluded }: Pick<RunResult, 'total' | 'excluded'>): number => total + excluded;

/** A row of the list of runs and the head of a run's page. */
export const runSummarySchema = runResultSchema.extend({
  /** Questions planned. */
  planned: z.int().min(0),
  kind: z.enum(['evaluation', 'imported']),
  label: z.string(),
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
  datasetId: z.string().nullable(),
  datasetPath: z.string().nullable(),
  /** What the dataset is called; its file's or folder's name for runs that did not note it. */
  datasetName: z.string().nullable(),
  datasetFingerprint: z.string().nullable(),
  modelPath: z.string().nullable(),
  modelName: z.string().nullable(),
  modelFingerprint: z.string().nullable(),
  modelPrecision: precisionSchema.nullable(),
  /** The model says that its weights were never trained: its answers are noise. */
  randomWeights: z.boolean(),
  split: z.string().nullable(),
  /** Filter as `field=value` terms. */
  where: z.array(z.string()),
  limit: z.int().nullable(),
  settings: runSettingsSchema.nullable(),
  configurationHash: z.string().nullable(),
  licence: z.string().nullable(),
  /** Rows of the dataset that could not be read when the run was planned; absent where that was not noted. */
  rowsLeftOut: z.int().min(0).optional(),
  /** Where it was answered: `2 engines on cuda 0 and 1, then cpu` after a resume on the processor. */
  enginesOn: z.string().optional(),
  /** Engines that ended without being asked to and were started again; absent: none. */
  engineRestarts: engineRestartsSchema.optional(),
  failure: failureSchema.nullable(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

/** A hint that something changed; a face that missed some reads the state again. */
export const runEventSchema = z.object({
  runId: z.string(),
  sequence: z.int().min(0),
  status: runStatusSchema,
  done: z.int().min(0),
  planned: z.int().min(0),
  correct: z.int().min(0),
  failed: z.int().min(0),
  /** Over the last minute of this process's work; null before the first batch. */
  questionsPerSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  /** What the run is busy with, for the progress line: `loading model`, `answering`. */
  phase: z.string(),
});
export type RunEvent = z.infer<typeof runEventSchema>;
