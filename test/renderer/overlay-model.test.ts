/** What is drawn over the picture agrees with the trace, slot by slot. */
import { describe, expect, it } from 'vitest';
import {
  heatOfStep,
  marksOfAllSteps,
  marksOfStep,
  marksOfView,
  rangeOf,
  stepOfHeat,
} from '../../src/renderer/src/features/question/overlay-model.ts';
import type { ImageGeometry, LatentStep, Trace } from '../../src/shared/trace.ts';
import { slotBox } from '../../src/shared/trace.ts';
import { withoutCalls } from '../../src/shared/trace.ts';

const geometry: ImageGeometry = {
  sourceWidth: 301,
  sourceHeight: 97,
  resizedWidth: 84,
  resizedHeight: 56,
  resize: 'stretch',
  gridRows: 2,
  gridColumns: 3,
};

const masses = { visionMass: 0.25, textMass: 0.75, latentVisionMass: 0, latentTextMass: 0 };
const attention = [0.05, 0.1, 0.02, 0.04, 0.03, 0.01];
const first: LatentStep = {
  ...masses,
  stepIndex: 0,
  selectedSlots: [0, 1],
  scores: [0.05, 0.1],
  ranks: [2, 1],
  pool: [0, 1, 2, 3, 4, 5],
  visionFocus: 0.1,
  imageAttention: attention,
};
const second: LatentStep = {
  ...first,
  stepIndex: 1,
  selectedSlots: [3, 4],
  scores: [0.04, 0.03],
  ranks: [1, 2],
  pool: [2, 3, 4, 5],
};
const trace: Trace = {
  image: geometry,
  promptTokenCount: 20,
  imageCount: 1,
  stoppedEarly: false,
  ...withoutCalls,
  steps: [first, second],
};

const slots = (marks: ReturnType<typeof marksOfStep>, role: string) =>
  marks.filter((mark) => mark.role === role).map(({ slot }) => slot);

describe('marks of a step', () => {
  const marks = marksOfStep(geometry, second);

  it('cover the grid, each at its place', () => {
    expect(marks.map(({ slot }) => slot)).toEqual([0, 1, 2, 3, 4, 5]);
    for (const { slot, box } of marks) expect(box).toEqual(slotBox(geometry, slot));
  });

  it('tell selected, pool and used apart', () => {
    expect(slots(marks, 'selected')).toEqual([3, 4]);
    expect(slots(marks, 'pool')).toEqual([2, 5]);
    expect(slots(marks, 'used')).toEqual([0, 1]);
  });

  it('take score and rank of the same slot', () => {
    expect(marks[4]).toMatchObject({ score: 0.03, rank: 2, strength: 0.75 });
    expect(marks[2]).toMatchObject({ score: 0.02, rank: null });
  });
});

describe('marks of all steps', () => {
  it('show every selection with its step, and the pool that was left', () => {
    const marks = marksOfAllSteps(geometry, trace.steps);
    expect(marks.filter(({ role }) => role === 'selected').map(({ slot, stepIndex }) => [slot, stepIndex])).toEqual([
      [0, 0],
      [1, 0],
      [3, 1],
      [4, 1],
    ]);
    expect(slots(marks, 'pool')).toEqual([2, 5]);
  });
});

describe('views', () => {
  it('the heat map is relative to the strongest slot of the image', () => {
    expect(heatOfStep(geometry, first)[1]?.strength).toBe(1);
    expect(heatOfStep(geometry, first)[0]?.strength).toBeCloseTo(0.5, 12);
  });

  it('two heat maps can share a scale', () => {
    const marks = heatOfStep(geometry, first, first.imageAttention, 0.2);
    expect([marks[1]?.strength, marks[0]?.strength]).toEqual([0.5, 0.25]);
  });

  it('the scale has its ends, the place of its top and the sum of all', () => {
    const range = rangeOf(attention);
    expect(range).toMatchObject({ least: 0.01, most: 0.1, mostSlot: 1 });
    expect(range.total).toBeCloseTo(0.25, 12);
  });

  it('there is nothing to draw without a trace, an image or steps', () => {
    expect(marksOfView(null, null, 'selected')).toEqual([]);
    expect(marksOfView({ ...trace, image: null }, 0, 'selected')).toEqual([]);
    expect(marksOfView({ ...trace, steps: [] }, null, 'attention')).toEqual([]);
  });

  it('a step that the trace has not shows what was taken before it, and no attention', () => {
    const marks = marksOfView(trace, 2, 'selected');
    expect(slots(marks, 'used')).toEqual([0, 1, 3, 4]);
    expect(slots(marks, 'pool')).toEqual([2, 5]);
    expect(slots(marks, 'selected')).toEqual([]);
    expect(marksOfView(trace, 2, 'attention')).toEqual([]);
    expect(stepOfHeat(trace, 2)).toBeNull();
    expect(stepOfHeat(trace, null)).toBe(second);
  });

  it('survives a step without any attention', () => {
    const none = { ...first, selectedSlots: [], scores: [], ranks: [], imageAttention: [0, 0, 0, 0, 0, 0] };
    expect(heatOfStep(geometry, none).every(({ strength }) => strength === 0)).toBe(true);
  });
});
