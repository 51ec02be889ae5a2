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
    expect(modelWarnings(bundle(true, 'no-cot'), { method: 'chain-of-focus' })).toEqual([]);
  });

  it('name nonsense: latent steps of a plain model', () => {
    expect(modelWarnings(bundle(true, 'no-cot'), { method: 'ivt-lr' })).toEqual([
      expect.stringContaining('plausible nonsense'),
    ]);
  });

  it('tell a baseline in words from a model of latent reasoning that is asked in words', () => {
    expect(modelWarnings(bundle(true, 'ivt-lr'), { method: 'cot' })).toEqual([
      expect.stringMatching(/trained to reason in latent steps \(IVT-LR\), not in words: for CoT as a baseline/),
    ]);
  });

  it('name noise: random weights', () => {
    expect(modelWarnings(bundle(false, 'ivt-lr'), {})).toEqual([expect.stringContaining('random')]);
  });
});
