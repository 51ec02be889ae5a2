/** One setting of a run: no value leaves it to the model or the program, several values make a grid. */
import { MultiSelect, TagsInput, Text } from '@mantine/core';
import { useState } from 'react';
import type { LatentDefaults, Method, SettingDefinition } from '../../../../shared/run-settings.ts';
import { choiceMeaning, choiceText } from './choice-text.ts';
import { readValue, usualValue, type SettingValue } from './draft.ts';

export type SettingFieldProps = Readonly<{
  definition: SettingDefinition;
  values: readonly SettingValue[];
  trainedFor: LatentDefaults | null;
  /** That would run. */
  methods: readonly Method[];
  /** Shown, with the reason, and not to be chosen. */
  refusedChoices: readonly string[];
  onChange: (values: SettingValue[]) => void;
  /** The core's refusal that concerns this setting. */
  refusal: string | null;
}>;

export function SettingField(props: SettingFieldProps) {
  const { definition, values, trainedFor, methods, refusedChoices, onChange, refusal } = props;
  const [typed, setTyped] = useState<string | null>(null);
  const { name, label, help, unit, kind, choices } = definition;
  const common = {
    label: unit === null || label.includes('(') ? label : `${label}, ${unit}`,
    description: help,
    placeholder: values.length === 0 ? usualValue(definition, trainedFor, methods) : '',
    error: typed ?? refusal,
    clearable: true,
  };
  if (choices !== null) {
    return (
      <div>
        <MultiSelect
          {...common}
          data={choices.map((value) => ({
            value,
            label: choiceText(name, value),
            // One that was chosen before stays, so that it can be taken away.
            disabled: refusedChoices.includes(value) && !values.includes(value),
          }))}
          value={values.map(String)}
          onChange={onChange}
          renderOption={({ option }) => (
            <Choice
              name={option.label}
              meaning={
                refusedChoices.includes(option.value)
                  ? 'Not for models of this family'
                  : choiceMeaning(name, option.value)
              }
            />
          )}
        />
        {values.map((value) => {
          const meaning = choiceMeaning(name, String(value));
          return meaning === null ? null : (
            <Text size="xs" c="dimmed" mt={4} key={value}>
              {choiceText(name, value)}: {meaning}
            </Text>
          );
        })}
      </div>
    );
  }
  return (
    <TagsInput
      {...common}
      value={values.map(String)}
      splitChars={[' ', ';']}
      acceptValueOnBlur
      {...(kind === 'indices' ? { maxTags: 1 } : {})}
      {...(kind === 'integer-or-auto' ? { data: ['auto'] } : {})}
      onChange={(texts) => {
        const read = texts.map((text) => readValue(definition, text));
        const wrong = read.find((each) => 'refusal' in each);
        setTyped(wrong === undefined ? null : wrong.refusal);
        onChange([...new Set(read.flatMap((each) => ('value' in each ? [each.value] : [])))]);
      }}
    />
  );
}

function Choice({ name, meaning }: Readonly<{ name: string; meaning: string | null }>) {
  return (
    <div>
      <Text size="sm">{name}</Text>
      {meaning === null ? null : (
        <Text size="xs" c="dimmed">
          {meaning}
        </Text>
      )}
    </div>
  );
}
