/** Nobody evaluates noise or nonsense without having been told. */
import { describe, expect, it } from 'vitest';
import { modelWarnings } from '../../src/shared/model-warnings.ts';

const trainedFor = {
  latentSteps: 3,
  patchesPerStep: 32,
  stepLayout: 'patches-then-hidden',
  promptFormat: 'released-inference',
} as const;
const bundle = (trained: boolean, method: 'ivt-lr' | 'no-cot') => ({
  name: 'a model',
  trained,
  trainedFor: { ...trainedFor, method },
});

describe('model warnings', () => {
  it('are silent for a model in the mode that it was trained for', () => {
    expect(modelWarnings(bundle(true, 'ivt-lr'), {})).toEqual([]);
    expect(modelWarnings(bundle(true, 'no-cot'), {})).toEqual([]);
    expect(modelWarnings(bundle(true, 'ivt-lr'), { method: 'no-cot' })).toEqual([]);
  });

  it('name nonsense: latent steps of a plain model', () => {
    expect(modelWarnings(bundle(true, 'no-cot'), { method: 'ivt-lr' })).toEqual([
      expect.stringContaining('plausible nonsense'),
    ]);
  });

  it('name noise: random weights', () => {
    expect(modelWarnings(bundle(false, 'ivt-lr'), {})).toEqual([expect.stringContaining('random')]);
  });
});
