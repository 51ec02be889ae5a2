/** What two runs differ by in each category: right in each, lost, gained, the difference with its interval. */
import { Card, Table, Text, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import type { PairedComparison, RunComparison } from '../../../../shared/statistics.ts';
import { count, percent } from '../../components/numbers.ts';
import { CountLink } from './count-link.tsx';
import { DifferenceBar } from './difference-bar.tsx';
import { points, pValueText } from './figures.ts';
import { sortedNodes, type PairOrder } from './pair-model.ts';
import classes from './wide-table.module.css';

type ComparisonProps = Readonly<{ comparison: RunComparison }>;

export function PairCategories({ comparison }: ComparisonProps) {
  const [order, setOrder] = useState<PairOrder>('category');
  const nodes = sortedNodes(comparison.nodes, order);
  const widest = Math.max(
    0.1,
    ...comparison.nodes.map(({ difference }) =>
      difference === null ? 0 : Math.max(Math.abs(difference.low), Math.abs(difference.high)),
    ),
  );
  const end = (widest * 100).toFixed(0);
  const header = (own: PairOrder, label: string) => (
    <Table.Th
      className={own === 'category' ? classes.first : classes.number}
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
      <Table.ScrollContainer minWidth={720} maxHeight={640}>
        <Table fz="sm" verticalSpacing={5} horizontalSpacing="sm" highlightOnHover stickyHeader>
          <Table.Thead className={classes.head}>
            <Table.Tr>
              {header('category', 'Category')}
              {header('n', 'n')}
              <Table.Th className={classes.number}>A</Table.Th>
              <Table.Th className={classes.number}>B</Table.Th>
              <Table.Th className={classes.number}>lost</Table.Th>
              <Table.Th className={classes.number}>gained</Table.Th>
              {header('difference', 'B − A')}
              <Table.Th>
                95 % interval
                <span className={classes.scale}>
                  <span>−{end}</span>
                  <span>0</span>
                  <span>+{end}</span>
                </span>
              </Table.Th>
              {header('p', 'p (Holm)')}
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
        B − A in percentage points with the 95 % paired bootstrap interval; p: exact McNemar, Holm-corrected over the
        rows of one level; scorer {comparison.scorer}.
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
      <Table.Th
        scope="row"
        className={classes.first}
        pl={indented ? 12 + 16 * Math.max(0, path.length - 1) : 12}
        fw={path.length <= 1 ? 600 : 400}
      >
        {name}
      </Table.Th>
      <Table.Td className={classes.number}>{count(node.questionCount)}</Table.Td>
      <Table.Td className={classes.number}>{percent(node.accuracyA)}</Table.Td>
      <Table.Td className={classes.number}>{percent(node.accuracyB)}</Table.Td>
      <Table.Td className={classes.number}>
        <CountLink comparison={comparison} node={node} counted="rightToWrong" />
      </Table.Td>
      <Table.Td className={classes.number}>
        <CountLink comparison={comparison} node={node} counted="wrongToRight" />
      </Table.Td>
      <Table.Td className={classes.number}>{difference === null ? '–' : points(difference.estimate)}</Table.Td>
      <Table.Td>{difference === null ? null : <DifferenceBar difference={difference} scale={scale} />}</Table.Td>
      <Table.Td className={classes.number}>{pValueText(node.pValueHolm)}</Table.Td>
    </Table.Tr>
  );
}
