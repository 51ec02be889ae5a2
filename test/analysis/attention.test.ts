import { describe, expect, it } from 'vitest';
import {
  borderShare,
  createAttentionTally,
  expectedBorderShare,
  selectionOverlap,
  type TalliedStep,
} from '../../src/main/analysis/attention.ts';

/** Steps whose step t has vision mass `masses[t]`, the rest on text, half of it as focus, and selects `slots[t]`. */
function stepsOf(masses: readonly number[], slots: readonly number[][]): TalliedStep[] {
  return masses.map((visionMass, stepIndex) => ({
    stepIndex,
    visionMass,
    textMass: 1 - visionMass,
    latentVisionMass: 0,
    latentTextMass: 0,
    selectedSlots: slots[stepIndex] ?? [],
    visionFocus: visionMass / 2,
  }));
}

const grid = { gridRows: 3, gridColumns: 4 };
const first = stepsOf(
  [0.8, 0.4],
  [
    [0, 5],
    [5, 6],
  ],
);
const second = stepsOf([0.6], [[5, 6]]);

describe('attention statistics', () => {
  it('average over the questions that reached a step', () => {
    const tally = createAttentionTally();
    tally.add('right', grid, first);
    tally.add('wrong', grid, second);
    const { all, questionCount } = tally.result();
    const [step0, step1] = all;
    expect(questionCount).toBe(2);
    // Border slots of a 3 x 4 grid: all but 5 and 6.
    expect(step0).toMatchObject({ stepIndex: 0, questionCount: 2, borderShare: 0.25, overlapWithPrevious: null });
    expect(step0?.visionMass).toBeCloseTo(0.7, 12);
    expect(step0?.textMass).toBeCloseTo(0.3, 12);
    expect(step0?.visionFocus).toBeCloseTo(0.35, 12);
    expect(step0?.borderShareExpected).toBeCloseTo(10 / 12, 12);
    expect(step1).toMatchObject({ stepIndex: 1, questionCount: 1, visionMass: 0.4, borderShare: 0 });
    expect(step1?.overlapWithPrevious).toBe(0.5);
  });

  it('split into right and wrong, failures in neither', () => {
    const tally = createAttentionTally();
    tally.add('right', grid, first);
    tally.add('unparsed', grid, second);
    tally.add('failed', grid, second);
    const result = tally.result();
    expect(result.all[0]?.questionCount).toBe(3);
    expect(result.right.map(({ visionMass }) => visionMass)).toEqual([0.8, 0.4]);
    expect(result.wrong.map(({ visionMass }) => visionMass)).toEqual([0.6]);
  });

  it('are empty without questions or steps, and know no border without an image or a selection', () => {
    expect(createAttentionTally().result()).toEqual({
      questionCount: 0,
      all: [],
      right: [],
      wrong: [],
      selectionMaps: [],
    });
    const tally = createAttentionTally();
    tally.add('right', null, stepsOf([0.5], [[1]]));
    tally.add('right', grid, stepsOf([0.5], []));
    tally.add('right', grid, []);
    const { all, questionCount } = tally.result();
    expect(questionCount).toBe(3);
    expect(all[0]).toMatchObject({ questionCount: 2, borderShare: null });
    expect(all[0]?.borderShareExpected).toBeCloseTo(10 / 12, 12);
  });

  it('know the border of small grids', () => {
    expect(borderShare({ gridRows: 1, gridColumns: 5 }, [0, 2])).toBe(1);
    expect(borderShare({ gridRows: 3, gridColumns: 3 }, [4])).toBe(0);
    expect(selectionOverlap([1, 2, 3, 4], [4, 9])).toBe(0.25);
    expect(selectionOverlap([], [4])).toBeNull();
  });

  it.each([
    [1, 5],
    [2, 2],
    [3, 3],
    [10, 10],
    [4, 7],
  ])('expect of a uniform selection the border of a %i x %i grid', (gridRows, gridColumns) => {
    const every = Array.from({ length: gridRows * gridColumns }, (_, slot) => slot);
    expect(expectedBorderShare({ gridRows, gridColumns })).toBeCloseTo(
      borderShare({ gridRows, gridColumns }, every) ?? Number.NaN,
      12,
    );
  });

  it('count selections by slot, one map for each step and grid, the most frequent grid first', () => {
    const tally = createAttentionTally();
    tally.add('wrong', { gridRows: 2, gridColumns: 4 }, stepsOf([0.5], [[7]]));
    tally.add('right', grid, first);
    tally.add('right', grid, second);
    const maps = tally.result().selectionMaps;
    expect(maps.map(({ stepIndex, gridRows, questionCount }) => [stepIndex, gridRows, questionCount])).toEqual([
      [0, 3, 2],
      [0, 2, 1],
      [1, 3, 1],
    ]);
    expect(maps[0]?.counts).toEqual([1, 0, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0]);
    expect(maps[1]?.counts).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
  });

  it('distribute over twenty bins, each with its lower edge, the last with both', () => {
    const tally = createAttentionTally();
    for (const mass of [0, 0.049, 0.05, 0.5, 0.999, 1]) tally.add('right', grid, stepsOf([mass], []));
    const bins = tally.result().all[0]?.distributions.visionMass ?? [];
    expect(bins).toHaveLength(20);
    expect([bins[0], bins[1], bins[10], bins[19]]).toEqual([2, 1, 1, 2]);
    expect(bins.reduce((sum, bin) => sum + bin, 0)).toBe(6);
    // Half the mass: nothing above 0.5.
    expect(tally.result().all[0]?.distributions.visionFocus.slice(11)).toEqual(Array.from({ length: 9 }, () => 0));
  });
});
