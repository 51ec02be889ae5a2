/**
 * What compared runs may differ in besides method, N, K and intervention, which every comparison shows: runs that
 * differ in one of these are not like for like. A condition that has no effect on a run is none of its conditions.
 */
import { z } from 'zod';
import type { Precision } from './bundle.ts';
import { ranOn } from './engine-places.ts';
import { appliesTo, settingDefinitions, type RunSettings, type SettingName } from './run-settings.ts';
import type { RunSummary } from './run.ts';

/** Values by the condition's name, as people read them. */
export const runConditionsSchema = z.record(z.string(), z.string());
export type RunConditions = z.infer<typeof runConditionsSchema>;

/** A condition in which runs differ, with the values that occur, in the order of the runs. */
export type DifferingCondition = Readonly<{ name: string; values: readonly string[] }>;

const shownElsewhere: readonly SettingName[] = ['method', 'latentSteps', 'patchesPerStep', 'intervention'];
/** How many engines share the work decides how long answers take, and nothing else: a timing condition. */
const withoutEffect: readonly SettingName[] = ['engines', 'gpus'];

/** Conditions of a run; imported predictions have none. `device`: where it ran, null before it did. */
export function runConditions(settings: RunSettings | null, device: string | null): RunConditions {
  if (settings === null) return {};
  const hasEffect = (name: SettingName): boolean => {
    if (shownElsewhere.includes(name) || withoutEffect.includes(name)) return false;
    if (name === 'device') return device !== null;
    if (!appliesTo(name, settings.method)) return false;
    if (name === 'adaptiveThreshold') return settings.adaptiveStop !== 'off';
    if (name === 'topP') return settings.temperature > 0;
    return name !== 'seed' || settings.temperature > 0 || settings.intervention === 'random-patches';
  };
  return Object.fromEntries(
    settingDefinitions
      .filter(({ name }) => hasEffect(name))
      .map(({ name, label }) => [label, name === 'device' ? String(device) : valueText(settings[name])]),
  );
}

const ranOnName = 'Ran on';
const precisionName = 'Precision';
const deviceName = settingDefinitions.find(({ name }) => name === 'device')?.label;

/** What the seconds of a run come from besides its settings; imported predictions have none. */
export function timingConditions(
  run: Pick<RunSummary, 'settings' | 'device' | 'enginesOn'>,
  precision: Precision | null,
): RunConditions {
  if (run.settings === null) return {};
  const place = ranOn(run);
  return {
    ...(place === null ? {} : { [ranOnName]: place }),
    ...(precision === null ? {} : { [precisionName]: precision }),
  };
}

const timingNames: Readonly<Record<string, string>> = {
  [ranOnName]: 'where they ran',
  [precisionName]: "the model's precision",
};

type TimedRun = Readonly<{ conditions: RunConditions; timing: RunConditions }>;

/** Why seconds and speed-ups of these runs are not of their methods alone, for people; null where they are. */
export function timingNote(runs: readonly Readonly<{ timing: RunConditions }>[]): string | null {
  const differing = differingConditions(runs.map(({ timing }) => ({ conditions: timing })));
  if (differing.length === 0) return null;
  // Values hold commas of their own: `2 engines on cpu, then cpu`.
  const named = differing.map(({ name, values }) => `${timingNames[name] ?? name} (${values.join('; ')})`);
  return `Mind the seconds and speed-ups: the runs differ in ${named.join(' and ')}, so these are not of the methods alone. They are the model's work for a question; engines that share a processor each take longer for it, though together they may be done sooner.`;
}

/** What a table of these runs shows of each: the conditions in which they differ, those of their times included. */
export function shownConditions<Run extends TimedRun>(
  runs: readonly Run[],
): readonly Readonly<{ name: string; valueOf: (run: Run) => string | null }>[] {
  const all = (run: Run): RunConditions => ({ ...run.conditions, ...run.timing });
  const names = differingConditions(runs.map((run) => ({ conditions: all(run) }))).map(({ name }) => name);
  // Where it ran names the device.
  return names
    .filter((name) => name !== deviceName || !names.includes(ranOnName))
    .map((name) => ({ name, valueOf: (run) => all(run)[name] ?? null }));
}

/** The conditions in which those of the runs that have them differ, in the order of the settings. */
export function differingConditions(runs: readonly Readonly<{ conditions: RunConditions }>[]): DifferingCondition[] {
  const names = [...new Set(runs.flatMap(({ conditions }) => Object.keys(conditions)))];
  return names
    .map((name) => ({ name, values: [...new Set(runs.flatMap(({ conditions }) => conditions[name] ?? []))] }))
    .filter(({ values }) => values.length > 1);
}

/** `token limit 16`: what a run has of a condition. */
export const conditionText = (name: string, value: string): string => `${inSentence(name)} ${value}`;

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
