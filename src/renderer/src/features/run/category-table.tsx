/** Accuracy by domain, topic and category with 95 % intervals; names and failures lead to their questions. */
import { Anchor, Box, Group, Table, Text, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import type { CategoryNode } from '../../../../shared/statistics.ts';
import type { ScorerName } from '../../../../shared/prediction.ts';
import { failures } from '../../../../shared/where.ts';
import { IntervalBar } from '../../components/interval-bar.tsx';
import { count, percent } from '../../components/numbers.ts';
import { formatRoute } from '../../routing/route.ts';
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
  const questions = (where: readonly string[]): string =>
    formatRoute({ page: 'questions', runId, shape: 'table', where, sort: null, scorer: chosenScorer });
  return (
    <Table verticalSpacing={6} horizontalSpacing="sm" fz="sm" highlightOnHover>
      <Table.Caption>95 % Wilson intervals; scorer {scorer}</Table.Caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Category</Table.Th>
          <Table.Th ta="right">n</Table.Th>
          <Table.Th ta="right">Failures</Table.Th>
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
                <Anchor
                  href={questions(withCategory([], row.node.path))}
                  fz="sm"
                  c="inherit"
                  fw={row.node.path.length <= 1 ? 600 : 400}
                >
                  {nameOf(row)}
                </Anchor>
              </Group>
            </Table.Td>
            <Table.Td ta="right">{count(row.node.total)}</Table.Td>
            <Table.Td ta="right">
              <FailuresLink row={row} hrefOf={questions} />
            </Table.Td>
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

const nameOf = ({ node: { path } }: CategoryRow): string =>
  path.length === 0 ? 'All questions' : path.at(-1) || '(none)';

type FailuresLinkProps = Readonly<{ row: CategoryRow; hrefOf: (where: readonly string[]) => string }>;

/** What is not right, as a way to those questions: wrong, unparsed, failed. */
function FailuresLink({ row, hrefOf }: FailuresLinkProps) {
  const { path, total, correct, excluded } = row.node;
  const failed = total - correct;
  if (failed === 0) {
    return (
      <Text span inherit c="dimmed">
        0
      </Text>
    );
  }
  const where = [
    ...withCategory([], path),
    `outcome=${failures}`,
    // Lists show what is tagged as bad gold; the count leaves it out.
    ...(excluded === 0 ? [] : ['excluded=no']),
  ];
  return (
    <Anchor href={hrefOf(where)} inherit aria-label={`${count(failed)} failures in ${nameOf(row)}`}>
      {count(failed)}
    </Anchor>
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
