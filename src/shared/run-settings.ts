/**
 * Run settings: one schema from which command-line options, forms, grid axes, the configuration hash, the
 * manifest and the "repeat" command derive. Each setting has a label, a unit, a range, a default and a flag.
 * `affectsAnswers` marks what belongs in the configuration hash: batch size, device and engines must not change answers.
 */
import { z } from 'zod';
import type { Architecture } from './architecture.ts';
import { methodList } from './method-list.ts';

export type Method = (typeof methodList)[number]['name'];
export const methods = methodList.map(({ name }) => name);
/** What a face says of a method. */
export type MethodDescription = Readonly<{
  name: Method;
  title: string;
  summary: string;
  isLatent: boolean;
  /** The model families that it can be asked with. */
  architectures: readonly Architecture[];
}>;

export function describeMethod(method: Method): MethodDescription & { defaults: Partial<RunSettings> } {
  const found = methodList.find(({ name }) => name === method);
  if (found === undefined) throw new Error(`there is no method ${method}`);
  return found;
}

/** Whether the settings of latent reasoning apply to a method. */
export const isLatent = (method: Method): boolean => describeMethod(method).isLatent;

export const stepLayouts = ['patches-then-hidden', 'hidden-then-patches'] as const;
export type StepLayout = (typeof stepLayouts)[number];

export const promptFormats = ['released-inference', 'released-training', 'with-context'] as const;
export type PromptFormat = (typeof promptFormats)[number];

/** Interventions at inference time; ours, not the paper's trained ablations. */
export const interventions = [
  'none',
  'no-latent-text',
  'no-latent-vision',
  'no-latent',
  'random-patches',
  'least-attended',
  'allow-reuse',
] as const;
export type Intervention = (typeof interventions)[number];

export const adaptiveStops = ['off', 'hidden', 'selection'] as const;
export type AdaptiveStop = (typeof adaptiveStops)[number];

