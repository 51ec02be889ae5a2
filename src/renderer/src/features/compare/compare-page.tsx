/** Runs side by side: the main table, accuracy against N and K, interventions, two runs in detail, attention. */
import { Alert, Button, Card, Container, Group, Stack, Tabs, Text, Title } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { MethodTable } from '../../../../shared/comparison.ts';
import { differencesText, differingConditions } from '../../../../shared/run-conditions.ts';
import { downloadExport } from '../../api/download.ts';
import { api } from '../../api/queries.ts';
import { useExportCommand } from '../../app/export-command.ts';
import { useKeys } from '../../app/keys.ts';
import { showFailure } from '../../components/failure-notice.ts';
import { counted } from '../../components/numbers.ts';
import { QueryGate } from '../../components/query-gate.tsx';
import { compareViews, formatRoute, type CompareView, type Route } from '../../routing/route.ts';
import { navigate } from '../../routing/use-route.ts';
import { scorerOf } from '../run/use-run.ts';
import { AttentionView } from './attention-view.tsx';
import { DifferencesCard } from './differences-card.tsx';
import { DomainCard } from './domain-card.tsx';
import { InterventionsView } from './interventions-view.tsx';
import { type Pair, PairView } from './pair-view.tsx';
import { runNames } from './run-names.ts';
import { RunPicker } from './run-picker.tsx';
import { SweepView } from './sweep-view.tsx';
import { LeftOut, TableView } from './table-view.tsx';

type ComparePageProps = Extract<Route, { page: 'compare' }>;

const viewLabels: Readonly<Record<CompareView, string>> = {
  table: 'Main table',
  sweep: 'Accuracy against N and K',
  interventions: 'Interventions',
  pair: 'Two runs',
  attention: 'Attention',
};

export default function ComparePage(props: ComparePageProps) {
  const { runIds } = props;
  const list = useQuery(api.runs.list.queryOptions({ input: { limit: 1000 } }));
  return (
    <Container size={1680} px="lg" py="lg">
      <Title order={1} size="h2" mb="md">
        Compare
      </Title>
      <QueryGate query={list}>
        {({ runs }) => (
          <Stack gap="md">
            <RunPicker
              runs={runs}
              runIds={runIds}
              names={runNames(runIds, runs)}
              scorer={props.scorer}
              onChange={(chosen, scorer) => navigate({ ...props, runIds: chosen, scorer }, { replace: true })}
            />
            {runIds.length < 2 ? (
              <TooFew canPickAll={runs.length >= 2} newest={runs.slice(0, 4).map(({ runId }) => runId)} />
            ) : (
              <Compared {...props} runs={runs} />
            )}
          </Stack>
        )}
      </QueryGate>
    </Container>
  );
}

type ComparedProps = ComparePageProps & Pick<Parameters<typeof TableView>[0], 'runs'>;

function Compared({ runs, ...route }: ComparedProps) {
  const { runIds, view = 'table' } = route;
  const scorer = scorerOf(route.scorer) ?? undefined;
  const names = runNames(runIds, runs);
  const pair = pairOf(route);
  const exportShown = (): void => {
    const [kind, exported] = exportOf(view, runIds, pair);
    void downloadExport(kind, exported, scorer).catch(showFailure);
  };
  useExportCommand(exportShown);
  useKeys('Compare', [{ keys: ['e'], description: 'Export what is shown (CSV)', run: exportShown }]);
  const query = useQuery({
    ...api.runs.methodTable.queryOptions({
      input: { runIds: [...runIds], ...(scorer === undefined ? {} : { scorer }) },
    }),
    placeholderData: keepPreviousData,
  });
  return (
    <QueryGate query={query}>
      {(table) => (
        <>
          {table.leftOut + table.excluded === 0 ? null : (
            <Alert
              color="orange"
              variant="light"
              title={`Compared over ${counted(table.commonQuestions, 'question')} that all of these runs answered`}
            >
              <LeftOut table={table} />
            </Alert>
          )}
          <NotAlike table={table} />
          <Tabs
            value={view}
            keepMounted={false}
            onChange={(value) => {
              const next = compareViews.find((name) => name === value);
              if (next !== undefined) navigate({ ...route, view: next });
            }}
          >
            <Tabs.List mb="md">
              {compareViews.map((name) => (
                <Tabs.Tab value={name} key={name}>
                  {viewLabels[name]}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            <Tabs.Panel value="table">
              <Stack gap="md">
                <TableView table={table} runs={runs} names={names} onExport={exportShown} />
                <DomainCard table={table} names={names} scorer={route.scorer} />
                <DifferencesCard
                  table={table}
                  names={names}
                  onExport={() => void downloadExport('differences', runIds, scorer).catch(showFailure)}
                />
              </Stack>
            </Tabs.Panel>
            <Tabs.Panel value="sweep">
              <SweepView runIds={runIds} scorer={scorer} scorerName={table.scorer} />
            </Tabs.Panel>
            <Tabs.Panel value="interventions">
              <InterventionsView table={table} names={names} scorer={scorer} />
            </Tabs.Panel>
            <Tabs.Panel value="pair">
              <PairView
                runIds={runIds}
                names={names}
                scorer={scorer}
                pair={pair}
                onPair={(chosen) => navigate({ ...route, pair: chosen })}
                onExport={exportShown}
              />
            </Tabs.Panel>
            <Tabs.Panel value="attention">
              <AttentionView runIds={runIds} names={names} scorer={scorer} onExport={exportShown} />
            </Tabs.Panel>
          </Tabs>
        </>
      )}
    </QueryGate>
  );
}

/** The settings in which the runs differ besides those that each view shows. */
function NotAlike({ table }: Readonly<{ table: MethodTable }>) {
  const differing = differingConditions(table.rows);
  if (differing.length === 0) return null;
  return (
    <Alert color="orange" variant="light" title="These runs are not like for like">
      <Text size="sm">{`They differ in ${differencesText(differing)}.`}</Text>
    </Alert>
  );
}

/** The two of the address, where they are still compared; else the baseline and the run after it. */
function pairOf({ runIds, pair }: ComparePageProps): Pair {
  const [first = '', second = ''] = runIds;
  return pair !== undefined && pair[0] !== pair[1] && pair.every((runId) => runIds.includes(runId))
    ? pair
    : [first, second];
}

/** What a view's numbers are exported as: the pair's, the steps', or the main table's. */
function exportOf(view: CompareView, runIds: readonly string[], pair: Pair) {
  if (view === 'pair') return ['comparison', pair] as const;
  return [view === 'attention' ? 'attention' : 'methods', runIds] as const;
}

function TooFew({ canPickAll, newest }: Readonly<{ canPickAll: boolean; newest: readonly string[] }>) {
  return (
    <Card withBorder padding="xl">
      <Stack gap="sm" maw={680}>
        <Title order={2} size="h4">
          Pick two or more runs
        </Title>
        <Text>
          They are compared over the questions that all of them answered: accuracy with intervals, time and steps beside
          the paper&apos;s published figures, flips question by question, accuracy against N and K, attention by step.
          Runs of other models, other settings and imported predictions can be mixed.
        </Text>
        <Group>
          {canPickAll ? (
            <Button component="a" href={formatRoute({ page: 'compare', runIds: newest, scorer: null })}>
              Compare the newest {String(newest.length)}
            </Button>
          ) : (
            <Button
              component="a"
              href={formatRoute({ page: 'new-run', dataset: null, model: null, fromRun: null, where: [] })}
            >
              New run
            </Button>
          )}
        </Group>
      </Stack>
    </Card>
  );
}
