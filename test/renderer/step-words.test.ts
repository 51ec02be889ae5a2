/** Latent steps, insertions and regions are told apart by what was recorded. */
import { describe, expect, it } from 'vitest';
import { boxText, regionsOfView } from '../../src/renderer/src/features/question/region-marks.ts';
import { stepCountOf, stepKindOf, stepWords } from '../../src/renderer/src/features/question/step-words.ts';
import { withoutCalls, type LatentStep, type ModelCall, type Region, type Trace } from '../../src/shared/trace.ts';

const nothing: Trace = {
  image: null,
  promptTokenCount: 1,
  imageCount: 1,
  stoppedEarly: false,
  steps: [],
  ...withoutCalls,
};
const steps = [{}, {}] as LatentStep[];
const calls = [{}] as ModelCall[];
const box = { x: 10.4, y: 20, width: 99.6, height: 40 };
const regions: Region[] = [0, 1, 2].map((callIndex) => ({ callIndex, imageIndex: 0, asked: box, shown: box }));

describe('what a page goes through one by one', () => {
  it('are latent steps, unless the method asked in words', () => {
    expect(stepKindOf([{ ...nothing, steps }])).toBe('latent');
    expect(stepKindOf([{ ...nothing, steps, calls }])).toBe('insertion');
    expect(stepKindOf([{ ...nothing, calls, regions }])).toBe('region');
    expect(stepKindOf([null, { ...nothing, steps }])).toBe('latent');
    expect(stepKindOf([{ ...nothing, calls }, null])).toBe('latent');
  });

  it('are counted', () => {
    expect([null, nothing, { ...nothing, steps, calls }, { ...nothing, calls, regions }].map(stepCountOf)).toEqual([
      0, 0, 2, 3,
    ]);
  });

  it('have names of their own', () => {
    expect(stepWords.insertion).toMatchObject({ name: 'Insertion', short: 'insertion', taken: 'inserted' });
    expect(stepWords.latent).toMatchObject({ name: 'Latent step', short: 'step', taken: 'selected' });
  });
});

describe('regions', () => {
  it('are all drawn, or the chosen one with its own number', () => {
    expect(regionsOfView(regions, null).map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(regionsOfView(regions, 1)).toEqual([{ index: 1, region: regions[1] }]);
    expect(regionsOfView(regions, 3)).toEqual([]);
  });

  it('are said in whole pixels', () => {
    expect(boxText(box)).toBe('x 10, y 20, 100 × 40 px');
  });
});
