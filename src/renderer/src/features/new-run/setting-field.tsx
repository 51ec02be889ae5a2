/** One setting of a run: no value leaves it to the model or the program, several values make a grid. */
import { MultiSelect, TagsInput } from '@mantine/core';
import { useState } from 'react';
import type { LatentDefaults, SettingDefinition } from '../../../../shared/run-settings.ts';
import { readValue, usualValue, type SettingValue } from './draft.ts';

export type SettingFieldProps = Readonly<{
  definition: SettingDefinition;
  values: readonly SettingValue[];
  trainedFor: LatentDefaults | null;
  onChange: (values: SettingValue[]) => void;
  /** The core's refusal that concerns this setting. */
  refusal: string | null;
}>;

export function SettingField({ definition, values, trainedFor, onChange, refusal }: SettingFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const { label, help, unit, kind, choices } = definition;
  const common = {
    label: unit === null || label.includes('(') ? label : `${label}, ${unit}`,
    description: help,
    placeholder: values.length === 0 ? usualValue(definition, trainedFor) : '',
    error: typed ?? refusal,
    clearable: true,
  };
  if (choices !== null) {
    return <MultiSelect {...common} data={[...choices]} value={values.map(String)} onChange={onChange} />;
  }
  return (
    <TagsInput
      {...common}
      value={values.map(String)}
      splitChars={[' ', ';']}
      acceptValueOnBlur
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
