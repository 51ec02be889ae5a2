/** Which settings mean anything to the methods that a draft asks for, in the groups in which the form shows them. */
import type { Bundle } from '../../../../shared/bundle.ts';
import {
  appliesTo,
  describeMethod,
  methods as allMethods,
  type Method,
  type SettingDefinition,
  type SettingName,
} from '../../../../shared/run-settings.ts';
import { choiceText } from './choice-text.ts';
import { formSettings, type Draft } from './draft.ts';

/** What would run: the chosen methods, else those that the chosen models were trained for; empty: not known yet. */
export function methodsOf(
  { settings, models: paths }: Pick<Draft, 'settings' | 'models'>,
  models: readonly Readonly<{ path: string; bundle: Pick<Bundle, 'trainedFor'> | null }>[],
): Method[] {
  const chosen = allMethods.filter((method) => settings['method']?.includes(method) === true);
  if (chosen.length > 0) return chosen;
  const trained = paths.flatMap((path) => models.find((model) => model.path === path)?.bundle?.trainedFor.method ?? []);
  return [...new Set(trained)];
}

/** The methods that one of the chosen models cannot be asked with; a run with one of them would be refused. */
export function methodsWithout(
  { models: paths }: Pick<Draft, 'models'>,
  models: readonly Readonly<{ path: string; bundle: Pick<Bundle, 'architecture'> | null }>[],
): Method[] {
  const families = paths.flatMap((path) => models.find((model) => model.path === path)?.bundle?.architecture ?? []);
  return allMethods.filter((method) =>
    families.some((family) => !describeMethod(method).architectures.includes(family)),
  );
}

/** Whether any of the methods takes a setting; before any is known all of them might. */
export const isShown = (name: SettingName, methods: readonly Method[]): boolean =>
  methods.length === 0 || methods.some((method) => appliesTo(name, method));

/** Always in sight. */
const mainSettings: readonly SettingName[] = ['method', 'latentSteps', 'patchesPerStep', 'intervention'];

const furtherGroups: readonly (readonly [title: string, names: readonly SettingName[]])[] = [
  ['Latent steps', ['stepLayout', 'adaptiveStop', 'adaptiveThreshold']],
  ['Prompt and length', ['promptFormat', 'maxTokens']],
  ['Sampling', ['temperature', 'topP', 'repetitionPenalty', 'seed']],
  ['Machine', ['batchSize', 'device', 'engines', 'gpus']],
];

export type SettingGroup = Readonly<{ title: string; settings: readonly SettingDefinition[] }>;

const definitionsOf = (names: readonly SettingName[], methods: readonly Method[]): SettingDefinition[] =>
  formSettings.filter(({ name }) => names.includes(name) && isShown(name, methods));

export const mainOnes = (methods: readonly Method[]): SettingDefinition[] => definitionsOf(mainSettings, methods);

/** The ones that unfold; a group without any is left out. */
export function furtherOnes(methods: readonly Method[]): SettingGroup[] {
  return furtherGroups
    .map(([title, names]) => ({ title, settings: definitionsOf(names, methods) }))
    .filter(({ settings }) => settings.length > 0);
}

/** `grid Latent steps (N) = 0, 1, 2; Seed = 7`; empty where nothing is set that the methods take. */
export function describeSettings(
  { settings, limit }: Pick<Draft, 'settings' | 'limit'>,
  methods: readonly Method[],
): string {
  const set = formSettings.flatMap(({ name, label }) => {
    const values = isShown(name, methods) ? (settings[name] ?? []) : [];
    const texts = values.map((value) => choiceText(name, value));
    return texts.length === 0 ? [] : [`${texts.length > 1 ? 'grid ' : ''}${label} = ${texts.join(', ')}`];
  });
  return [...set, ...(limit === null ? [] : [`first ${String(limit)} questions`])].join('; ');
}
