/**
 * What compared runs may differ in besides method, N, K and intervention, which every comparison shows: runs that
 * differ in one of these are not like for like. A condition that has no effect on a run is none of its conditions.
 */
import { z } from 'zod';
import { settingDefinitions, type RunSettings, type SettingName } from './run-settings.ts';

/** Values by the condition's name, as people read them. */
export const runConditionsSchema = z.record(z.string(), z.string());
export type RunConditions = z.infer<typeof runConditionsSchema>;

/** A condition in which runs differ, with the values that occur, in the order of the runs. */
export type DifferingCondition = Readonly<{ name: string; values: readonly string[] }>;

const shownElsewhere: readonly SettingName[] = ['method', 'latentSteps', 'patchesPerStep', 'intervention'];
/** How many engines share the work decides when a run is done, and nothing else. */
const withoutEffect: readonly SettingName[] = ['engines', 'gpus'];
const ofLatentSteps: readonly SettingName[] = [
  'stepLayout',
  'forcedPatches',
  'bannedPatches',
  'adaptiveStop',
  'adaptiveThreshold',
  'seed',
];

/** Conditions of a run; imported predictions have none. `device`: where it ran, null before it did. */
export function runConditions(settings: RunSettings | null, device: string | null): RunConditions {
  if (settings === null) return {};
  const hasEffect = (name: SettingName): boolean => {
    if (shownElsewhere.includes(name) || withoutEffect.includes(name)) return false;
    if (name === 'device') return device !== null;
    if (settings.method !== 'ivt-lr' && ofLatentSteps.includes(name)) return false;
    if (name === 'adaptiveThreshold') return settings.adaptiveStop !== 'off';
    return name !== 'seed' || settings.intervention === 'random-patches';
  };
  return Object.fromEntries(
    settingDefinitions
      .filter(({ name }) => hasEffect(name))
      .map(({ name, label }) => [label, name === 'device' ? String(device) : valueText(settings[name])]),
  );
}

/** The conditions in which those of the runs that have them differ, in the order of the settings. */
export function differingConditions(runs: readonly Readonly<{ conditions: RunConditions }>[]): DifferingCondition[] {
  const names = [...new Set(runs.flatMap(({ conditions }) => Object.keys(conditions)))];
  return names
    .map((name) => ({ name, values: [...new Set(runs.flatMap(({ conditions }) => conditions[name] ?? []))] }))
    .filter(({ values }) => values.length > 1);
}

/** `token limit 16`: what a run has of a condition, null where it has none of it. */
export function conditionText({ conditions }: Readonly<{ conditions: RunConditions }>, name: string): string | null {
  const value = conditions[name];
  return value === undefined ? null : `${inSentence(name)} ${value}`;
}

/** `Token limit (16, 512)` for each. */
export const differencesText = (differing: readonly DifferingCondition[]): string =>
  differing.map(({ name, values }) => `${inSentence(name)} (${values.join(', ')})`).join('; ');

const inSentence = (name: string): string => `${name.charAt(0).toLowerCase()}${name.slice(1)}`;

function valueText(value: RunSettings[SettingName]): string {
  if (!Array.isArray(value)) return String(value);
  const steps = value.map((each) =>
    typeof each === 'number' ? String(each) : `${String(each.step)}:${each.slots.join(',')}`,
  );
  return steps.length === 0 ? 'none' : steps.join(';');
}
