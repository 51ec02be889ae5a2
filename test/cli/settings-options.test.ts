/** Options derive from the settings' definitions: none is missing, and each is read as its schema wants it. */
import { Command } from 'commander';
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
    ['method', 'magic'],
    ['engines', '0'],
    ['engines', '17'],
    ['gpus', '0,x'],
    ['gpus', '-1'],
    ['latentSteps', '65'],
    ['latentSteps', '1.5'],
    ['latentSteps', ''],
    ['latentSteps', '1e1'],
    ['adaptiveThreshold', '1.01'],
    ['batchSize', '0'],
    ['batchSize', 'big'],
    ['seed', '-1'],
  ])('refuse %s = %j', (name, text) => {
    expect(() => parseSetting(definitionOf(name), text)).toThrow();
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
