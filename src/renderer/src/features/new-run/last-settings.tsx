/** Says that a new run starts from the last one's settings, which ones, and takes them away. */
import { Button, Group, Text } from '@mantine/core';
import { formSettings, type Draft } from './draft.ts';

export type LastSettingsProps = Readonly<{ draft: Pick<Draft, 'settings' | 'limit'>; onClear: () => void }>;

/** `grid Latent steps (N) = 0, 1, 2; Seed = 7`; empty where nothing is set. */
export function describeSettings({ settings, limit }: LastSettingsProps['draft']): string {
  const set = formSettings.flatMap(({ name, label }) => {
    const values = settings[name] ?? [];
    return values.length === 0 ? [] : [`${values.length > 1 ? 'grid ' : ''}${label} = ${values.join(', ')}`];
  });
  return [...set, ...(limit === null ? [] : [`first ${String(limit)} questions`])].join('; ');
}

export function LastSettings({ draft, onClear }: LastSettingsProps) {
  return (
    <Group gap="xs" role="note" aria-label="Where the settings are from">
      <Text size="sm">Last settings: {describeSettings(draft)}</Text>
      <Button size="compact-xs" variant="light" onClick={onClear}>
        Clear
      </Button>
    </Group>
  );
}
