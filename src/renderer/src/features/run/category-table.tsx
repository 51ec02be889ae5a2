/** Accuracy by domain, topic and category with 95 % intervals; a click leads to the questions. */
import { Box, Group, Table, Text, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import type { CategoryNode } from '../../../../shared/statistics.ts';
import type { ScorerName } from '../../../../shared/prediction.ts';
import { IntervalBar } from '../../components/interval-bar.tsx';
import { count, percent } from '../../components/numbers.ts';
import { navigate } from '../../routing/use-route.ts';
import { withCategory } from '../questions/filter-terms.ts';
import type { CategoryRow } from './category-tree.ts';
import { keyOf, visibleRows } from './category-tree.ts';

export type CategoryTableProps = Readonly<{
  runId: string;
  categories: readonly CategoryNode[];
  /** By which the numbers are. */
  scorer: string;
  /** The one chosen instead of the run's own; the questions are shown by it, too. */
  chosenScorer: ScorerName | null;
}>;

export function CategoryTable({ runId, categories, scorer, chosenScorer }: CategoryTableProps) {
  const [open, setOpen] = useState<ReadonlySet<string>>(
    () => new Set(categories.filter(({ path }) => path.length === 1).map(({ path }) => keyOf(path))),
  );
  const toggle = (key: string): void => {
    const next = new Set(open);
    if (!next.delete(key)) next.add(key);
    setOpen(next);
  };
  const choose = ({ node }: CategoryRow): void => {
    const where = withCategory([], node.path);
    navigate({ page: 'questions', runId, shape: 'table', where, sort: null, scorer: chosenScorer });
  };
  return (
    <Table verticalSpacing={6} horizontalSpacing="sm" fz="sm" highlightOnHover>
      <Table.Caption>95 % Wilson intervals; scorer {scorer}</Table.Caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Category</Table.Th>
          <Table.Th ta="right">n</Table.Th>
          <Table.Th ta="right">Accuracy</Table.Th>
          <Table.Th visibleFrom="sm">Interval</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {visibleRows(categories, open).map((row) => (
          <Table.Tr key={row.key}>
            <Table.Td>
              <Group gap={4} wrap="nowrap" pl={row.depth * 14}>
                {row.node.path.length === 0 ? null : (
                  <FoldButton row={row} open={open.has(row.key)} onToggle={() => toggle(row.key)} />
                )}
                <UnstyledButton onClick={() => choose(row)} fz="sm" fw={row.node.path.length <= 1 ? 600 : 400}>
                  {row.node.path.length === 0 ? 'All questions' : row.node.path.at(-1) || '(none)'}
                </UnstyledButton>
              </Group>
            </Table.Td>
            <Table.Td ta="right">{count(row.node.total)}</Table.Td>
            <Table.Td ta="right">{percent(row.node.accuracy?.estimate ?? null)}</Table.Td>
            <Table.Td visibleFrom="sm">
              {row.node.accuracy === null ? null : <IntervalBar interval={row.node.accuracy} />}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

type FoldButtonProps = Readonly<{ row: CategoryRow; open: boolean; onToggle: () => void }>;

function FoldButton({ row, open, onToggle }: FoldButtonProps) {
  if (!row.hasChildren) return <Box w={18} flex="none" aria-hidden="true" />;
  const name = row.node.path.at(-1) ?? '';
  return (
    <UnstyledButton
      w={18}
      flex="none"
      onClick={onToggle}
      aria-expanded={open}
      aria-label={`${open ? 'Fold' : 'Unfold'} ${name}`}
    >
      <Text span c="dimmed" size="xs">
        {open ? '▾' : '▸'}
      </Text>
    </UnstyledButton>
  );
}
