/** What a try changed, in words. */
import type { Probe } from '../../../../shared/contract/questions.ts';
import { describeMethod, type RunSettings } from '../../../../shared/run-settings.ts';

/** The settings that a reader cares about, short. */
export function describeProbe({ settings }: Pick<Probe, 'settings'>): string {
  const { title, isLatent } = describeMethod(settings.method);
  if (!isLatent) return title;
  const slots = (choices: RunSettings['forcedPatches']): number =>
    choices.reduce((sum, { slots: list }) => sum + list.length, 0);
  const parts = [
    `N = ${String(settings.latentSteps)}`,
    `K = ${String(settings.patchesPerStep)}`,
    settings.intervention === 'none' ? null : settings.intervention,
    slots(settings.forcedPatches) === 0 ? null : `${String(slots(settings.forcedPatches))} forced`,
    slots(settings.bannedPatches) === 0 ? null : `${String(slots(settings.bannedPatches))} banned`,
    settings.adaptiveStop === 'off' ? null : `stop by ${settings.adaptiveStop}`,
  ];
  return parts.filter((part) => part !== null).join(', ');
}
