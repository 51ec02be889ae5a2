/** Options derive from the settings' definitions: none is missing, and each is read as its schema wants it. */
import { Command, InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { addSettingsOptions, parseSetting, parseSlots, settingsOf } from '../../src/main/cli/settings-options.ts';
import { settingDefinitions } from '../../src/shared/run-settings.ts';

const definitionOf = (name: string) => {
  const found = settingDefinitions.find((definition) => definition.name === name);
  if (found === undefined) throw new Error(`no setting ${name}`);
  return found;
};

/** Parses options written as one line each. */
const parse = (...lines: string[]) => {
  const command = addSettingsOptions(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  command.parse(
    lines.flatMap((line) => line.split(' ')),
    { from: 'user' },
  );
  return settingsOf(command.opts());
};

describe('settings options', () => {
  it('exist for every setting', () => {
    const command = addSettingsOptions(new Command());
    expect(command.options.map(({ long }) => long)).toEqual(settingDefinitions.map(({ flag }) => `--${flag}`));
  });

  it('leave out what was not given', () => {
    expect(parse()).toEqual({});
  });

  it('read every kind of value', () => {
    expect(
      parse(
        '--method ivt-lr --latent-steps 5 --patches 16 --adaptive-threshold 0.5 --batch-size auto',
        '--force-patches 0:3,4;2:7 --seed 9 --engines 3 --gpus 2,0,1',
      ),
    ).toEqual({
      method: 'ivt-lr',
      latentSteps: 5,
      patchesPerStep: 16,
      adaptiveThreshold: 0.5,
      batchSize: 'auto',
      forcedPatches: [
        { step: 0, slots: [3, 4] },
        { step: 2, slots: [7] },
      ],
      seed: 9,
      engines: 3,
      gpus: [2, 0, 1],
    });
  });

  it.each([
    ['stepLayout', 'magic', 'one of patches-then-hidden, hidden-then-patches'],
    ['engines', '0', 'a whole number from 1 to 16'],
    ['engines', '99', 'a whole number from 1 to 16'],
    ['engines', '1.5', 'a whole number from 1 to 16'],
    ['gpus', 'x', 'numbers of GPUs from 0 to 63 (0,1,…; at most 16)'],
    ['gpus', '0,x', 'numbers of GPUs from 0 to 63 (0,1,…; at most 16)'],
    ['gpus', '-1', 'numbers of GPUs from 0 to 63 (0,1,…; at most 16)'],
    ['gpus', '0'.repeat(17).split('').join(','), 'numbers of GPUs from 0 to 63 (0,1,…; at most 16)'],
    ['latentSteps', '65', 'a whole number from 0 to 64'],
    ['latentSteps', '1.5', 'a whole number from 0 to 64'],
    ['latentSteps', '', 'a whole number from 0 to 64'],
    ['latentSteps', '1e1', 'a whole number from 0 to 64'],
    ['adaptiveThreshold', '1.01', 'a number from 0 to 1'],
    ['adaptiveThreshold', 'much', 'a number from 0 to 1'],
    ['batchSize', '0', 'auto or a whole number from 1 to 256'],
    ['batchSize', 'big', 'auto or a whole number from 1 to 256'],
    ['seed', '-1', 'a whole number from 0 to 4294967295'],
  ])('refuse %s = %j, saying what they take', (name, text, expected) => {
    expect(() => parseSetting(definitionOf(name), text)).toThrow(new InvalidArgumentError(`Expected ${expected}.`));
  });

  it('name the flag and what was given', () => {
    const errors: string[] = [];
    const command = addSettingsOptions(new Command())
      .exitOverride()
      .configureOutput({ writeErr: (text) => errors.push(text) });
    expect(() => command.parse(['--engines', '99'], { from: 'user' })).toThrow();
    expect(errors.join('')).toBe(
      "error: option '--engines <n>' argument '99' is invalid. Expected a whole number from 1 to 16.\n",
    );
  });
});

describe('parseSlots', () => {
  it('collects slots of one step given twice', () => {
    expect(parseSlots('1:2;1:5')).toEqual([{ step: 1, slots: [2, 5] }]);
  });

  it.each(['', ':', '1', '1:', '1:2,', 'a:1', '1:2;;', '-1:2'])('refuses %j', (text) => {
    expect(() => parseSlots(text)).toThrow();
  });
});
