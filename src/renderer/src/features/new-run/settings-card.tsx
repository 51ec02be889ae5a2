/** Settings of the runs, made from their definitions; presets fill in common grids. */
import { Button, Card, Collapse, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { LatentDefaults, Method, SettingDefinition, SettingName } from '../../../../shared/run-settings.ts';
import type { Draft } from './draft.ts';
import { furtherOnes, mainOnes } from './method-settings.ts';
import { presetsFor } from './presets.ts';
import { SettingField } from './setting-field.tsx';

export type SettingsCardProps = Readonly<{
  draft: Draft;
  /** That would run: settings that none of them takes are not shown. */
  methods: readonly Method[];
  /** Methods that a chosen model cannot be asked with. */
  refusedMethods: readonly Method[];
  trainedFor: LatentDefaults | null;
  onChange: (settings: Draft['settings']) => void;
  refusalOf: (name: SettingName) => string | null;
}>;

export function SettingsCard({ draft, methods, refusedMethods, trainedFor, onChange, refusalOf }: SettingsCardProps) {
  const further = furtherOnes(methods);
  const hasOther = further.some(({ settings }) => settings.some(({ name }) => (draft.settings[name] ?? []).length > 0));
  const [open, { toggle }] = useDisclosure(hasOther);
  const fields = (definitions: readonly SettingDefinition[]) => (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
      {definitions.map((definition) => (
        <SettingField
          key={definition.name}
          definition={definition}
          values={draft.settings[definition.name] ?? []}
          trainedFor={trainedFor}
          methods={methods}
          refusedChoices={definition.name === 'method' ? refusedMethods : []}
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
        is a run. What acts in latent steps is varied for methods that have them.
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
      {fields(mainOnes(methods))}
      <Button
        variant="subtle"
        size="compact-sm"
        mt="md"
        style={{ alignSelf: 'flex-start' }}
        onClick={toggle}
        aria-expanded={open}
      >
        {open ? 'Fewer settings' : `More settings: ${further.map(({ title }) => title.toLowerCase()).join(', ')}`}
      </Button>
      <Collapse expanded={open}>
        <Stack gap="lg" pt="sm">
          {further.map(({ title, settings }) => (
            <div key={title} role="group" aria-label={title}>
              <Title order={3} size="h6" mb={6}>
                {title}
              </Title>
              {fields(settings)}
            </div>
          ))}
        </Stack>
      </Collapse>
    </Card>
  );
}
