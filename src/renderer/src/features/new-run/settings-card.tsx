/** Settings of the runs, made from their definitions; presets fill in common grids. */
import { Button, Card, Collapse, Group, SimpleGrid, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { LatentDefaults, SettingName } from '../../../../shared/run-settings.ts';
import { formSettings, type Draft } from './draft.ts';
import { presetsFor } from './presets.ts';
import { SettingField } from './setting-field.tsx';

/** Shown at once; the others unfold. */
const mainSettings: readonly SettingName[] = ['method', 'latentSteps', 'patchesPerStep', 'intervention'];

export type SettingsCardProps = Readonly<{
  draft: Draft;
  trainedFor: LatentDefaults | null;
  onChange: (settings: Draft['settings']) => void;
  refusalOf: (name: SettingName) => string | null;
}>;

export function SettingsCard({ draft, trainedFor, onChange, refusalOf }: SettingsCardProps) {
  const isMain = (name: SettingName): boolean => mainSettings.includes(name);
  const hasOther = formSettings.some(({ name }) => !isMain(name) && (draft.settings[name] ?? []).length > 0);
  const [open, { toggle }] = useDisclosure(hasOther);
  const fields = (main: boolean) => (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
      {formSettings
        .filter(({ name }) => isMain(name) === main)
        .map((definition) => (
          <SettingField
            key={definition.name}
            definition={definition}
            values={draft.settings[definition.name] ?? []}
            trainedFor={trainedFor}
            refusal={refusalOf(definition.name)}
            onChange={(values) => onChange({ ...draft.settings, [definition.name]: values })}
          />
        ))}
    </SimpleGrid>
  );
  const isSet = Object.values(draft.settings).some((values) => values.length > 0);
  return (
    <Card withBorder component="section" aria-label="Settings">
      <Group justify="space-between" mb={4}>
        <Title order={2} size="h4">
          Settings
        </Title>
        {isSet ? (
          <Button size="compact-sm" variant="subtle" onClick={() => onChange({})}>
            Back to the defaults
          </Button>
        ) : null}
      </Group>
      <Text size="sm" c="dimmed" mb="sm">
        Leave a field empty for what the model was trained for. Several values in a field make a grid: every combination
        is a run.
      </Text>
      {trainedFor === null ? null : (
        <Group gap="xs" mb="md" role="group" aria-label="Common grids">
          {presetsFor(trainedFor).map(({ name, help, settings }) => (
            <Button
              key={name}
              size="compact-sm"
              variant="light"
              title={help}
              onClick={() => onChange({ ...draft.settings, ...settings })}
            >
              {name}
            </Button>
          ))}
        </Group>
      )}
      {fields(true)}
      <Button
        variant="subtle"
        size="compact-sm"
        mt="md"
        style={{ alignSelf: 'flex-start' }}
        onClick={toggle}
        aria-expanded={open}
      >
        {open
          ? 'Fewer settings'
          : 'More settings: prompt, layout, adaptive stop, tokens, seed, batch, device, engines, GPUs'}
      </Button>
      <Collapse expanded={open}>
        <div style={{ paddingTop: 12 }}>{fields(false)}</div>
      </Collapse>
    </Card>
  );
}
