/**
 * Command-line options made from the run settings' own definitions: one option for each setting, with its flag,
 * help, choices and default, and each value checked against the setting's schema.
 */
import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import type { RunSettingsInput, SettingDefinition, SettingName, SlotChoice } from '../../shared/run-settings.ts';
import { runSettingsInputSchema, runSettingsSchema, settingDefinitions } from '../../shared/run-settings.ts';

const valueNames: Readonly<Record<SettingDefinition['kind'], string>> = {
  choice: 'name',
  integer: 'n',
  number: 'x',
  slots: 'slots',
  'integer-or-auto': 'n|auto',
  indices: 'n,n',
};

/** Adds an option for every setting. */
export function addSettingsOptions(command: Command): Command {
  for (const definition of settingDefinitions) command.addOption(optionOf(definition, describe(definition)));
  return command;
}

/** Adds options for settings that a run has already, and keeps where they are not given; others are refused, saying so. */
export function addChangeOptions(command: Command, names: readonly SettingName[]): Command {
  for (const definition of settingDefinitions.filter(({ name }) => names.includes(name))) {
    command.addOption(optionOf(definition, `${definition.label} in place of those it had.`));
  }
  const flags = names.map((name) => `--${settingDefinitions.find((each) => each.name === name)?.flag ?? name}`);
  for (const definition of settingDefinitions.filter(({ name }) => !names.includes(name))) {
    const refused = optionOf(definition, definition.label).argParser(() => {
      throw new InvalidArgumentError(
        `A run goes on with the settings it was started with; only ${flags.join(' and ')} can be others. A new run takes any: "penumbra eval".`,
      );
    });
    command.addOption(refused.hideHelp());
  }
  return command;
}

function optionOf(definition: SettingDefinition, description: string): Option {
  const option = new Option(`--${definition.flag} <${valueNames[definition.kind]}>`, description);
  return option.argParser((text) => parseSetting(definition, text));
}

/** The settings among a command's parsed options; what was not given is left out. */
export function settingsOf(options: Readonly<Record<string, unknown>>): RunSettingsInput {
  const given = settingDefinitions.flatMap(({ name, flag }) => {
    const value = options[new Option(`--${flag} <value>`).attributeName()];
    return value === undefined ? [] : [[name, value] as const];
  });
  return runSettingsInputSchema.parse(Object.fromEntries(given));
}

function describe({ help, choices, unit, default: value }: SettingDefinition): string {
  const notes = [
    choices === null ? null : choices.join(', '),
    value === null ? "default: the model's own" : Array.isArray(value) ? null : `default: ${String(value)}`,
    unit,
  ].filter((note) => note !== null);
  return notes.length === 0 ? help : `${help} (${notes.join('; ')})`;
}

/** One setting's value from its text; refuses what its schema refuses. Commander names the flag and what was given. */
export function parseSetting(definition: SettingDefinition, text: string): unknown {
  const parsed = runSettingsSchema.shape[definition.name].safeParse(readValue(definition, text));
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(`Expected ${parsed.error.issues[0]?.message ?? 'a value of the setting'}.`);
}

function readValue({ kind }: SettingDefinition, text: string): unknown {
  switch (kind) {
    case 'choice':
      return text;
    case 'integer-or-auto':
      return text === 'auto' ? text : decimal(text);
    case 'integer':
    case 'number':
      return decimal(text);
    case 'slots':
      return parseSlots(text);
    case 'indices':
      return text.split(',').map(decimal);
    default:
      return kind satisfies never;
  }
}

/** Not a number where it is none: for the schema to refuse. */
const decimal = (text: string): number => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN);

/** `0:3,4;2:7` -> slots 3 and 4 at step 0, slot 7 at step 2. */
export function parseSlots(text: string): SlotChoice[] {
  const bySteps = new Map<number, number[]>();
  for (const part of text.split(';')) {
    const match = /^\s*(\d+)\s*:\s*(\d+(?:\s*,\s*\d+)*)\s*$/.exec(part);
    if (match === null) throw new InvalidArgumentError('Expected STEP:SLOT,SLOT;STEP:… (numbers from 0).');
    const [, step = '', slots = ''] = match;
    const known = bySteps.get(Number(step)) ?? [];
    bySteps.set(Number(step), [...known, ...slots.split(',').map(Number)]);
  }
  return [...bySteps].map(([step, slots]) => ({ step, slots }));
}