export const devices = ['auto', 'cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const;
export type Device = (typeof devices)[number];

/** Schemas whose refusal is what was expected, in plain words, for every face: `a whole number from 1 to 16`. */
const whole = (least: number, most: number) => {
  const error = `a whole number from ${String(least)} to ${String(most)}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
};
const real = (least: number, most: number) => {
  const error = `a number from ${String(least)} to ${String(most)}`;
  return z.number({ error }).min(least, { error }).max(most, { error });
};
const oneOf = <const Names extends readonly string[]>(names: Names) =>
  z.enum(names, { error: `one of ${names.join(', ')}` });

/** Slots (0-based, row-major over the merged image grid) forced or banned at one latent step (0-based). */
export const slotChoiceSchema = z.object({
  step: whole(0, Number.MAX_SAFE_INTEGER),
  slots: z.array(whole(0, Number.MAX_SAFE_INTEGER)),
});
export type SlotChoice = z.infer<typeof slotChoiceSchema>;

/** Most engines that one run can have. */
export const engineLimit = 16;

const batchSizes = { error: 'auto or a whole number from 1 to 256' };
const gpuNumbers = { error: `numbers of GPUs from 0 to 63 (0,1,…; at most ${String(engineLimit)})` };

const settingShapes = {
  method: oneOf(methods),
  latentSteps: whole(0, 64),
  patchesPerStep: whole(0, 4096),
  stepLayout: oneOf(stepLayouts),
  promptFormat: oneOf(promptFormats),
  intervention: oneOf(interventions),
  forcedPatches: z.array(slotChoiceSchema),
  bannedPatches: z.array(slotChoiceSchema),
  adaptiveStop: oneOf(adaptiveStops),
  adaptiveThreshold: real(0, 1),
  maxTokens: whole(1, 4096),
  temperature: real(0, 10),
  topP: real(0.001, 1),
  repetitionPenalty: real(0.1, 10),
  seed: whole(0, 0xffffffff),
  batchSize: z.union([z.literal('auto'), z.int(batchSizes).min(1, batchSizes).max(256, batchSizes)], batchSizes),
  device: oneOf(devices),
  engines: whole(1, engineLimit),
  gpus: z.array(z.int(gpuNumbers).min(0, gpuNumbers).max(63, gpuNumbers), gpuNumbers).max(engineLimit, gpuNumbers),
};

/** Runs from before there could be several engines had one, and runs from before there was sampling were greedy. */
export const runSettingsSchema = z.object({
  ...settingShapes,
  temperature: settingShapes.temperature.default(0),
  topP: settingShapes.topP.default(1),
  repetitionPenalty: settingShapes.repetitionPenalty.default(1),
  engines: settingShapes.engines.default(1),
  gpus: settingShapes.gpus.default([]),
});
export type RunSettings = z.infer<typeof runSettingsSchema>;
export type SettingName = keyof RunSettings;

export type SettingDefinition = Readonly<{
  name: SettingName;
  label: string;
  help: string;
  /** Command-line flag without dashes. */
  flag: string;
  unit: string | null;
  /** `null`: the bundle's own default (what the model was trained for). */
  default: RunSettings[SettingName] | null;
  kind: 'choice' | 'integer' | 'number' | 'slots' | 'integer-or-auto' | 'indices';
  choices: readonly string[] | null;
  affectsAnswers: boolean;
}>;

const define = (
  name: SettingName,
  kind: SettingDefinition['kind'],
  flag: string,
  label: string,
  help: string,
  rest: Partial<SettingDefinition> & Pick<SettingDefinition, 'default'>,
): SettingDefinition => ({ name, kind, flag, label, help, unit: null, choices: null, affectsAnswers: true, ...rest });

/** Every setting once, in the order in which forms and help show them. */
export const settingDefinitions: readonly SettingDefinition[] = [
  define('method', 'choice', 'method', 'Method', 'Reasoning method; default: what the model was trained for.', {
    default: null,
    choices: methods,
  }),
  define('latentSteps', 'integer', 'latent-steps', 'Latent steps (N)', 'Number of latent steps before the answer.', {
    default: null,
    unit: 'steps',
  }),
  define(
    'patchesPerStep',
    'integer',
    'patches',
    'Patches per step (K)',
    'Image patches selected at each latent step.',
    {
      default: null,
      unit: 'patches',
    },
  ),
  define(
    'stepLayout',
    'choice',
    'step-layout',
    'Step layout',
    'Order inside a latent step; released code: patches first.',
    {
      default: null,
      choices: stepLayouts,
    },
  ),
  define(
    'promptFormat',
    'choice',
    'prompt',
    'Prompt format',
    'How question and options are written; methods with prompts of their own ignore it.',
    {
      default: null,
      choices: promptFormats,
    },
  ),
  define(
    'intervention',
    'choice',
    'intervention',
    'Intervention',
    'Inference-time intervention (ours, not a trained ablation).',
    {
      default: 'none',
      choices: interventions,
    },
  ),
  define(
    'forcedPatches',
    'slots',
    'force-patches',
    'Forced patches',
    'STEP:SLOT,SLOT;STEP:… taken first at that step (0-based).',
    {
      default: [],
    },
  ),
  define(
    'bannedPatches',
    'slots',
    'ban-patches',
    'Banned patches',
    'STEP:SLOT,SLOT;STEP:… not candidates at that step (0-based).',
    {
      default: [],
    },
  ),
  define(
    'adaptiveStop',
    'choice',
    'adaptive-stop',
    'Adaptive stop',
    'End the latent steps early once hidden state or selection has converged.',
    {
      default: 'off',
      choices: adaptiveStops,
    },
  ),
  define(
    'adaptiveThreshold',
    'number',
    'adaptive-threshold',
    'Adaptive threshold',
    'Cosine (hidden) or overlap (selection) from which a step counts as converged.',
    {
      default: 0.99,
      unit: 'fraction between 0 and 1',
    },
  ),
  define(
    'maxTokens',
    'integer',
    'max-tokens',
    'Token limit',
    'Most tokens generated for an answer, end-of-sequence included.',
    {
      default: 512,
      unit: 'tokens',
    },
  ),
  define('temperature', 'number', 'temperature', 'Temperature', 'Of sampled tokens; 0: the likeliest one (greedy).', {
    default: 0,
    unit: 'from 0 to 10',
  }),
  define('topP', 'number', 'top-p', 'Top-p', 'Tokens are drawn from the likeliest ones that make up this share.', {
    default: 1,
    unit: 'fraction between 0 and 1',
  }),
  define(
    'repetitionPenalty',
    'number',
    'repetition-penalty',
    'Repetition penalty',
    'Lowers the logits of tokens that prompt or answer hold already; 1: none.',
    { default: 1, unit: 'factor' },
  ),
  define('seed', 'integer', 'seed', 'Seed', 'Seed of whatever is random (random patches, sampled tokens).', {
    default: 0,
  }),
  define(
    'batchSize',
    'integer-or-auto',
    'batch-size',
    'Batch size',
    'Questions answered together; in f32 answers do not depend on it, int8 and int4 may round differently.',
    {
      default: 'auto',
      unit: 'questions',
      affectsAnswers: false,
    },
  ),
  define('device', 'choice', 'device', 'Device', 'Where the model runs.', {
    default: 'auto',
    choices: devices,
    affectsAnswers: false,
  }),
  define(
    'engines',
    'integer',
    'engines',
    'Engines',
    'Processes that answer side by side (1 to 16), each with the whole model: on CUDA and DirectML each on a GPU of its own, on the CPU with its share of the cores.',
    { default: 1, affectsAnswers: false },
  ),
  define(
    'gpus',
    'indices',
    'gpus',
    'GPUs',
    'Which GPUs the engines take (0,1,…; CUDA and DirectML): default the first ones; the same one twice puts two engines on it.',
    { default: [], affectsAnswers: false },
  ),
];

/** What acts inside latent steps, and means nothing where a method has none. */
export const latentSettings = [
  'latentSteps',
  'patchesPerStep',
  'stepLayout',
  'intervention',
  'forcedPatches',
  'bannedPatches',
  'adaptiveStop',
  'adaptiveThreshold',
] as const satisfies readonly SettingName[];

/** Whether a setting means anything to a method. */
export const appliesTo = (name: SettingName, method: Method): boolean =>
  isLatent(method) || !latentSettings.some((latent) => latent === name);

/** Settings as a user gives them: everything optional; what is missing comes from the bundle or the default. */
export const runSettingsInputSchema = z.object(settingShapes).partial();
export type RunSettingsInput = z.infer<typeof runSettingsInputSchema>;

/** What a bundle was trained for: fills the settings whose default is `null`. */
export const latentDefaultsSchema = runSettingsSchema.pick({
  method: true,
  latentSteps: true,
  patchesPerStep: true,
  stepLayout: true,
  promptFormat: true,
});
export type LatentDefaults = z.infer<typeof latentDefaultsSchema>;

/** Fills in what the user left out, by the method's own defaults first; GPUs alone mean an engine for each. */
export function resolveRunSettings(input: RunSettingsInput, trainedFor: LatentDefaults): RunSettings {
  const resolved: Record<string, unknown> = { ...trainedFor };
  const ofMethod: Partial<RunSettings> = describeMethod(input.method ?? trainedFor.method).defaults;
  for (const { name, default: value } of settingDefinitions) {
    if (value !== null) resolved[name] = ofMethod[name] ?? value;
    if (input[name] !== undefined) resolved[name] = input[name];
  }
  if (input.engines === undefined && input.gpus !== undefined) resolved['engines'] = Math.max(1, input.gpus.length);
  return runSettingsSchema.parse(resolved);
}
