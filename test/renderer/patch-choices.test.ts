/** Clicks on patches, and what they ask of a try. */
import { describe, expect, it } from 'vitest';
import {
  changeOfClick,
  choiceOf,
  slotChoices,
  type PatchChoices,
} from '../../src/renderer/src/features/question/patch-choices.ts';
import { runSettingsInputSchema } from '../../src/shared/run-settings.ts';

const clicks = (...made: readonly (readonly [stepIndex: number, slot: number])[]): PatchChoices =>
  made.reduce<PatchChoices>((choices, [stepIndex, slot]) => changeOfClick(choices, stepIndex, slot), []);

describe('clicks', () => {
  it('go from free to forced, to banned, and back', () => {
    expect(choiceOf(clicks([0, 7]), 0, 7)?.kind).toBe('forced');
    expect(choiceOf(clicks([0, 7], [0, 7]), 0, 7)?.kind).toBe('banned');
    expect(clicks([0, 7], [0, 7], [0, 7])).toEqual([]);
  });

  it('keep steps and slots apart', () => {
    const choices = clicks([0, 7], [1, 7], [0, 8]);
    expect(choices).toHaveLength(3);
    expect(choiceOf(choices, 1, 8)).toBeUndefined();
  });
});

describe('settings of a try', () => {
  it('list the slots of each step in the order of the clicks, steps ascending', () => {
    const choices = clicks([2, 5], [0, 9], [0, 3], [1, 4], [1, 4]);
    expect(slotChoices(choices, 'forced')).toEqual([
      { step: 0, slots: [9, 3] },
      { step: 2, slots: [5] },
    ]);
    expect(slotChoices(choices, 'banned')).toEqual([{ step: 1, slots: [4] }]);
    expect(slotChoices([], 'forced')).toEqual([]);
  });

  it('are what the API accepts', () => {
    const settings = { forcedPatches: slotChoices(clicks([0, 0]), 'forced') };
    expect(runSettingsInputSchema.parse(settings)).toEqual(settings);
  });
});
