/** The settings of a try as its form holds them: numbers may be missing or out of range, and are then refused. Pure. */
import { runSettingsSchema, type RunSettings } from '../../../../shared/run-settings.ts';
import type { PatchChoices } from './patch-choices.ts';

export type TryDraft = Readonly<{
  /** A string where what was typed is no number that can be kept. */
  latentSteps: number | string;
  patchesPerStep: number | string;
  intervention: RunSettings['intervention'];
}>;

type NumberName = 'latentSteps' | 'patchesPerStep';

/** Least and most, both allowed. */
export function limitsOf(name: NumberName): Readonly<{ least: number; most: number }> {
  const { minValue, maxValue } = runSettingsSchema.shape[name];
  return { least: minValue ?? 0, most: maxValue ?? Number.MAX_SAFE_INTEGER };
}

/** What is wrong with a number; null: nothing. */
export function refusalOf(name: NumberName, value: number | string): string | null {
  const { least, most } = limitsOf(name);
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return null;
  return `A whole number from ${String(least)} to ${String(most)}`;
}

/** Why the chosen patches could have no effect; null: they could. */
export function choicesRefusal({ latentSteps, intervention }: TryDraft, choices: PatchChoices): string | null {
  if (choices.length === 0) return null;
  if (intervention === 'no-latent' || intervention === 'no-latent-vision') {
    return `With ${intervention} no patch is selected, so none can be forced or banned: clear them, or choose another intervention.`;
  }
  const beyond = choices.find(({ stepIndex }) => typeof latentSteps === 'number' && stepIndex >= latentSteps);
  if (beyond === undefined) return null;
  return `A patch is ${beyond.kind} at step ${String(beyond.stepIndex + 1)}, but N is ${String(latentSteps)}: clear it, or raise N.`;
}

/** What to expect where the steps together want more patches than the picture has; null: it has enough. */
export function shortageAhead(
  { latentSteps, patchesPerStep, intervention }: TryDraft,
  slotCount: number,
): string | null {
  if (typeof latentSteps !== 'number' || typeof patchesPerStep !== 'number') return null;
  const takesEachOnce = ['none', 'no-latent-text', 'random-patches', 'least-attended'].includes(intervention);
  const wanted = latentSteps * patchesPerStep;
  if (!takesEachOnce || wanted <= slotCount) return null;
  const lastFull = Math.floor(slotCount / patchesPerStep);
  return `N × K = ${String(wanted)}, but the picture has ${String(slotCount)} patches: from step ${String(lastFull + 1)} on, steps take what is left, possibly none.`;
}
