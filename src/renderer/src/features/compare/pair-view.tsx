/** Two runs question by question: flips whose counts lead to their questions, and the differences by category. */
import { Anchor, Button, Card, Grid, Group, Select, Stack, Table, Text, Title, UnstyledButton } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ScorerName } from '../../../../shared/prediction.ts';
import type { PairedComparison, RunComparison } from '../../../../shared/statistics.ts';
import { downloadExport } from '../../api/download.ts';
import { api } from '../../api/queries.ts';
import { Definition } from '../../components/definition.tsx';
import { showFailure } from '../../components/failure-notice.ts';
import { count, percent } from '../../components/numbers.ts';
import { QueryGate } from '../../components/query-gate.tsx';
import { DifferenceBar } from './difference-bar.tsx';
import { points, pointsInterval, pValueText } from './figures.ts';
import { questionsOfCount, sortedNodes, type PairedCount, type PairOrder } from './pair-model.ts';

export type PairViewProps = Readonly<{
  runIds: readonly string[];
  names: ReadonlyMap<string, string>;
  scorer: ScorerName | undefined;
}>;

export function PairView({ runIds, names, scorer }: PairViewProps) {
  const [chosen, setChosen] = useState<readonly [string | null, string | null]>([null, null]);
  const runIdA = runIds.find((runId) => runId === chosen[0]) ?? runIds[0] ?? '';
  const others = runIds.filter((runId) => runId !== runIdA);
  const runIdB = others.find((runId) => runId === chosen[1]) ?? others[0] ?? '';
  const query = useQuery(
    api.runs.compare.queryOptions({ input: { runIdA, runIdB, ...(scorer === undefined ? {} : { scorer }) } }),
  );
  const options = (ids: readonly string[]) => ids.map((value) => ({ value, label: names.get(value) ?? value }));
  return (
    <Stack gap="md">
      <Group align="flex-end">
        <Select
          label="A (before)"
          w={320}
          data={options(runIds)}
          value={runIdA}
          onChange={(runId) => setChosen([runId, runId === runIdB ? runIdA : runIdB])}
          allowDeselect={false}
        />
        <Select
          label="B (after)"
          w={320}
          data={options(others)}
          value={runIdB}
          onChange={(runId) => setChosen([runIdA, runId])}
          allowDeselect={false}
        />
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden="true" />}
          onClick={() => void downloadExport('comparison', [runIdA, runIdB], scorer).catch(showFailure)}
        >
          CSV
        </Button>
      </Group>
      <QueryGate query={query}>
        {(comparison) => (
          <Grid gap="md">
            <Grid.Col span={{ base: 12, lg: 4 }}>
              <FlipsCard comparison={comparison} />
            </Grid.Col>
            <Grid.Col span={{ base: 12, lg: 8 }}>
              <CategoriesCard comparison={comparison} />
            </Grid.Col>
          </Grid>
        )}
      </QueryGate>
    </Stack>
  );
}

type ComparisonProps = Readonly<{ comparison: RunComparison }>;

function FlipsCard({ comparison }: ComparisonProps) {
  const [root] = comparison.nodes;
  const { onlyInA, onlyInB, differentQuestions, scorer } = comparison;
  if (root === undefined || root.questionCount === 0) {
    return (
      <Card withBorder padding="lg">
        <Text>The two runs have no question in common that both answered.</Text>
      </Card>
    );
  }
  const cell = (counted: PairedCount, meaning: string) => (
    <Table.Td>
      <CountLink comparison={comparison} node={root} counted={counted} large />
      <Text size="xs" c="dimmed">
        {meaning}
      </Text>
    </Table.Td>
  );
  return (
    <Card withBorder padding="md" component="section" aria-label="Flips">
      <Group gap={8} mb="xs">
        <Title order={2} size="h5">
          Flips
        </Title>
        <Definition of="a flip">
          A question that one run answers right and the other does not. The exact McNemar test asks whether flips go one
          way more often than the other; questions on which both agree say nothing about the difference. Each count
          opens its questions in run B.
        </Definition>
      </Group>
      <Table withTableBorder withColumnBorders verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Td />
            <Table.Th scope="col">B right</Table.Th>
            <Table.Th scope="col">B wrong</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          <Table.Tr>
            <Table.Th scope="row">A right</Table.Th>
            {cell('bothRight', 'both right')}
            {cell('rightToWrong', 'lost: right by A, wrong by B')}
          </Table.Tr>
          <Table.Tr>
            <Table.Th scope="row">A wrong</Table.Th>
            {cell('wrongToRight', 'gained: wrong by A, right by B')}
            {cell('bothWrong', 'both wrong')}
          </Table.Tr>
        </Table.Tbody>
      </Table>
      <Text size="sm" mt="sm">
        {`A ${percent(root.accuracyA)}, B ${percent(root.accuracyB)}`}
        {root.difference === null
          ? ''
          : `; difference ${points(root.difference.estimate)} points (${pointsInterval(root.difference)})`}
        {`; exact McNemar p ${pValueText(root.pValue)}`}
      </Text>
      <Text size="xs" c="dimmed" mt={4}>
        {`n = ${count(root.questionCount)}; scorer ${scorer}; unparsed counts as wrong.`}
        {onlyInA + onlyInB === 0 ? '' : ` Left out: ${count(onlyInA)} only in A, ${count(onlyInB)} only in B.`}
        {differentQuestions === 0 ? '' : ` ${count(differentQuestions)} ids stand for different questions.`}
      </Text>
    </Card>
  );
}

