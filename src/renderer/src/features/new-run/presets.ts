/** Common grids: what they vary, from what the model was trained for. */
import {
  interventions,
  isLatent,
  methods,
  promptFormats,
  type LatentDefaults,
} from '../../../../shared/run-settings.ts';
import type { Draft } from './draft.ts';

export type Preset = Readonly<{ name: string; help: string; settings: Draft['settings'] }>;

export function presetsFor({ method, latentSteps, patchesPerStep }: LatentDefaults): Preset[] {
  const prompts = {
    name: 'Prompt formats',
    help: 'each way to write the question',
    settings: { promptFormat: [...promptFormats] },
  };
  const inWords = {
    name: 'Methods',
    help: 'each method that asks in words',
    settings: { method: methods.filter((each) => !isLatent(each)) },
  };
  if (!isLatent(method)) return [inWords, prompts];
  const steps = Array.from({ length: latentSteps + 2 }, (_, index) => index);
  const patches = [1 / 4, 1 / 2, 1, 2].map((factor) => Math.max(1, Math.round(patchesPerStep * factor)));
  return [
    { name: 'N sweep', help: `0 to ${String(latentSteps + 1)} latent steps`, settings: { latentSteps: steps } },
    {
      name: 'K sweep',
      help: 'a quarter, half, once and twice the patches',
      settings: { patchesPerStep: [...new Set(patches)] },
    },
    { name: 'Interventions', help: 'none, and each of the others', settings: { intervention: [...interventions] } },
    prompts,
    { ...inWords, help: 'every method', settings: { method: [...methods] } },
  ];
}
