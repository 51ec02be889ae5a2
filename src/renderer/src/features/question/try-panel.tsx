/**
 * *Try it*: answers this one question again with other settings, forced or banned patches. A try is kept with the
 * question and is never a row of the run.
 */
import { Alert, Button, Group, NumberInput, Pill, Select, SimpleGrid, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Probe, QuestionDetail } from '../../../../shared/contract/questions.ts';
import { interventionMeanings } from '../../../../shared/intervention-meanings.ts';
import type { RunSummary } from '../../../../shared/run.ts';
import {
  describeMethod,
  interventions,
  settingDefinitions,
  type RunSettings,
} from '../../../../shared/run-settings.ts';
import type { ImageGeometry } from '../../../../shared/trace.ts';
import { failureOf } from '../../api/client.ts';
import { api } from '../../api/queries.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { slotChoices, type PatchChoices } from './patch-choices.ts';
import { ProbeList } from './probe-list.tsx';
import { slotName } from './slot-name.ts';
import { choicesRefusal, limitsOf, refusalOf, shortageAhead, type TryDraft } from './try-draft.ts';

export type TryPanelProps = Readonly<{
  run: RunSummary;
  detail: QuestionDetail;
  choices: PatchChoices;
  onChoices: (choices: PatchChoices) => void;
  probe: Probe | null;
  onProbe: (probe: Probe | null) => void;
}>;

const labelOf = (name: keyof TryDraft): string =>
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
  const { title, isLatent } = describeMethod(run.settings.method);
  if (!isLatent) {
    return (
      <Text size="sm" c="dimmed">
        The run did not reason in latent steps ({title}): there is nothing to change here.
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
  const [given, setGiven] = useState<TryDraft>({
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
  const refusal = choicesRefusal(given, choices);
  const { latentSteps, patchesPerStep } = given;
  const image = imageOf(detail);
  const ahead = image === null ? null : shortageAhead(given, image.gridRows * image.gridColumns);
  const isSendable =
    refusal === null &&
    refusalOf('latentSteps', latentSteps) === null &&
    refusalOf('patchesPerStep', patchesPerStep) === null;
  const send = (): void => {
    if (typeof latentSteps !== 'number' || typeof patchesPerStep !== 'number') return;
    attempt.mutate({
      runId,
      sampleId,
      settings: {
        latentSteps,
        patchesPerStep,
        intervention: given.intervention,
        forcedPatches: slotChoices(choices, 'forced'),
        bannedPatches: slotChoices(choices, 'banned'),
      },
    });
  };
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
        {(['latentSteps', 'patchesPerStep'] as const).map((name) => (
          <WholeNumber
            key={name}
            name={name}
            value={given[name]}
            onChange={(value) => setGiven({ ...given, [name]: value })}
          />
        ))}
        <Select
          size="xs"
          label={labelOf('intervention')}
          description="at inference only"
          data={[...interventions]}
          allowDeselect={false}
          comboboxProps={{ width: 380, position: 'bottom-end' }}
          maxDropdownHeight={420}
          renderOption={({ option: { value } }) => <InterventionOption name={value} />}
          value={given.intervention}
          onChange={(value) => {
            const chosen = interventions.find((name) => name === value);
            if (chosen !== undefined) setGiven({ ...given, intervention: chosen });
          }}
        />
      </SimpleGrid>
      <Text size="xs">
        <Text span inherit fw={600}>
          {given.intervention}
        </Text>
        : {interventionMeanings[given.intervention]}
      </Text>
      {ahead === null ? null : (
        <Text size="xs" c="dimmed">
          {ahead}
        </Text>
      )}
      <ChosenPatches choices={choices} image={image} refusal={refusal} onChoices={onChoices} />
      <Group gap="xs">
        <Button size="xs" loading={attempt.isPending} disabled={!isSendable} onClick={send}>
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
        <ProbeList detail={detail} scorer={run.scorer} batchSize={settings.batchSize} shown={probe} onShow={onProbe} />
      )}
    </Stack>
  );
}

type WholeNumberProps = Readonly<{
  name: 'latentSteps' | 'patchesPerStep';
  value: number | string;
  onChange: (value: number | string) => void;
}>;

/** What is out of range stays as it was typed, and is refused. */
function WholeNumber({ name, value, onChange }: WholeNumberProps) {
  const { least, most } = limitsOf(name);
  return (
    <NumberInput
      size="xs"
      label={labelOf(name)}
      description={`${String(least)} to ${String(most)}`}
      min={least}
      max={most}
      clampBehavior="none"
      value={value}
      error={refusalOf(name, value)}
      onChange={onChange}
    />
  );
}

function InterventionOption({ name }: Readonly<{ name: string }>) {
  const known = interventions.find((each) => each === name);
  return (
    <div>
      <Text size="xs" fw={600}>
        {name}
      </Text>
      <Text size="xs" c="dimmed">
        {known === undefined ? '' : interventionMeanings[known]}
      </Text>
    </div>
  );
}

const imageOf = ({ prediction }: QuestionDetail): ImageGeometry | null =>
  prediction.status === 'answered' ? (prediction.answer.trace?.image ?? null) : null;

type ChosenPatchesProps = Readonly<{
  choices: PatchChoices;
  image: ImageGeometry | null;
  refusal: string | null;
  onChoices: (choices: PatchChoices) => void;
}>;

function ChosenPatches({ choices, image, refusal, onChoices }: ChosenPatchesProps) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        A forced patch is taken first at its step, before those that the rule chooses; a banned one is no candidate at
        its step, and stays in the pool for later ones. Click patches in the picture to choose.
      </Text>
      {choices.length === 0 ? null : (
        <Group gap={6} mt={6} role="group" aria-label="Patches that are forced or banned">
          {choices.map((choice) => (
            <Pill
              key={`${String(choice.stepIndex)}-${String(choice.slot)}`}
              size="sm"
              withRemoveButton
              onRemove={() => onChoices(choices.filter((other) => other !== choice))}
              removeButtonProps={{
                'aria-label': `Let slot ${String(choice.slot)} go at step ${String(choice.stepIndex + 1)}`,
                tabIndex: 0,
                'aria-hidden': false,
              }}
            >
              {choice.kind} at step {choice.stepIndex + 1}:{' '}
              {image === null ? `slot ${String(choice.slot)}` : slotName(image, choice.slot)}
            </Pill>
          ))}
          <Button size="compact-xs" variant="subtle" onClick={() => onChoices([])}>
            Clear
          </Button>
        </Group>
      )}
      {refusal === null ? null : (
        <Text size="xs" c="red" mt={4} role="alert">
          {refusal}
        </Text>
      )}
    </div>
  );
}
