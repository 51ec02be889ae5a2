import { describe, expect, it } from 'vitest';
import {
  checkState,
  errorPercent,
  parameters,
  trainedFor,
} from '../../src/renderer/src/features/models/model-words.ts';
import type { ModelReport } from '../../src/shared/contract/models.ts';

const report: ModelReport = {
  checkedAt: '2026-01-01T00:00:00.000Z',
  answers: true,
  failure: null,
  device: 'cpu',
  loadSeconds: 1,
  secondsPerQuestion: 2,
  memoryBytes: null,
  selfTest: 'passed',
  weightError: null,
};

describe('models in words', () => {
  it('counts parameters as the literature does', () => {
    expect([2_208_985_600, 405_392, 1_100_000].map(parameters)).toEqual(['2.21 B', '405 k', '1.1 M']);
  });

  it('errors keep two digits that count', () => {
    expect([0, 0.0431, 0.00512, 0.12].map(errorPercent)).toEqual(['0 %', '4.3 %', '0.51 %', '12 %']);
  });

  it('says what a model was trained for', () => {
    const latent = {
      latentSteps: 3,
      patchesPerStep: 32,
      stepLayout: 'hidden-then-patches',
      promptFormat: 'released-training',
    } as const;
    expect(trainedFor({ ...latent, method: 'ivt-lr' })).toBe('N 3, K 32');
    expect(trainedFor({ ...latent, method: 'no-cot' })).toBe('plain answers');
  });

  it('a check is ready only where it answers and the self-test did not fail', () => {
    expect(checkState(null)).toBe('not checked');
    expect(checkState(report)).toBe('ready');
    expect(checkState({ ...report, selfTest: 'failed' })).toBe('machine computes wrong');
    expect(checkState({ ...report, answers: false, selfTest: 'failed' })).toBe('does not answer');
  });
});
