/** What every question of the latent benchmarks is answered with: the released settings, answers cut short. */
import type { RunSettingsInput } from '../../src/shared/run-settings.ts';

export const promptFormat = 'released-inference';
/** Pixels that the picture is stretched to, and the slots that it then takes. */
export const imageSize = { width: 280, height: 280 } as const;
export const imageSlotCount = 100;
/** Longest prompt of a generated question. */
export const promptPositions = 250;

/** Random models hardly ever end an answer, so the limit is every answer's length. */
export const latentSettings = {
  method: 'ivt-lr',
  latentSteps: 3,
  patchesPerStep: 32,
  promptFormat,
  maxTokens: 8,
} as const satisfies RunSettingsInput;
