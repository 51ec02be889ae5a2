/** What a user must know about a model before believing its answers. */
import type { Bundle } from './bundle.ts';
import { describeMethod, type RunSettingsInput } from './run-settings.ts';

/** Beside the numbers of a run whose model has random weights. */
export const untrainedText =
  'The weights of this model are random (never trained): accuracy near chance is expected, and its patches mean nothing.';

/** Warnings for evaluating this bundle with these settings; empty when its answers mean something. */
export function modelWarnings(
  bundle: Pick<Bundle, 'name' | 'trained' | 'trainedFor'>,
  settings: RunSettingsInput,
): string[] {
  if (!bundle.trained) {
    return [`the weights of ${bundle.name} are random (never trained): its answers are noise.`];
  }
  const trainedFor = describeMethod(bundle.trainedFor.method);
  const asked = describeMethod(settings.method ?? bundle.trainedFor.method);
  if (asked.isLatent === trainedFor.isLatent) return [];
  return asked.isLatent
    ? [`${bundle.name} was not trained for latent reasoning (${asked.title}): its answers will be plausible nonsense.`]
    : [
        `${bundle.name} was trained to reason in latent steps (${trainedFor.title}), not in words: for ${asked.title} as a baseline, take a model that was not.`,
      ];
}
