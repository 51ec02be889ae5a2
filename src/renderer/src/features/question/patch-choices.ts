/** Patches that a try forces or bans, step by step, as clicks on the picture change them. Pure. */
import type { SlotChoice } from '../../../../shared/run-settings.ts';

export type PatchChoice = Readonly<{ stepIndex: number; slot: number; kind: 'forced' | 'banned' }>;
export type PatchChoices = readonly PatchChoice[];

/** A click goes from free to forced, to banned, and back to free. */
export function changeOfClick(choices: PatchChoices, stepIndex: number, slot: number): PatchChoices {
  const known = choiceOf(choices, stepIndex, slot);
  const others = choices.filter((choice) => choice !== known);
  if (known === undefined) return [...others, { stepIndex, slot, kind: 'forced' }];
  return known.kind === 'forced' ? [...others, { stepIndex, slot, kind: 'banned' }] : others;
}

export function choiceOf(choices: PatchChoices, stepIndex: number, slot: number): PatchChoice | undefined {
  return choices.find((choice) => choice.stepIndex === stepIndex && choice.slot === slot);
}

/** The choices of one kind as run settings have them: one entry a step, slots in the order of the clicks. */
export function slotChoices(choices: PatchChoices, kind: PatchChoice['kind']): SlotChoice[] {
  const steps = [...new Set(choices.filter((choice) => choice.kind === kind).map(({ stepIndex }) => stepIndex))];
  return steps
    .sort((a, b) => a - b)
    .map((step) => ({
      step,
      slots: choices.filter((choice) => choice.kind === kind && choice.stepIndex === step).map(({ slot }) => slot),
    }));
}
