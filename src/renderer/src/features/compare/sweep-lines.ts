/** Points of runs with other N or K as lines of a chart: one for each domain, at everything else equal. */
import type { SweepPoint } from '../../../../shared/comparison.ts';

export type SweepAxis = 'latentSteps' | 'patchesPerStep';

const otherAxis = (axis: SweepAxis): SweepAxis => (axis === 'latentSteps' ? 'patchesPerStep' : 'latentSteps');

/** Runs that differ in the axis only: a model, the other setting's value, no intervention. */
export type SweepFamily = Readonly<{ key: string; modelName: string; fixed: number; points: readonly SweepPoint[] }>;

/** Families by how many places they have, the largest first. */
export function sweepFamilies(points: readonly SweepPoint[], axis: SweepAxis): SweepFamily[] {
  const fixedAxis = otherAxis(axis);
  const families = new Map<string, SweepPoint[]>();
  for (const point of points) {
    if (point.intervention !== 'none') continue;
    const key = JSON.stringify([point.modelName ?? '', point[fixedAxis]]);
    const family = families.get(key);
    if (family === undefined) families.set(key, [point]);
    else family.push(point);
  }
  return [...families]
    .map(([key, inFamily]) => ({
      key,
      modelName: inFamily[0]?.modelName ?? '',
      fixed: inFamily[0]?.[fixedAxis] ?? 0,
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
