/** What the form of a new run holds, and the request that it stands for. A setting with several values is an axis. */
import { z } from 'zod';
import { questionSelectionSchema, type GridAxis, type GridRequest } from '../../../../shared/contract/runs.ts';
import { scorerNameSchema } from '../../../../shared/prediction.ts';
import type { RunSummary } from '../../../../shared/run.ts';
import {
  appliesTo,
  describeMethod,
  runSettingsInputSchema,
  runSettingsSchema,
  settingDefinitions,
  type LatentDefaults,
  type Method,
  type RunSettings,
  type SettingDefinition,
  type SettingName,
} from '../../../../shared/run-settings.ts';
import { choiceText } from './choice-text.ts';

const settingValueSchema = z.union([z.string(), z.number()]);
export type SettingValue = z.infer<typeof settingValueSchema>;

export const draftSchema = z.object({
  /** Path; null: none chosen yet. */
  dataset: z.string().nullable(),
  /** Null: the dataset's usual one. */
  split: z.string().nullable(),
  where: z.array(z.string()),
  /** Questions of another run. */
  selection: questionSelectionSchema.nullable(),
  models: z.array(z.string()),
  /** Values by setting; a setting without any is left to the model or the program. */
  settings: z.record(z.string(), z.array(settingValueSchema)),
  limit: z.int().min(1).nullable(),
  scorer: scorerNameSchema,
  label: z.string(),
});
export type Draft = z.infer<typeof draftSchema>;

export const emptyDraft: Draft = {
  dataset: null,
  split: null,
  where: [],
  selection: null,
  models: [],
  settings: {},
  limit: null,
  scorer: 'strict',
  label: '',
};

/** Settings that the form offers; slots are forced and banned on a question's own page, and on the command line. */
export const formSettings: readonly SettingDefinition[] = settingDefinitions.filter(({ kind }) => kind !== 'slots');

/**
 * Null while dataset or model are missing. What no method takes is left out; what only some take is an axis, which the
 * others ignore.
 *
 * @param methods that would run; empty: not known
 */
export function requestOf(draft: Draft, methods: readonly Method[] = []): GridRequest | null {
  const [model, ...otherModels] = draft.models;
  if (draft.dataset === null || model === undefined) return null;
  const axes: GridAxis[] = otherModels.length === 0 ? [] : [{ name: 'model', values: draft.models }];
  const settings: Record<string, SettingValue | number[]> = {};
  for (const { name, kind } of formSettings) {
    const [value, ...others] = draft.settings[name] ?? [];
    const takers = methods.filter((method) => appliesTo(name, method));
    if (value === undefined || (methods.length > 0 && takers.length === 0)) continue;
    if (kind === 'indices') settings[name] = indicesOf(String(value));
    else if (others.length === 0 && takers.length === methods.length) settings[name] = value;
    else axes.push({ name, values: [value, ...others] });
  }
  return {
    base: {
      dataset: draft.dataset,
      model,
      ...(draft.split === null ? {} : { split: draft.split }),
      where: draft.where,
      ...(draft.selection === null ? {} : { selection: draft.selection }),
      ...(draft.limit === null ? {} : { limit: draft.limit }),
      ...(draft.label.trim() === '' ? {} : { label: draft.label.trim() }),
      scorer: draft.scorer,
      settings: runSettingsInputSchema.parse(settings),
    },
    axes,
  };
}

/** The value that a text means for a setting, or why it means none. */
export function readValue(
  { name, kind }: SettingDefinition,
  text: string,
): Readonly<{ value: SettingValue } | { refusal: string }> {
  if (kind === 'indices') {
    const indices = runSettingsInputSchema.shape[name].safeParse(indicesOf(text));
    return indices.success ? { value: indicesOf(text).join(',') } : { refusal: refusalOf(text, indices.error) };
  }
  const isNumber = kind !== 'choice' && text.trim() !== 'auto';
  const value = isNumber ? Number(text.trim().replace(',', '.')) : text.trim();
  const parsed = runSettingsSchema.shape[name].safeParse(value);
  return parsed.success ? { value } : { refusal: refusalOf(text, parsed.error) };
}

const refusalOf = (text: string, { issues: [issue] }: z.ZodError): string =>
  `“${text.trim()}” is left out: only ${issue?.message ?? 'the values listed'} can be run.`;

/** `0, 2` -> 0 and 2. */
const indicesOf = (text: string): number[] =>
  text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));

/** What a setting is when nothing is chosen, for people. */
export function usualValue(
  { name, kind, default: own }: SettingDefinition,
  trainedFor: LatentDefaults | null,
  methods: readonly Method[] = [],
): string {
  if (kind === 'indices') return 'the first ones';
  if (own !== null) {
    const ofMethods = methods.map((method) => ({ method, value: defaultText(ownDefault(method, name) ?? own) }));
    const [first] = ofMethods;
    if (first !== undefined && ofMethods.every(({ value }) => value === first.value)) return first.value;
    const special = ofMethods.filter(({ value }) => value !== defaultText(own));
    return [
      defaultText(own),
      ...special.map(({ method, value }) => `${value} for ${describeMethod(method).title}`),
    ].join('; ');
  }
  const trained = trainedFor === null ? undefined : new Map<string, SettingValue>(Object.entries(trainedFor)).get(name);
  return trained === undefined ? 'as the model was trained' : `as the model was trained: ${choiceText(name, trained)}`;
}

const defaultText = (value: RunSettings[SettingName]): string => (Array.isArray(value) ? 'none' : String(value));

const ownDefault = (method: Method, name: SettingName): RunSettings[SettingName] | undefined =>
  describeMethod(method).defaults[name];

/** A draft that would repeat a run; settings as model and program would choose them anyway stay open. */
export function draftOfRun(run: RunSummary, trainedFor: LatentDefaults | null): Draft {
  const { settings } = run;
  const usual = new Map<string, unknown>(trainedFor === null ? [] : Object.entries(trainedFor));
  const chosen = formSettings.flatMap(({ name, default: own }): (readonly [string, SettingValue[]])[] => {
    const value = settings === null || !appliesTo(name, settings.method) ? undefined : plainValue(settings, name);
    const usually = (settings === null ? undefined : ownDefault(settings.method, name)) ?? own ?? usual.get(name);
    return value === undefined || value === usually ? [] : [[name, [value]]];
  });
  return {
    ...emptyDraft,
    dataset: run.datasetPath,
    split: run.split,
    where: run.where,
    models: run.modelPath === null ? [] : [run.modelPath],
    settings: Object.fromEntries(chosen),
    limit: run.limit,
    scorer: run.scorer,
  };
}

function plainValue(settings: RunSettings, name: SettingName): SettingValue | undefined {
  const value = settings[name];
  if (name === 'gpus') return settings.gpus.length === 0 ? undefined : settings.gpus.join(',');
  return Array.isArray(value) ? undefined : value;
}

/** The setting whose field should show a refusal, if it names one. */
export function refusedSetting(place: string | undefined): SettingName | null {
  const name = place?.replace(/^(base\.settings|axes)\./, '');
  return settingDefinitions.find((definition) => definition.name === name)?.name ?? null;
}
