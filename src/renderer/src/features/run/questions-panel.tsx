/** A run's questions: filter by outcome, page through, open one. */
import { Anchor, Button, Group, Pagination, SegmentedControl, Table, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { QuestionRow } from '../../../../shared/contract/questions.ts';
import { client } from '../../api/client.ts';
import { count, milliseconds } from '../../components/numbers.ts';
import { OutcomeBadge } from '../../components/outcome-badge.tsx';
import { QueryGate } from '../../components/query-gate.tsx';
import { rowLink } from '../../components/row-link.ts';
import { formatRoute } from '../../routing/route.ts';
import { navigate } from '../../routing/use-route.ts';
import { categoryPath, valueOf, withFields } from './where.ts';

const pageSize = 50;
const outcomes = ['all', 'right', 'wrong', 'unparsed', 'failed'];

export type QuestionsPanelProps = Readonly<{ runId: string; where: readonly string[]; offset: number; live: boolean }>;

export function QuestionsPanel({ runId, where, offset, live }: QuestionsPanelProps) {
  const query = useQuery({
    queryKey: ['questions', runId, where, offset],
    queryFn: () => client.questions.list({ runId, where: [...where], limit: pageSize, offset }),
    placeholderData: keepPreviousData,
    refetchInterval: live ? 2000 : false,
  });
  const go = (nextWhere: readonly string[], nextOffset: number): void => {
    if (nextOffset >= 0)
      navigate({ page: 'questions', runId, shape: 'table', where: nextWhere, sort: null, scorer: null });
  };
  const path = categoryPath(where);
  return (
    <>
      <Group justify="space-between" p="md" pb="xs">
        <SegmentedControl
          size="xs"
          data={outcomes}
          aria-label="Outcome"
          value={valueOf(where, 'outcome') ?? 'all'}
          onChange={(value) => go(withFields(where, { outcome: value === 'all' ? null : value }), 0)}
        />
        <Group gap="xs">
          {path.length === 0 ? null : <Text size="sm">{path.join(' / ')}</Text>}
          {where.length === 0 ? null : (
            <Button size="compact-xs" variant="subtle" onClick={() => go([], 0)}>
              Clear filter
            </Button>
          )}
        </Group>
      </Group>
      <QueryGate query={query}>
        {({ rows, total }) => (
          <>
            <QuestionTable runId={runId} where={where} rows={rows} />
            <Group justify="space-between" p="md">
              <Text size="sm" c="dimmed">
                {total === 0
                  ? 'No question matches.'
                  : `${count(offset + 1)}–${count(offset + rows.length)} of ${count(total)}`}
              </Text>
              {total <= pageSize ? null : (
                <Pagination
                  size="sm"
                  total={Math.ceil(total / pageSize)}
                  value={Math.floor(offset / pageSize) + 1}
                  onChange={(page) => go(where, (page - 1) * pageSize)}
                  getControlProps={(control) => ({ 'aria-label': `${control} page` })}
                />
              )}
            </Group>
          </>
        )}
      </QueryGate>
    </>
  );
}

type QuestionTableProps = Readonly<{ runId: string; where: readonly string[]; rows: readonly QuestionRow[] }>;

function QuestionTable({ runId, where, rows }: QuestionTableProps) {
  return (
    <Table highlightOnHover verticalSpacing={6} horizontalSpacing="md" layout="fixed">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Question</Table.Th>
          <Table.Th w={108}>Outcome</Table.Th>
          <Table.Th w={60} ta="center">
            Gold
          </Table.Th>
          <Table.Th w={64} ta="center">
            Read
          </Table.Th>
          <Table.Th w={56} ta="right" visibleFrom="md">
            AR
          </Table.Th>
          <Table.Th w={90} ta="right" visibleFrom="md">
            Time
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => {
          const href = formatRoute({
            page: 'question',
            runId,
            sampleId: row.sampleId,
            where,
            sort: null,
            scorer: null,
            stepIndex: null,
          });
          return (
            <Table.Tr key={row.sampleId} {...rowLink(href)}>
              <Table.Td>
                <Anchor href={href} size="sm" truncate display="block" c="inherit">
                  {row.question === '' ? row.sampleId : row.question}
                </Anchor>
                <Text size="xs" c="dimmed" truncate>
                  {[row.sampleId, row.domain, row.topic].filter(Boolean).join(' · ')}
                </Text>
              </Table.Td>
              <Table.Td>
                <OutcomeBadge outcome={row.outcome} />
              </Table.Td>
              <Table.Td ta="center">{row.gold ?? '–'}</Table.Td>
              <Table.Td ta="center">{row.predicted ?? '–'}</Table.Td>
              <Table.Td ta="right" visibleFrom="md">
                {row.arSteps ?? '–'}
              </Table.Td>
              <Table.Td ta="right" visibleFrom="md" style={{ whiteSpace: 'nowrap' }}>
                {milliseconds(row.totalMs)}
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}
