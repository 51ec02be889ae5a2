/** Says that a new run starts from the last one's settings, which ones, and takes them away. */
import { Button, Group, Text } from '@mantine/core';
import type { Method } from '../../../../shared/run-settings.ts';
import type { Draft } from './draft.ts';
import { describeSettings } from './method-settings.ts';

export type LastSettingsProps = Readonly<{
  draft: Pick<Draft, 'settings' | 'limit'>;
  methods: readonly Method[];
  onClear: () => void;
}>;

export function LastSettings({ draft, methods, onClear }: LastSettingsProps) {
  return (
    <Group gap="xs" role="note" aria-label="Where the settings are from">
      <Text size="sm">Last settings: {describeSettings(draft, methods)}</Text>
      <Button size="compact-xs" variant="light" onClick={onClear}>
        Clear
      </Button>
    </Group>
  );
}
