/** The list of runs: sort, search, choose some to compare, export or delete. While it is empty: the first start. */
import {
  Checkbox,
  Card,
  Container,
  Group,
  Pagination,
  ScrollArea,
  Stack,
  Table,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { z } from 'zod';
import type { RunSummary } from '../../../../shared/run.ts';
import { api } from '../../api/queries.ts';
import { usePreference } from '../../api/use-preference.ts';
import { useKeys } from '../../app/keys.ts';
import { count, counted } from '../../components/numbers.ts';
import { QueryGate } from '../../components/query-gate.tsx';
import { ChosenRunsBar } from './chosen-runs-bar.tsx';
import { titleNumbers } from '../run/run-title.ts';
import { FirstStart } from './first-start.tsx';
import { BringButtons } from './bring-buttons.tsx';
import { runColumns, shownRuns, type RunOrder } from './run-order.ts';
import { RunRow } from './run-row.tsx';
import { SortHeader } from './sort-header.tsx';

/** The newest; a store with more says so. */
const listLimit = 1000;
const pageSize = 50;

const orderSchema = z.object({ by: z.enum(runColumns), descending: z.boolean() });
const newestFirst: RunOrder = { by: 'created', descending: true };

export default function RunsPage() {
  const query = useQuery(api.runs.list.queryOptions({ input: { limit: listLimit } }));
  return (
    <Container size={1680} px="lg" py="lg">
      <QueryGate query={query}>
        {({ runs, total }) => (
          <>
            <Group justify="space-between" mb="md">
              <Title order={1} size="h2">
                Runs
              </Title>
              {runs.length === 0 ? null : (
                <Group gap="xs">
                  <BringButtons />
                </Group>
              )}
            </Group>
            {runs.length === 0 ? <FirstStart /> : <RunList runs={runs} total={total} />}
          </>
        )}
      </QueryGate>
    </Container>
  );
}

function RunList({ runs, total }: Readonly<{ runs: readonly RunSummary[]; total: number }>) {
  const [order, setOrder] = usePreference<RunOrder>('runs.order', orderSchema, newestFirst);
  const [search, setSearch] = useState('');
  const [page, setPage] = useState(1);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const searchField = useRef<HTMLInputElement>(null);
  useKeys('Runs', [{ keys: ['/'], description: 'Search', isAtOnce: true, run: () => searchField.current?.focus() }]);

  const numbers = titleNumbers(runs);
  const shown = shownRuns(runs, search, order);
  const pageCount = Math.max(1, Math.ceil(shown.length / pageSize));
  const current = Math.min(page, pageCount);
  const rows = shown.slice((current - 1) * pageSize, current * pageSize);
  const chosenRuns = runs.filter(({ runId }) => chosen.has(runId));
  const choose = (runIds: readonly string[], isChosen: boolean): void => {
    const next = new Set(chosen);
    for (const runId of runIds) {
      if (isChosen) next.add(runId);
      else next.delete(runId);
    }
    setChosen(next);
  };
  const isAll = rows.length > 0 && rows.every(({ runId }) => chosen.has(runId));
  const head = { order, onOrder: setOrder };
  return (
    <Stack gap="sm">
      <Group justify="space-between" gap="sm" mih={36}>
        <TextInput
          ref={searchField}
          w={320}
          placeholder="Search name, model, dataset"
          aria-label="Search runs"
          leftSection={<IconSearch size={16} aria-hidden="true" />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        {chosenRuns.length === 0 ? (
          <Text size="sm" c="dimmed">
            {shown.length === total ? counted(total, 'run') : `${count(shown.length)} of ${counted(total, 'run')}`}
          </Text>
        ) : (
          <ChosenRunsBar runs={chosenRuns} onClear={() => setChosen(new Set())} />
        )}
      </Group>
      <Card withBorder padding={0}>
        <ScrollArea type="auto">
          <Table highlightOnHover verticalSpacing={8} horizontalSpacing={6} fz="sm" miw={1070} layout="fixed">
            <Table.Thead>
              <Table.Tr>
                <Table.Th w={36}>
                  <Checkbox
                    size="xs"
                    aria-label="Choose all shown runs"
                    checked={isAll}
                    indeterminate={!isAll && rows.some(({ runId }) => chosen.has(runId))}
                    onChange={(event) =>
                      choose(
                        rows.map(({ runId }) => runId),
                        event.currentTarget.checked,
                      )
                    }
                  />
                </Table.Th>
                <SortHeader {...head} column="label" label="Run" />
                <SortHeader {...head} column="model" label="Model" width="10%" />
                <SortHeader {...head} column="dataset" label="Dataset" width="10%" />
                <SortHeader {...head} column="method" label="Method" width={116} />
                <SortHeader {...head} column="status" label="Status" width={112} />
                <SortHeader {...head} column="accuracy" label="Accuracy" width={128} right largestFirst />
                <SortHeader {...head} column="ar-steps" label="AR steps" width={84} right largestFirst />
                <SortHeader {...head} column="time" label="Time" width={80} right largestFirst />
                <SortHeader {...head} column="created" label="Created" width={92} largestFirst />
                <Table.Th w={48} aria-label="Actions" />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((run) => (
                <RunRow
                  key={run.runId}
                  run={run}
                  number={numbers.get(run.runId) ?? 1}
                  chosen={chosen.has(run.runId)}
                  onChoose={(isChosen) => choose([run.runId], isChosen)}
                />
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea>
        {rows.length === 0 ? (
          <Text p="md" size="sm">
            No run matches “{search}”.
          </Text>
        ) : null}
      </Card>
      <Group justify="space-between">
        <Text size="xs" c="dimmed">
          Bars: accuracy with its 95 % Wilson interval, by each run&apos;s own scorer.
          {total > runs.length ? ` Only the newest ${count(runs.length)} of ${count(total)} runs are listed.` : ''}
        </Text>
        {pageCount === 1 ? null : (
          <Pagination
            size="sm"
            total={pageCount}
            value={current}
            onChange={setPage}
            getControlProps={(control) => ({ 'aria-label': `${control} page` })}
          />
        )}
      </Group>
    </Stack>
  );
}
