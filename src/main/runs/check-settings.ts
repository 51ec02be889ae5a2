/**
 * Refuses settings that could take no effect: a run never records an intervention that did not happen. (K above J
 * is no such case: the pool just runs out.)
 */
import { latentSlotCount, type Bundle } from '../../shared/bundle.ts';
import { fail } from '../../shared/failure.ts';
import { describeMethod, settingDefinitions, type RunSettings, type SettingName } from '../../shared/run-settings.ts';

const slotSettings = ['forcedPatches', 'bannedPatches'] as const;
/** Settings that act inside latent steps, and their neutral values are the definitions' defaults. */
const stepSettings = ['intervention', ...slotSettings, 'adaptiveStop'] as const;

/** Fails: `invalid-settings`. */
export function checkSettings(settings: RunSettings, bundle: Bundle): void {
  const { method, intervention, latentSteps } = settings;
  if (settings.topP < 1 && settings.temperature === 0) {
    refuse('topP', 'tokens are not sampled at temperature 0', 'raise the temperature, or leave it out');
  }
  const { isLatent, title, architectures } = describeMethod(method);
  if (!architectures.includes(bundle.architecture)) {
    fail('invalid-settings', `The method ${title} cannot be asked with this model.`, {
      place: 'method',
      expected: `a model of ${architectures.join(' or ')}`,
      found: bundle.architecture,
      action: 'Choose another method, or another model.',
    });
  }
  if (!isLatent) {
    for (const name of stepSettings) {
      if (isSet(settings, name))
        refuse(name, `the method ${title} has no latent steps`, 'leave it out, or choose IVT-LR');
    }
    return;
  }
  if (intervention === 'no-latent') {
    for (const name of [...slotSettings, 'adaptiveStop'] as const) {
      if (isSet(settings, name)) refuse(name, 'no-latent takes no latent step', 'leave one of the two out');
    }
  }
  if (intervention === 'no-latent-vision') {
    for (const name of slotSettings) {
      if (isSet(settings, name)) refuse(name, 'no-latent-vision takes no patches', 'leave one of the two out');
    }
  }
  const slotCount = latentSlotCount(bundle);
  for (const name of slotSettings) {
    for (const { step, slots } of settings[name]) {
      if (step >= latentSteps) {
        const expected = latentSteps === 0 ? 'no step (N = 0)' : `a step from 0 to ${latentSteps - 1}`;
        refuse(name, 'the run has no such latent step', 'correct the step, or raise the latent steps (N)', {
          expected,
          found: `step ${step}`,
        });
      }
      const beyond = slots.find((slot) => slot >= slotCount);
      if (beyond !== undefined) {
        refuse(name, "the model's image has no such slot", 'correct the slot', {
          expected: `a slot from 0 to ${slotCount - 1}`,
          found: `slot ${beyond} at step ${step}`,
        });
      }
    }
  }
}

function isSet(settings: RunSettings, name: (typeof stepSettings)[number]): boolean {
  const value = settings[name];
  return typeof value === 'string' ? value !== definitionOf(name).default : value.length > 0;
}

const definitionOf = (name: SettingName) => {
  const found = settingDefinitions.find((definition) => definition.name === name);
  if (found === undefined) throw new Error(`every setting is defined; ${name} is not`);
  return found;
};

function refuse(
  name: SettingName,
  why: string,
  action: string,
  detail: Readonly<{ expected: string; found: string }> = { expected: 'not given', found: 'given' },
): never {
  const { label } = definitionOf(name);
  fail('invalid-settings', `${label} cannot take effect: ${why}.`, {
    place: name,
    ...detail,
    action: `${action.charAt(0).toUpperCase()}${action.slice(1)}.`,
  });
}
