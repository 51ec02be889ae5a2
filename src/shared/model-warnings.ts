/** What a user must know about a model before believing its answers. */
import type { Bundle } from './bundle.ts';
import { isLatent, type RunSettingsInput } from './run-settings.ts';

/** Beside the numbers of a run whose model has random weights. */
export const untrainedText =
  'The weights of this model are random (never trained): accuracy near chance is expected, and its patches mean nothing.';

/** Warnings for evaluating this bundle with these settings; empty when its answers mean something. */
export function modelWarnings(
  bundle: Pick<Bundle, 'name' | 'trained' | 'trainedFor'>,
  settings: RunSettingsInput,
): string[] {
  const method = settings.method ?? bundle.trainedFor.method;
  if (!bundle.trained) {
    return [`the weights of ${bundle.name} are random (never trained): its answers are noise.`];
  }
  if (isLatent(method) && !isLatent(bundle.trainedFor.method)) {
    return [`${bundle.name} was not trained for latent reasoning (ivt-lr): its answers will be plausible nonsense.`];
  }
  return [];
}
