/** Runs of one model with the same N, K and conditions: one untouched, the others with an intervention. */
import type { MethodRow } from '../../../../shared/comparison.ts';
import { differingConditions } from '../../../../shared/run-conditions.ts';

export type InterventionGroup = Readonly<{ baseline: MethodRow; others: readonly MethodRow[] }>;

/** Groups that hold an untouched run and at least one intervention; of several untouched runs the first counts. */
export function interventionGroups(rows: readonly MethodRow[]): InterventionGroup[] {
  const latent = rows.filter(({ latentSteps }) => latentSteps !== null);
  const untouched = latent.filter(({ intervention }) => intervention === 'none');
  return untouched
    .filter((row, index) => !untouched.slice(0, index).some((earlier) => isAlike(earlier, row)))
    .map((baseline) => ({
      baseline,
      others: latent.filter((row) => row.intervention !== 'none' && isAlike(baseline, row)),
    }))
    .filter(({ others }) => others.length > 0);
}

const isAlike = (a: MethodRow, b: MethodRow): boolean =>
  a.modelName === b.modelName &&
  a.latentSteps === b.latentSteps &&
  a.patchesPerStep === b.patchesPerStep &&
  differingConditions([a, b]).length === 0;
