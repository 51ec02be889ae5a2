/** The settings of a try as its form holds them: numbers may be missing or out of range, and are then refused. Pure. */
import { runSettingsSchema, type RunSettings } from '../../../../shared/run-settings.ts';
import type { PatchChoices } from './patch-choices.ts';

export type TryDraft = Readonly<{
  latentSteps: number | '';
  patchesPerStep: number | '';
  intervention: RunSettings['intervention'];
}>;

type NumberName = 'latentSteps' | 'patchesPerStep';

/** Least and most, both allowed. */
export function limitsOf(name: NumberName): Readonly<{ least: number; most: number }> {
  const { minValue, maxValue } = runSettingsSchema.shape[name];
  return { least: minValue ?? 0, most: maxValue ?? Number.MAX_SAFE_INTEGER };
}

/** What is wrong with a number; null: nothing. */
export function refusalOf(name: NumberName, value: number | ''): string | null {
  const { least, most } = limitsOf(name);
  if (value !== '' && Number.isInteger(value) && value >= least && value <= most) return null;
  return `A whole number from ${String(least)} to ${String(most)}`;
}

/** Why the chosen patches could have no effect; null: they could. */
export function choicesRefusal({ latentSteps, intervention }: TryDraft, choices: PatchChoices): string | null {
  if (choices.length === 0) return null;
  if (intervention === 'no-latent' || intervention === 'no-latent-vision') {
    return `With ${intervention} no patch is selected, so none can be forced or banned: clear them, or choose another intervention.`;
  }
  const beyond = choices.find(({ stepIndex }) => latentSteps !== '' && stepIndex >= latentSteps);
  if (beyond === undefined) return null;
  return `A patch is ${beyond.kind} at step ${String(beyond.stepIndex + 1)}, but N is ${String(latentSteps)}: clear it, or raise N.`;
}
