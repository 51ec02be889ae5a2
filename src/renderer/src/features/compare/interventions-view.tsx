/** Interventions of one model against its own untouched run, with the paper's trained ablations beside them. */
import { Alert, Anchor, Card, Grid, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { MethodRow, MethodTable } from '../../../../shared/comparison.ts';
import type { ScorerName } from '../../../../shared/prediction.ts';
import { publishedAblation, publishedSource } from '../../../../shared/published-results.ts';
import { api } from '../../api/queries.ts';
import { IntervalBar } from '../../components/interval-bar.tsx';
import { count, percent } from '../../components/numbers.ts';
import { QueryGate } from '../../components/query-gate.tsx';
import { formatRoute } from '../../routing/route.ts';
import { percentInterval, points, pointsInterval, pValueText } from './figures.ts';
import { interventionGroups, type InterventionGroup } from './intervention-groups.ts';
import classes from './wide-table.module.css';

export type InterventionsViewProps = Readonly<{
  table: MethodTable;
  names: ReadonlyMap<string, string>;
  scorer: ScorerName | undefined;
}>;

export function InterventionsView({ table, names, scorer }: InterventionsViewProps) {
  const groups = interventionGroups(table.rows);
  return (
    <Stack gap="md">
      <Alert color="gray" variant="light" title="Interventions are not the paper's ablations">
        An intervention takes a part away at inference from a model that was trained with it. The paper&apos;s ablations
        are models trained without the part. Where the two differ, the model may only be missing what it was trained to
        expect.
      </Alert>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <Stack gap="md">
            {groups.length === 0 ? (
              <Card withBorder padding="lg">
                <Text>
                  None of these runs has an intervention beside an untouched run of the same model with the same N and
                  K. Pick both, or start them as a grid over “Intervention” on the New run page.
                </Text>
              </Card>
            ) : (
              groups.map((group) => (
                <GroupCard group={group} names={names} scorer={scorer} key={group.baseline.runId} />
              ))
            )}
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <PublishedAblation />
        </Grid.Col>
      </Grid>
    </Stack>
  );
}

type GroupCardProps = Readonly<{
  group: InterventionGroup;
  names: ReadonlyMap<string, string>;
  scorer: ScorerName | undefined;
}>;

function GroupCard({ group, names, scorer }: GroupCardProps) {
  const { baseline, others } = group;
  const runIds = [baseline, ...others].map(({ runId }) => runId);
  const query = useQuery(
    api.runs.methodTable.queryOptions({ input: { runIds, ...(scorer === undefined ? {} : { scorer }) } }),
  );
  return (
    <Card
      withBorder
      padding="md"
      component="section"
      aria-label={`Interventions on ${baseline.modelName ?? 'the model'}`}
    >
      <Title order={2} size="h5" mb="xs">
        {`${baseline.modelName ?? 'Model'}, N = ${String(baseline.latentSteps)}, K = ${String(baseline.patchesPerStep)}`}
      </Title>
      <QueryGate query={query}>{(table) => <GroupTable table={table} names={names} />}</QueryGate>
    </Card>
  );
}

function GroupTable({ table, names }: Readonly<{ table: MethodTable; names: ReadonlyMap<string, string> }>) {
  return (
    <>
      <Table.ScrollContainer minWidth={620}>
        <Table fz="sm" verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Intervention</Table.Th>
              <Table.Th colSpan={2}>Accuracy, 95 %</Table.Th>
              <Table.Th ta="right">Difference, 95 %</Table.Th>
              <Table.Th ta="right">p (Holm)</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {table.rows.map((row) => (
              <GroupRow row={row} name={names.get(row.runId) ?? row.runId} key={row.runId} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Text size="xs" c="dimmed" mt="xs">
        n = {count(table.commonQuestions)}; scorer {table.scorer}; exact McNemar against the untouched run, Holm over
        the rows
      </Text>
    </>
  );
}

function GroupRow({ row, name }: Readonly<{ row: MethodRow; name: string }>) {
  const { accuracy, againstBaseline: against } = row;
  const difference = against?.difference ?? null;
  return (
    <Table.Tr>
      <Table.Td>
        {row.intervention === 'none' ? 'none (untouched)' : row.intervention}
        <Text size="xs">
          <Anchor href={formatRoute({ page: 'run', runId: row.runId, tab: 'overview' })} inherit>
            {name}
          </Anchor>
        </Text>
      </Table.Td>
      <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
        {percent(accuracy?.estimate ?? null)}
        <Text size="xs" c="dimmed">
          {accuracy === null ? '' : percentInterval(accuracy)}
        </Text>
      </Table.Td>
      <Table.Td>{accuracy === null ? null : <IntervalBar interval={accuracy} />}</Table.Td>
      <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
        {difference === null ? '' : points(difference.estimate)}
        <Text size="xs" c="dimmed">
          {difference === null ? '' : pointsInterval(difference)}
        </Text>
      </Table.Td>
      <Table.Td ta="right">{against === null ? '' : pValueText(against.pValueHolm)}</Table.Td>
    </Table.Tr>
  );
}

const PublishedAblation = () => (
  <Card withBorder padding="md" component="section" aria-label="Published ablation">
    <Title order={2} size="h5" mb="xs">
      Published ablation: models trained without a part
    </Title>
    <Table fz="sm" verticalSpacing={6}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>paper, Qwen2-VL-7B</Table.Th>
          <Table.Th ta="right">M3CoT</Table.Th>
          <Table.Th ta="right">ScienceQA</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {publishedAblation.map(({ variant, M3CoT, ScienceQA }) => (
          <Table.Tr key={variant}>
            <Table.Td>{variant}</Table.Td>
            <Table.Td className={classes.number}>{M3CoT.toFixed(2)} %</Table.Td>
            <Table.Td className={classes.number}>{ScienceQA.toFixed(1)} %</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
    <Text size="xs" c="dimmed" mt="xs">
      {publishedSource}
    </Text>
  </Card>
);