const headers: readonly Readonly<{ order: PairOrder; label: string; right: boolean }>[] = [
  { order: 'category', label: 'Category', right: false },
  { order: 'n', label: 'n', right: true },
];

function CategoriesCard({ comparison }: ComparisonProps) {
  const [order, setOrder] = useState<PairOrder>('category');
  const nodes = sortedNodes(comparison.nodes, order);
  const widest = Math.max(
    0.1,
    ...comparison.nodes.map(({ difference }) =>
      difference === null ? 0 : Math.max(Math.abs(difference.low), Math.abs(difference.high)),
    ),
  );
  const header = (own: PairOrder, label: string, right: boolean) => (
    <Table.Th
      key={own}
      ta={right ? 'right' : 'left'}
      aria-sort={order === own ? (own === 'n' ? 'descending' : 'ascending') : 'none'}
    >
      <UnstyledButton fz="sm" fw={600} onClick={() => setOrder(own)}>
        {label}
        {order === own ? ' ▾' : ''}
      </UnstyledButton>
    </Table.Th>
  );
  return (
    <Card withBorder padding={0} component="section" aria-label="Differences by category">
      <Table.ScrollContainer minWidth={760} maxHeight={640}>
        <Table fz="sm" verticalSpacing={5} horizontalSpacing="sm" highlightOnHover stickyHeader>
          <Table.Thead>
            <Table.Tr>
              {headers.map((each) => header(each.order, each.label, each.right))}
              <Table.Th ta="right">A</Table.Th>
              <Table.Th ta="right">B</Table.Th>
              <Table.Th ta="right">lost</Table.Th>
              <Table.Th ta="right">gained</Table.Th>
              {header('difference', 'Difference', true)}
              <Table.Th>{`−${(widest * 100).toFixed(0)} to +${(widest * 100).toFixed(0)} points`}</Table.Th>
              {header('p', 'p (Holm)', true)}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {nodes.map((node) => (
              <CategoryRow
                key={node.path.join('\n')}
                comparison={comparison}
                node={node}
                scale={widest}
                indented={order === 'category'}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Text size="xs" c="dimmed" p="sm">
        B − A with the 95 % paired bootstrap interval; p: exact McNemar, Holm-corrected over the rows of one level;
        scorer {comparison.scorer}.
      </Text>
    </Card>
  );
}

type CategoryRowProps = ComparisonProps & Readonly<{ node: PairedComparison; scale: number; indented: boolean }>;

function CategoryRow({ comparison, node, scale, indented }: CategoryRowProps) {
  const { path, difference } = node;
  const name = path.length === 0 ? 'All questions' : indented ? (path.at(-1) ?? '') : path.join(' / ');
  return (
    <Table.Tr>
      <Table.Td pl={indented ? 12 + 16 * Math.max(0, path.length - 1) : 12} fw={path.length <= 1 ? 600 : 400}>
        {name}
      </Table.Td>
      <Table.Td ta="right">{count(node.questionCount)}</Table.Td>
      <Table.Td ta="right">{percent(node.accuracyA)}</Table.Td>
      <Table.Td ta="right">{percent(node.accuracyB)}</Table.Td>
      <Table.Td ta="right">
        <CountLink comparison={comparison} node={node} counted="rightToWrong" />
      </Table.Td>
      <Table.Td ta="right">
        <CountLink comparison={comparison} node={node} counted="wrongToRight" />
      </Table.Td>
      <Table.Td ta="right">{difference === null ? '–' : points(difference.estimate)}</Table.Td>
      <Table.Td>{difference === null ? null : <DifferenceBar difference={difference} scale={scale} />}</Table.Td>
      <Table.Td ta="right">{pValueText(node.pValueHolm)}</Table.Td>
    </Table.Tr>
  );
}

const countNames: Readonly<Record<PairedCount, string>> = {
  bothRight: 'right in both',
  rightToWrong: 'right in A, wrong in B',
  wrongToRight: 'wrong in A, right in B',
  bothWrong: 'wrong in both',
};

type CountLinkProps = ComparisonProps & Readonly<{ node: PairedComparison; counted: PairedCount; large?: boolean }>;

function CountLink({ comparison, node, counted, large = false }: CountLinkProps) {
  const size = large ? 'xl' : 'sm';
  if (node[counted] === 0) {
    return (
      <Text span size={size} c="dimmed">
        0
      </Text>
    );
  }
  const place = node.path.length === 0 ? '' : ` in ${node.path.join(', ')}`;
  return (
    <Anchor
      href={questionsOfCount(comparison, counted, node.path)}
      size={size}
      fw={large ? 600 : 400}
      aria-label={`${count(node[counted])} questions ${countNames[counted]}${place}`}
    >
      {count(node[counted])}
    </Anchor>
  );
}
