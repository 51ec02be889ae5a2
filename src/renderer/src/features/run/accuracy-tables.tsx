/** ScienceQA's own tables: accuracy by subject, modality and grade. Nothing for other datasets. */
import { Card, Table, Text } from '@mantine/core';
import type { AccuracyRow } from '../../../../shared/statistics.ts';
import { IntervalBar } from '../../components/interval-bar.tsx';
import { count, percent } from '../../components/numbers.ts';

type AccuracyTablesProps = Readonly<{ tables: readonly AccuracyRow[]; scorer: string }>;

export function AccuracyTables({ tables, scorer }: AccuracyTablesProps) {
  if (tables.length === 0) return null;
  return (
    <Card withBorder padding={0}>
      <Table verticalSpacing={6} horizontalSpacing="sm" fz="sm">
        <Table.Caption>95 % Wilson intervals; scorer {scorer}</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>ScienceQA</Table.Th>
            <Table.Th ta="right">n</Table.Th>
            <Table.Th ta="right">Accuracy</Table.Th>
            <Table.Th visibleFrom="sm">Interval</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {tables.map(({ group, label, total, accuracy }) => (
            <Table.Tr key={`${group}/${label}`}>
              <Table.Td>
                <Text span inherit c="dimmed">
                  {group}
                </Text>{' '}
                {label}
              </Table.Td>
              <Table.Td ta="right">{count(total)}</Table.Td>
              <Table.Td ta="right">{percent(accuracy?.estimate ?? null)}</Table.Td>
              <Table.Td visibleFrom="sm">{accuracy === null ? null : <IntervalBar interval={accuracy} />}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}
