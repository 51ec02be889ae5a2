/** Problems of a dataset or prediction file: where and what, a page at a time, to be copied as text. */
import { Button, CopyButton, Group, Pagination, ScrollArea, Stack, Table, Text } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import type { DatasetProblem } from '../../../shared/sample.ts';
import { count } from './numbers.ts';

const pageSize = 20;

type ProblemListProps = Readonly<{
  problems: readonly DatasetProblem[];
  /** Those that were found; of many only the first are listed. */
  total: number;
}>;

export function ProblemList({ problems, total }: ProblemListProps) {
  const [page, setPage] = useState(1);
  const pageCount = Math.ceil(problems.length / pageSize);
  const shown = problems.slice((page - 1) * pageSize, page * pageSize);
  return (
    <Stack gap="xs">
      <ScrollArea.Autosize mah={420} type="auto">
        <Table verticalSpacing={6} horizontalSpacing="sm" fz="sm" stickyHeader>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>File</Table.Th>
              <Table.Th ta="right">Row</Table.Th>
              <Table.Th>Problem</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map((problem, index) => (
              <Table.Tr key={`${page} ${index}`}>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>{problem.file}</Table.Td>
                <Table.Td ta="right">{problem.row ?? '–'}</Table.Td>
                <Table.Td>{problemText(problem)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea.Autosize>
      <Group justify="space-between">
        <CopyButton value={problems.map(problemLine).join('\n')}>
          {({ copied, copy }) => (
            <Button
              size="compact-sm"
              variant="default"
              leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
              onClick={copy}
            >
              {copied ? 'Copied' : 'Copy as text'}
            </Button>
          )}
        </CopyButton>
        {total > problems.length ? (
          <Text size="xs" c="dimmed">
            The first {count(problems.length)} of {count(total)}.
          </Text>
        ) : null}
        {pageCount > 1 ? (
          <Pagination
            size="sm"
            total={pageCount}
            value={page}
            onChange={setPage}
            getControlProps={(control) => ({ 'aria-label': `${control} page` })}
            getItemProps={(number) => ({ 'aria-label': `Page ${String(number)}` })}
          />
        ) : null}
      </Group>
    </Stack>
  );
}

function problemText({ failure: { message, expected, found, action } }: DatasetProblem): string {
  const details = [found && `found: ${found}`, expected && `expected: ${expected}`].filter(Boolean);
  const what = details.length === 0 ? message : `${message} (${details.join('; ')})`;
  return action === undefined ? what : `${what} ${action}`;
}

/** Tab-separated: file, row, problem. */
const problemLine = (problem: DatasetProblem): string =>
  [problem.file, problem.row ?? '', problemText(problem)].join('\t');
