/**
 * *Try it*: answers this one question again with other settings, forced or banned patches. A try is kept with the
 * question and is never a row of the run.
 */
import { Alert, Button, Group, NumberInput, Select, SimpleGrid, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Probe, QuestionDetail } from '../../../../shared/contract/questions.ts';
import type { RunSummary } from '../../../../shared/run.ts';
import { interventions, settingDefinitions, type RunSettings } from '../../../../shared/run-settings.ts';
import { failureOf } from '../../api/client.ts';
import { api } from '../../api/queries.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { slotChoices, type PatchChoices } from './patch-choices.ts';
import { ProbeList } from './probe-list.tsx';

export type TryPanelProps = Readonly<{
  run: RunSummary;
  detail: QuestionDetail;
  choices: PatchChoices;
  onChoices: (choices: PatchChoices) => void;
  probe: Probe | null;
  onProbe: (probe: Probe | null) => void;
}>;

type TrySettings = Pick<RunSettings, 'latentSteps' | 'patchesPerStep' | 'intervention'>;

const labelOf = (name: keyof TrySettings): string =>
  settingDefinitions.find((definition) => definition.name === name)?.label ?? name;

export function TryPanel(props: TryPanelProps) {
  const { run } = props;
  if (run.settings === null) {
    return (
      <Text size="sm" c="dimmed">
        These predictions were imported, so there is no model here to ask again.
      </Text>
    );
  }
  if (run.settings.method !== 'ivt-lr') {
    return (
      <Text size="sm" c="dimmed">
        The run did not reason in latent steps ({run.settings.method}): there is nothing to change here.
      </Text>
    );
  }
  return <TryForm {...props} settings={run.settings} />;
}

function TryForm({
  run,
  detail,
  choices,
  onChoices,
  probe,
  onProbe,
  settings,
}: TryPanelProps & Readonly<{ settings: RunSettings }>) {
  const { runId } = run;
  const { sampleId } = detail.sample;
  const [given, setGiven] = useState<TrySettings>({
    latentSteps: settings.latentSteps,
    patchesPerStep: settings.patchesPerStep,
    intervention: settings.intervention,
  });
  const queries = useQueryClient();
  const attempt = useMutation(
    api.questions.try.mutationOptions({
      onSuccess: async (answered) => {
        onProbe(answered);
        await queries.invalidateQueries({ queryKey: api.questions.get.key() });
      },
    }),
  );
  const number = (name: 'latentSteps' | 'patchesPerStep', value: string | number): void => {
    if (typeof value === 'number') setGiven({ ...given, [name]: value });
  };
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
        <NumberInput
          size="xs"
          label={labelOf('latentSteps')}
          min={0}
          max={64}
          value={given.latentSteps}
          onChange={(value) => number('latentSteps', value)}
        />
        <NumberInput
          size="xs"
          label={labelOf('patchesPerStep')}
          min={0}
          max={4096}
          value={given.patchesPerStep}
          onChange={(value) => number('patchesPerStep', value)}
        />
        <Select
          size="xs"
          label={labelOf('intervention')}
          data={[...interventions]}
          allowDeselect={false}
          value={given.intervention}
          onChange={(value) => {
            const chosen = interventions.find((name) => name === value);
            if (chosen !== undefined) setGiven({ ...given, intervention: chosen });
          }}
        />
      </SimpleGrid>
      <ChosenPatches choices={choices} onChoices={onChoices} />
      <Group gap="xs">
        <Button
          size="xs"
          loading={attempt.isPending}
          onClick={() =>
            attempt.mutate({
              runId,
              sampleId,
              settings: {
                ...given,
                forcedPatches: slotChoices(choices, 'forced'),
                bannedPatches: slotChoices(choices, 'banned'),
              },
            })
          }
        >
          Answer again
        </Button>
        <Text size="xs" c="dimmed">
          {attempt.isPending ? 'The model is answering…' : 'Ahead of a running batch; the run itself stays as it is.'}
        </Text>
      </Group>
      {attempt.error === null ? null : <FailureAlert failure={failureOf(attempt.error)} />}
      {detail.probes.length === 0 && !attempt.isPending ? (
        <Alert variant="light" color="gray" p="xs">
          <Text size="xs">Before and after are shown side by side here and over the picture.</Text>
        </Alert>
      ) : (
        <ProbeList detail={detail} scorer={run.scorer} shown={probe} onShow={onProbe} />
      )}
    </Stack>
  );
}

type ChosenPatchesProps = Readonly<{ choices: PatchChoices; onChoices: (choices: PatchChoices) => void }>;

function ChosenPatches({ choices, onChoices }: ChosenPatchesProps) {
  if (choices.length === 0) {
    return (
      <Text size="xs" c="dimmed">
        No patch forced or banned. Click patches in the picture to choose.
      </Text>
    );
  }
  return (
    <Group gap="xs">
      <Text size="xs">
        {choices
          .map(({ stepIndex, slot, kind }) => `${kind} ${String(slot)} at step ${String(stepIndex + 1)}`)
          .join('; ')}
      </Text>
      <Button size="compact-xs" variant="subtle" onClick={() => onChoices([])}>
        Clear
      </Button>
    </Group>
  );
}
