/** Runs of one model with the same N and K: one untouched, the others with an intervention. */
import type { MethodRow } from '../../../../shared/comparison.ts';

export type InterventionGroup = Readonly<{ baseline: MethodRow; others: readonly MethodRow[] }>;

/** Groups that hold an untouched run and at least one intervention; of several untouched runs the first counts. */
export function interventionGroups(rows: readonly MethodRow[]): InterventionGroup[] {
  const groups = new Map<string, MethodRow[]>();
  for (const row of rows) {
    if (row.latentSteps === null) continue;
    const key = JSON.stringify([row.modelName, row.latentSteps, row.patchesPerStep]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].flatMap((group) => {
    const baseline = group.find(({ intervention }) => intervention === 'none');
    const others = group.filter(({ intervention }) => intervention !== 'none');
    return baseline === undefined || others.length === 0 ? [] : [{ baseline, others }];
  });
}
