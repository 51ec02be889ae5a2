import { describe, expect, it } from 'vitest';
import {
  attentionByOutcome,
  attentionBySteps,
  borderShare,
  selectionMaps,
  selectionOverlap,
} from '../../src/main/analysis/attention.ts';
import type { Trace } from '../../src/shared/trace.ts';

/** A trace on a 3 x 4 grid whose step t has vision mass `masses[t]`, the rest on text, and selects `slots[t]`. */
function traceOf(masses: readonly number[], slots: readonly number[][], gridRows = 3): Trace {
  return {
    image: {
      sourceWidth: 40,
      sourceHeight: 30,
      resizedWidth: 40,
      resizedHeight: 30,
      resize: 'stretch',
      gridRows,
      gridColumns: 4,
    },
    promptTokenCount: 20,
    imageCount: 1,
    stoppedEarly: false,
    steps: masses.map((visionMass, stepIndex) => ({
      stepIndex,
      visionMass,
      textMass: 1 - visionMass,
      latentVisionMass: 0,
      latentTextMass: 0,
      selectedSlots: slots[stepIndex] ?? [],
      scores: [],
      ranks: [],
      pool: [],
      visionFocus: visionMass / 2,
      imageAttention: [],
    })),
  };
}

const first = traceOf(
  [0.8, 0.4],
  [
    [0, 5],
    [5, 6],
  ],
);
const second = traceOf([0.6], [[5, 6]]);

describe('attention statistics', () => {
  it('average over the questions that reached a step', () => {
    const [step0, step1] = attentionBySteps([first, second]);
    // Border slots of a 3 x 4 grid: all but 5 and 6.
    expect(step0).toMatchObject({ stepIndex: 0, questionCount: 2, borderShare: 0.25, overlapWithPrevious: null });
    expect(step0?.visionMass).toBeCloseTo(0.7, 12);
    expect(step0?.textMass).toBeCloseTo(0.3, 12);
    expect(step0?.visionFocus).toBeCloseTo(0.35, 12);
    expect(step1).toMatchObject({
      stepIndex: 1,
      questionCount: 1,
      visionMass: 0.4,
      borderShare: 0,
      overlapWithPrevious: 0.5,
    });
  });

  it('split into right and wrong, failures in neither', () => {
    const result = attentionByOutcome([
      { trace: first, outcome: 'right' },
      { trace: second, outcome: 'unparsed' },
      { trace: second, outcome: 'failed' },
    ]);
    expect(result.all[0]?.questionCount).toBe(3);
    expect(result.right.map(({ visionMass }) => visionMass)).toEqual([0.8, 0.4]);
    expect(result.wrong.map(({ visionMass }) => visionMass)).toEqual([0.6]);
  });

  it('are empty without traces or steps', () => {
    expect(attentionBySteps([])).toEqual([]);
    expect(attentionBySteps([traceOf([], [])])).toEqual([]);
    expect(attentionBySteps([traceOf([0.5], [])])[0]).toMatchObject({ borderShare: null });
  });

  it('know the border of small grids', () => {
    expect(borderShare({ gridRows: 1, gridColumns: 5 }, [0, 2])).toBe(1);
    expect(borderShare({ gridRows: 3, gridColumns: 3 }, [4])).toBe(0);
    expect(selectionOverlap([1, 2, 3, 4], [4, 9])).toBe(0.25);
    expect(selectionOverlap([], [4])).toBeNull();
  });

  it('count selections by slot, one map for each grid', () => {
    const maps = selectionMaps([first, second, traceOf([0.5], [[7]], 2), traceOf([], [])], 0);
    expect(maps.map(({ gridRows, questionCount }) => [gridRows, questionCount])).toEqual([
      [3, 2],
      [2, 1],
    ]);
    expect(maps[0]?.counts).toEqual([1, 0, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0]);
    expect(maps[1]?.counts).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
  });
});
