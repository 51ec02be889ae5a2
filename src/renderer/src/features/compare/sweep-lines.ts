/** Points of runs with other N or K as lines of a chart: one for each domain, at everything else equal. */
import type { SweepPoint } from '../../../../shared/comparison.ts';
import { conditionText, differingConditions } from '../../../../shared/run-conditions.ts';

export type SweepAxis = 'latentSteps' | 'patchesPerStep';

const otherAxis = (axis: SweepAxis): SweepAxis => (axis === 'latentSteps' ? 'patchesPerStep' : 'latentSteps');

/**
 * Runs that differ in the axis only: a model, the other setting's value, the same conditions, no intervention.
 * `apart`: the conditions in which other runs differ from these, as `token limit 16`.
 */
export type SweepFamily = Readonly<{
  key: string;
  modelName: string;
  fixed: number;
  apart: readonly string[];
  points: readonly SweepPoint[];
}>;

/** Families by how many places they have, the largest first. */
export function sweepFamilies(points: readonly SweepPoint[], axis: SweepAxis): SweepFamily[] {
  const fixedAxis = otherAxis(axis);
  const families = new Map<string, SweepPoint[]>();
  const untouched = points.filter(({ intervention }) => intervention === 'none');
  const differing = differingConditions(untouched);
  for (const point of untouched) {
    const key = JSON.stringify([
      point.modelName ?? '',
      point[fixedAxis],
      ...differing.map(({ name }) => point.conditions[name] ?? null),
    ]);
    const family = families.get(key);
    if (family === undefined) families.set(key, [point]);
    else family.push(point);
  }
  return [...families]
    .map(([key, inFamily]) => ({
      key,
      modelName: inFamily[0]?.modelName ?? '',
      fixed: inFamily[0]?.[fixedAxis] ?? 0,
      apart: differing.flatMap(({ name }) => {
        const value = inFamily[0]?.conditions[name];
        return value === undefined ? [] : [conditionText(name, value)];
      }),
      points: inFamily,
    }))
    .sort((a, b) => placesOf(b, axis).length - placesOf(a, axis).length);
}

/** Values of the axis, ascending. */
export function placesOf({ points }: SweepFamily, axis: SweepAxis): number[] {
  return [...new Set(points.map((point) => point[axis]))].sort((a, b) => a - b);
}

/** Domains that occur, all questions ('') first. */
export function domainsOf({ points }: SweepFamily): string[] {
  return [...new Set(points.map(({ domain }) => domain))].sort();
}

/** The point at a place; of several runs there, the one that was named first. */
export function pointAt(
  { points }: SweepFamily,
  axis: SweepAxis,
  place: number,
  domain: string,
): SweepPoint | undefined {
  return points.find((point) => point[axis] === place && point.domain === domain);
}
