import type { Precision } from '../../src/shared/bundle.ts';
import { describe, expect, it } from 'vitest';
import {
  differencesText,
  differingConditions,
  runConditions,
  shownConditions,
  timingConditions,
  timingNote,
} from '../../src/shared/run-conditions.ts';
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

describe('what seconds come from', () => {
  const timed = (input: RunSettingsInput, device: string, precision: Precision, enginesOn?: string) => {
    const settings = resolveRunSettings(input, trainedFor);
    return {
      conditions: runConditions(settings, device),
      timing: timingConditions({ settings, device, ...(enginesOn === undefined ? {} : { enginesOn }) }, precision),
    };
  };

  it('is said where runs differ in engines, device or precision, and shown of each', () => {
    const runs = [timed({}, 'cpu', 'f32'), timed({ engines: 2 }, 'cpu', 'int8', '2 engines on cpu, then cpu')];
    expect(timingNote(runs)).toContain(
      "where they ran (cpu; 2 engines on cpu, then cpu) and the model's precision (f32; int8)",
    );
    // Engines change no answer: such runs are like for like.
    expect(differingConditions(runs)).toEqual([]);
    expect(shownConditions(runs).map(({ name, valueOf }) => [name, ...runs.map(valueOf)])).toEqual([
      ['Ran on', 'cpu', '2 engines on cpu, then cpu'],
      ['Precision', 'f32', 'int8'],
    ]);
  });

  it('names the device once', () => {
    const runs = [timed({ maxTokens: 16 }, 'cpu', 'f32'), timed({}, 'webgpu', 'f32')];
    expect(timingNote(runs)).toContain('where they ran (cpu; webgpu), so');
    expect(shownConditions(runs).map(({ name }) => name)).toEqual(['Token limit', 'Ran on']);
  });

  it('is nothing to mention where it is the same, or unknown', () => {
    expect(timingNote([timed({}, 'cpu', 'f32'), timed({ maxTokens: 16 }, 'cpu', 'f32')])).toBeNull();
    const imported = { timing: timingConditions({ settings: null, device: null }, null) };
    expect(timingNote([imported, timed({}, 'cpu', 'f32')])).toBeNull();
  });
});
