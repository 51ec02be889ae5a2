/** A path of the core's machine that is picked, shown, and picked again. */
import { Button, Code, Group, Stack, Text } from '@mantine/core';
import { IconFolder } from '@tabler/icons-react';
import { useState } from 'react';
import { PathPicker } from '../../components/path-picker.tsx';

type Props = Readonly<{
  label: string;
  description: string;
  /** On the button that opens the picker. */
  action: string;
  value: string | null;
  onChange: (path: string | null) => void;
  canClear?: boolean;
}>;

export function PathField({ label, description, action, value, onChange, canClear = false }: Props) {
  const [opened, setOpened] = useState(false);
  return (
    <Stack gap={6} role="group" aria-label={label}>
      <Text size="sm" fw={500}>
        {label}
      </Text>
      <Text size="xs" c="dimmed">
        {description}
      </Text>
      {value === null ? null : <Code block>{value}</Code>}
      <Group gap="xs">
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconFolder size={16} />}
          onClick={() => setOpened(true)}
        >
          {value === null ? action : 'Choose another…'}
        </Button>
        {canClear && value !== null ? (
          <Button variant="subtle" size="compact-sm" onClick={() => onChange(null)}>
            Without it
          </Button>
        ) : null}
      </Group>
      <PathPicker opened={opened} title={label} kind="checkpoint" onPick={onChange} onClose={() => setOpened(false)} />
    </Stack>
  );
}
