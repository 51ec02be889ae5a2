import { describe, expect, it } from 'vitest';
import { differencesText, differingConditions, runConditions } from '../../src/shared/run-conditions.ts';
import { resolveRunSettings, type RunSettingsInput } from '../../src/shared/run-settings.ts';

const trainedFor = {
  method: 'ivt-lr',
  latentSteps: 3,
  patchesPerStep: 8,
  stepLayout: 'patches-then-hidden',
  promptFormat: 'released-inference',
} as const;

const run = (input: RunSettingsInput, device: string | null = 'cpu') => ({
  conditions: runConditions(resolveRunSettings(input, trainedFor), device),
});

describe('conditions of runs', () => {
  it('are what they differ in besides method, N, K and intervention', () => {
    const runs = [
      run({ maxTokens: 16 }),
      run({ latentSteps: 1, patchesPerStep: 4, intervention: 'no-latent' }, 'webgpu'),
    ];
    const differing = differingConditions(runs);
    expect(differing).toEqual([
      { name: 'Token limit', values: ['16', '512'] },
      { name: 'Device', values: ['cpu', 'webgpu'] },
    ]);
    expect(differencesText(differing)).toBe('token limit (16, 512); device (cpu, webgpu)');
  });

  it('leave out what has no effect: a seed without random patches, a threshold without adaptive stop', () => {
    expect(differingConditions([run({ seed: 1, adaptiveThreshold: 0.5 }), run({})])).toEqual([]);
    expect(differingConditions([run({}), run({ method: 'no-cot', stepLayout: 'hidden-then-patches' })])).toEqual([]);
    const random = (seed: number) => run({ seed, intervention: 'random-patches' });
    expect(differingConditions([random(1), random(2)])).toEqual([{ name: 'Seed', values: ['1', '2'] }]);
  });

  it('are unknown for imported predictions, and the device before a run has begun', () => {
    expect(differingConditions([{ conditions: runConditions(null, null) }, run({})])).toEqual([]);
    expect(differingConditions([run({}, null), run({})])).toEqual([]);
  });
});
