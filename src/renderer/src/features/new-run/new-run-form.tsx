/** The form of a new run with its plan beside it. */
import { Button, Card, Grid, Group, MultiSelect, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { KnownDataset } from '../../../../shared/contract/datasets.ts';
import type { KnownModel } from '../../../../shared/contract/models.ts';
import type { GridRequest, QuestionSelection } from '../../../../shared/contract/runs.ts';
import { scorerNames, scorerWarnings } from '../../../../shared/prediction.ts';
import { failureOf } from '../../api/client.ts';
import { api } from '../../api/queries.ts';
import { showFailure } from '../../components/failure-notice.ts';
import { bytes } from '../../components/numbers.ts';
import { formatRoute } from '../../routing/route.ts';
import { navigate } from '../../routing/use-route.ts';
import { scorerOf } from '../run/use-run.ts';
import { refusedSetting, requestOf, type Draft } from './draft.ts';
import { LastSettings } from './last-settings.tsx';
import { describeSettings, methodsOf, methodsWithout } from './method-settings.ts';
import { PlanPanel } from './plan-panel.tsx';
import { QuestionsCard } from './questions-card.tsx';
import { SettingsCard } from './settings-card.tsx';

export type NewRunFormProps = Readonly<{
  initial: Draft;
  datasets: readonly KnownDataset[];
  models: readonly KnownModel[];
  /** The settings are those of the last run that was started here. */
  isFromLast: boolean;
  offered: QuestionSelection | null;
  /** Remembers what was started. */
  onStarted: (draft: Draft) => void;
}>;

const emptyRequest: GridRequest = {
  base: { dataset: '', model: '', where: [], scorer: 'strict', settings: {} },
  axes: [],
};

export function NewRunForm({ initial, datasets, models, isFromLast, offered, onStarted }: NewRunFormProps) {
  const [draft, setDraft] = useState(initial);
  const change = (changes: Partial<Draft>): void => setDraft((before) => ({ ...before, ...changes }));
  const methods = useMemo(() => methodsOf(draft, models), [draft, models]);
  const request = useMemo(() => requestOf(draft, methods), [draft, methods]);
  const [settled] = useDebouncedValue(request, 250);
  const plan = useQuery({
    ...api.runs.plan.queryOptions({ input: settled ?? emptyRequest }),
    enabled: settled !== null,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
  const queries = useQueryClient();
  const start = useMutation(
    api.runs.startGrid.mutationOptions({
      onSuccess: async ({ runs }) => {
        onStarted(draft);
        const [only, second] = runs;
        if (only !== undefined && second === undefined) navigate({ page: 'run', runId: only.runId, tab: 'overview' });
        else navigate({ page: 'runs' });
        await queries.invalidateQueries({ queryKey: api.runs.key() });
      },
      onError: showFailure,
    }),
  );
  const failure = plan.error === null || request === null ? null : failureOf(plan.error);
  const refused = refusedSetting(failure?.place);
  const chosenModel = models.find(({ path }) => path === draft.models[0]);
  const missing =
    draft.dataset === null
      ? 'Choose a dataset to see what a run would take.'
      : draft.models.length === 0
        ? 'Choose a model to see what a run would take.'
        : null;
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, md: 7, lg: 8 }}>
        <Stack gap="md">
          {isFromLast &&
          describeSettings(draft, methods) !== '' &&
          draft.settings === initial.settings &&
          draft.limit === initial.limit ? (
            <LastSettings draft={draft} methods={methods} onClear={() => change({ settings: {}, limit: null })} />
          ) : null}
          <QuestionsCard draft={draft} datasets={datasets} offered={offered} onChange={change} />
          <Card withBorder component="section" aria-label="Models">
            <Title order={2} size="h4" mb="sm">
              Models
            </Title>
            <ModelField draft={draft} models={models} onChange={(paths) => change({ models: paths })} />
          </Card>
          <SettingsCard
            draft={draft}
            methods={methods}
            refusedMethods={methodsWithout(draft, models)}
            trainedFor={chosenModel?.bundle?.trainedFor ?? null}
            onChange={(settings) => change({ settings })}
            refusalOf={(name) => (name === refused ? (failure?.message ?? null) : null)}
          />
          <Card withBorder component="section" aria-label="Name and scorer">
            <Group gap="md" align="flex-start">
              <TextInput
                label="Name"
                description="In a grid each run's varied settings are added"
                placeholder="model and method"
                maxLength={150}
                style={{ flexGrow: 1 }}
                value={draft.label}
                onChange={(event) => change({ label: event.currentTarget.value })}
              />
              <Select
                label="Scorer"
                description="Others can be computed at any time"
                data={[...scorerNames]}
                value={draft.scorer}
                allowDeselect={false}
                onChange={(name) => change({ scorer: scorerOf(name) ?? 'strict' })}
              />
            </Group>
            {scorerWarnings[draft.scorer] === undefined ? null : (
              <Text size="sm" mt="xs">
                {scorerWarnings[draft.scorer]}
              </Text>
            )}
          </Card>
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 5, lg: 4 }}>
        <div style={{ position: 'sticky', top: 68 }}>
          <PlanPanel
            plans={plan.data?.runs ?? null}
            missing={missing}
            failure={failure}
            isPlanning={plan.isFetching || request !== settled}
            isOutdated={plan.isPlaceholderData || request !== settled}
            isStarting={start.isPending}
            onStart={() => request !== null && start.mutate(request)}
          />
        </div>
      </Grid.Col>
    </Grid>
  );
}

type ModelFieldProps = Readonly<{ draft: Draft; models: readonly KnownModel[]; onChange: (paths: string[]) => void }>;

function ModelField({ draft, models, onChange }: ModelFieldProps) {
  const usable = models.filter(({ exists, bundle }) => exists && bundle !== null);
  const options = usable.map(({ path, name, sizeBytes }) => ({
    value: path,
    label: sizeBytes === null ? name : `${name}, ${bytes(sizeBytes)}`,
  }));
  const unlisted = draft.models.filter((path) => !usable.some((model) => model.path === path));
  if (options.length === 0 && unlisted.length === 0) {
    return (
      <Group gap="sm">
        <Text size="sm">No model has been imported yet.</Text>
        <Button component="a" href={formatRoute({ page: 'models' })} variant="light" size="compact-md">
          Import a model
        </Button>
      </Group>
    );
  }
  return (
    <MultiSelect
      label="Models"
      description="Several models: each runs the whole grid"
      placeholder={draft.models.length === 0 ? 'Choose a model' : ''}
      data={[...options, ...unlisted.map((path) => ({ value: path, label: path }))]}
      value={draft.models}
      searchable
      clearable
      onChange={onChange}
    />
  );
}
