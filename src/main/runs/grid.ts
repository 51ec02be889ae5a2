/** Expands a grid: every combination of its axes' values is a run, the first axis varying slowest. */
import type { EvaluationRequest, GridAxis } from '../../shared/contract/runs.ts';
import { fail } from '../../shared/failure.ts';
import {
  appliesTo,
  describeMethod,
  runSettingsSchema,
  settingDefinitions,
  type Method,
  type RunSettingsInput,
  type SettingName,
} from '../../shared/run-settings.ts';

export const gridLimit = 200;

/** One run of a grid. */
export type GridPoint = Readonly<{
  model: string;
  settings: RunSettingsInput;
  /** The settings that axes gave it, as its label shows them: `N 3`, `random-patches`. */
  varied: readonly Readonly<{ name: SettingName; text: string }>[];
}>;

/** Fails: `invalid-settings` (a value that the setting does not take), `wrong-usage` (too many, an axis twice). */
export function expandGrid({
  base,
  axes,
}: Readonly<{ base: EvaluationRequest; axes: readonly GridAxis[] }>): GridPoint[] {
  const names = axes.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    fail('wrong-usage', 'A setting can be varied once.', { place: `axes.${twice}`, found: 'twice' });
  const choices = axes.map((axis) => [...new Set(axis.values)].map((value) => checkedChoice(axis.name, value)));
  const runCount = choices.reduce((product, each) => product * each.length, 1);
  if (runCount > gridLimit) {
    fail('wrong-usage', `The grid has ${String(runCount)} runs.`, {
      place: 'axes',
      expected: `at most ${String(gridLimit)}`,
      found: choices.map((each) => each.length).join(' x '),
      action: 'vary fewer values, or split the grid',
    });
  }
  let points: GridPoint[] = [{ model: base.model, settings: base.settings, varied: [] }];
  for (const values of choices) {
    points = points.flatMap((point) => values.map((apply) => apply(point)));
  }
  return points;
}

type Apply = (point: GridPoint) => GridPoint;

function checkedChoice(name: GridAxis['name'], value: string | number): Apply {
  if (name === 'model') {
    if (typeof value !== 'string') fail('wrong-usage', 'A model is a path.', { place: 'axes.model' });
    // The label names the model anyway.
    return (point) => ({ ...point, model: value });
  }
  const parsed = runSettingsSchema.shape[name].safeParse(value);
  if (!parsed.success) {
    fail('invalid-settings', `The value ${String(value)} cannot be tried.`, {
      place: name,
      expected: parsed.error.issues[0]?.message ?? 'a value of the setting',
      found: String(value),
    });
  }
  return (point) => ({
    ...point,
    settings: { ...point.settings, [name]: parsed.data },
    varied: [...point.varied, { name, text: shortText(name, value) }],
  });
}

/**
 * A run of a grid without what the grid varies and its method does not know: with methods in words among those that
 * are tried, N is varied for the others alone, and several combinations are one run.
 */
export function withoutIdleAxes(point: GridPoint, method: Method): GridPoint {
  const idle = point.varied.filter(({ name }) => !appliesTo(name, method)).map(({ name }) => name);
  if (idle.length === 0) return point;
  const settings = { ...point.settings };
  for (const name of idle) delete settings[name];
  return { ...point, settings, varied: point.varied.filter(({ name }) => !idle.includes(name)) };
}

const shortNames: Readonly<Partial<Record<SettingName, string>>> = { latentSteps: 'N', patchesPerStep: 'K' };

/** Names explain themselves; numbers need the name of their setting. */
function shortText(name: SettingName, value: string | number): string {
  const method = name === 'method' ? runSettingsSchema.shape.method.safeParse(value).data : undefined;
  if (method !== undefined) return describeMethod(method).title;
  if (name === 'intervention' && value === 'none') return 'no intervention';
  const definition = settingDefinitions.find((each) => each.name === name);
  if (definition?.kind === 'choice' && name !== 'adaptiveStop' && name !== 'device') return String(value);
  return `${shortNames[name] ?? definition?.label ?? name} ${String(value)}`;
}
