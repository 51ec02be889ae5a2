/** A path as text, with the picker behind its button. */
import { Button, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useState } from 'react';
import type { PickKind } from '../../../shared/bridge.ts';
import { PathPicker } from './path-picker.tsx';

type PathInputProps = Readonly<{
  label: string;
  description?: ReactNode;
  kind: PickKind;
  value: string;
  onChange: (path: string) => void;
  required?: boolean;
  autoFocus?: boolean;
}>;

export function PathInput({ label, description, kind, value, onChange, required, autoFocus }: PathInputProps) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <TextInput
        label={label}
        description={description}
        value={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
        required={required ?? false}
        data-autofocus={autoFocus}
        spellCheck={false}
        autoComplete="off"
        placeholder="/path/to/it"
        rightSectionWidth={94}
        rightSection={
          <Button size="compact-sm" variant="default" onClick={() => setOpened(true)}>
            Browse…
          </Button>
        }
      />
      <PathPicker opened={opened} title={label} kind={kind} onPick={onChange} onClose={() => setOpened(false)} />
    </>
  );
}
