/** How many questions two runs answer alike and differently; each count leads to its questions. */
import { Card, Group, SimpleGrid, Table, Text, Title } from '@mantine/core';
import type { RunComparison } from '../../../../shared/statistics.ts';
import { Definition } from '../../components/definition.tsx';
import { count, percent } from '../../components/numbers.ts';
import { CountLink } from './count-link.tsx';
import { points, pointsInterval, pValueText } from './figures.ts';
import type { PairedCount } from './pair-model.ts';

export function FlipsCard({ comparison }: Readonly<{ comparison: RunComparison }>) {
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
      <SimpleGrid cols={{ base: 1, sm: 2, xl: 1 }} spacing="md">
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
        <div>
          <Text size="sm">
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
        </div>
      </SimpleGrid>
    </Card>
  );
}
