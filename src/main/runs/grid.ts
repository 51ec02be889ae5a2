/** Expands a grid: every combination of its axes' values is a run, the first axis varying slowest. */
import type { EvaluationRequest, GridAxis } from '../../shared/contract/runs.ts';
import { fail } from '../../shared/failure.ts';
import { runSettingsSchema, settingDefinitions, type RunSettingsInput } from '../../shared/run-settings.ts';

export const gridLimit = 200;

/** One run of a grid. */
export type GridPoint = Readonly<{
  model: string;
  settings: RunSettingsInput;
  /** The axes' values of this run, as its label shows them: `N 3`, `random-patches`. */
  varied: readonly string[];
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
    varied: [...point.varied, shortText(name, value)],
  });
}

const shortNames: Readonly<Partial<Record<GridAxis['name'], string>>> = { latentSteps: 'N', patchesPerStep: 'K' };

/** Names explain themselves; numbers need the name of their setting. */
function shortText(name: GridAxis['name'], value: string | number): string {
  if (name === 'intervention' && value === 'none') return 'no intervention';
  const definition = settingDefinitions.find((each) => each.name === name);
  if (definition?.kind === 'choice' && name !== 'adaptiveStop' && name !== 'device') return String(value);
  return `${shortNames[name] ?? definition?.label ?? name} ${String(value)}`;
}
