/** A new run, or a grid of them: from scratch with the last settings, or from a stored run. */
import { Anchor, Container, Text, Title } from '@mantine/core';
import { skipToken, useQuery } from '@tanstack/react-query';
import type { KnownDataset } from '../../../../shared/contract/datasets.ts';
import type { KnownModel } from '../../../../shared/contract/models.ts';
import type { RunSummary } from '../../../../shared/run.ts';
import { api } from '../../api/queries.ts';
import { usePreference } from '../../api/use-preference.ts';
import { QueryGate } from '../../components/query-gate.tsx';
import { formatRoute, type Route } from '../../routing/route.ts';
import { runTitle } from '../run/run-title.ts';
import { draftOfRun, draftSchema, emptyDraft, type Draft } from './draft.ts';
import { NewRunForm } from './new-run-form.tsx';

type NewRunPageProps = Extract<Route, { page: 'new-run' }>;

export default function NewRunPage(route: NewRunPageProps) {
  const [last, remember] = usePreference<Draft>('new-run.last', draftSchema, emptyDraft);
  const datasets = useQuery(api.datasets.list.queryOptions());
  const models = useQuery(api.models.list.queryOptions());
  const { fromRun } = route;
  const source = useQuery(api.runs.show.queryOptions({ input: fromRun === null ? skipToken : { runId: fromRun } }));
  const run = source.data?.run ?? null;
  return (
    <Container size={1680} px="lg" py="lg">
      <Title order={1} size="h2" mb={run === null ? 'md' : 4}>
        New run
      </Title>
      {run === null ? null : (
        <Text size="sm" mb="md">
          From{' '}
          <Anchor size="sm" underline="always" href={formatRoute({ page: 'run', runId: run.runId, tab: 'overview' })}>
            {runTitle(run)}
          </Anchor>
          : its dataset, model and settings. Change what should differ.
        </Text>
      )}
      <QueryGate query={datasets}>
        {({ datasets: knownDatasets }) => (
          <QueryGate query={models}>
            {({ models: knownModels }) => {
              const known = { datasets: knownDatasets, models: knownModels };
              if (fromRun === null) {
                return (
                  <NewRunForm
                    key={formatRoute(route)}
                    {...known}
                    initial={startOf(route, last, known)}
                    isFromLast
                    offered={null}
                    onStarted={remember}
                  />
                );
              }
              return (
                <QueryGate query={source}>
                  {({ run: from }) => (
                    <NewRunForm
                      key={formatRoute(route)}
                      {...known}
                      initial={repeatOf(from, route.where, knownModels)}
                      isFromLast={false}
                      offered={route.where.length === 0 ? null : { runId: from.runId, where: [...route.where] }}
                      onStarted={remember}
                    />
                  )}
                </QueryGate>
              );
            }}
          </QueryGate>
        )}
      </QueryGate>
    </Container>
  );
}

type Known = Readonly<{ datasets: readonly KnownDataset[]; models: readonly KnownModel[] }>;

/** The last settings; what the address names goes first, and the only dataset and model there are need no choosing. */
function startOf({ dataset, model, where }: NewRunPageProps, last: Draft, { datasets, models }: Known): Draft {
  const usable = models.filter(({ exists, bundle }) => exists && bundle !== null);
  const named = datasets.find(({ datasetId }) => datasetId === dataset)?.path ?? dataset;
  const present = datasets.filter(({ exists }) => exists);
  const chosen = named ?? last.dataset ?? (present.length === 1 ? (present[0]?.path ?? null) : null);
  const lastModels = last.models.filter((path) => usable.some((each) => each.path === path));
  const namedModel = usable.find(({ fingerprint, path }) => fingerprint === model || path === model)?.path ?? model;
  const chosenModels = namedModel === null ? lastModels : [namedModel];
  const isOther = chosen !== last.dataset;
  return {
    ...last,
    dataset: chosen,
    split: isOther ? null : last.split,
    where: where.length > 0 ? [...where] : isOther ? [] : last.where,
    selection: null,
    models: chosenModels.length > 0 ? chosenModels : usable.length === 1 ? usable.map(({ path }) => path) : [],
    label: '',
  };
}

function repeatOf(run: RunSummary, where: readonly string[], models: readonly KnownModel[]): Draft {
  const model = models.find(({ fingerprint }) => fingerprint === run.modelFingerprint);
  const draft = draftOfRun(run, model?.bundle?.trainedFor ?? null);
  if (where.length === 0) return draft;
  return { ...draft, where: [], limit: null, split: null, selection: { runId: run.runId, where: [...where] } };
}
