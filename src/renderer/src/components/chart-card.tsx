/**
 * The frame of a chart: title, definition, where its numbers come from, a legend, the same numbers as a table for
 * whoever does not see the picture, and both as files.
 */
import { ActionIcon, Card, Group, Menu, Stack, Table, Text, Title } from '@mantine/core';
import { IconChartBar, IconDownload, IconTable } from '@tabler/icons-react';
import { useId, useRef, useState, type ReactNode } from 'react';
import { downloadBlob } from '../api/download.ts';
import { downloadChart, type LegendEntry } from './chart-png.ts';
import { Definition } from './definition.tsx';
import { showFailure } from './failure-notice.ts';
import { tableCsv, type ChartTable } from './table-csv.ts';

export type ChartCardProps = Readonly<{
  title: string;
  /** n, scorer, source: what the reader has to know to trust the numbers. */
  note: string;
  table: ChartTable;
  /** Without ending. */
  fileName: string;
  legend?: readonly LegendEntry[];
  definition?: ReactNode;
  /** What chooses within the chart, below its title. */
  controls?: ReactNode;
  children: ReactNode;
}>;

export function ChartCard({
  title,
  note,
  table,
  fileName,
  legend = [],
  definition,
  controls,
  children,
}: ChartCardProps) {
  const [asTable, setAsTable] = useState(false);
  const picture = useRef<HTMLDivElement>(null);
  const titleId = useId();
  const savePicture = (): void => {
    if (picture.current === null) return;
    downloadChart(picture.current, { title, note, legend, fileName }).catch(showFailure);
  };
  return (
    <Card withBorder padding="md" component="section" aria-labelledby={titleId}>
      <Group justify="space-between" gap="xs" mb={6} wrap="nowrap" align="flex-start">
        <Group gap={8} wrap="nowrap">
          <Title order={2} size="h5" id={titleId}>
            {title}
          </Title>
          {definition === undefined ? null : <Definition of={title}>{definition}</Definition>}
        </Group>
        <Group gap={6} wrap="nowrap">
          <ActionIcon
            variant="default"
            aria-pressed={asTable}
            aria-label={`${title} as a table`}
            title={asTable ? 'Show the chart' : 'Show the numbers as a table'}
            onClick={() => setAsTable(!asTable)}
          >
            {asTable ? <IconChartBar size={16} aria-hidden="true" /> : <IconTable size={16} aria-hidden="true" />}
          </ActionIcon>
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon variant="default" aria-label={`Save ${title}`}>
                <IconDownload size={16} aria-hidden="true" />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={savePicture} disabled={asTable}>
                Picture (PNG)
              </Menu.Item>
              <Menu.Item
                onClick={() => downloadBlob(new Blob([tableCsv(table)], { type: 'text/csv' }), `${fileName}.csv`)}
              >
                Numbers (CSV)
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </Group>
      </Group>
      <Stack gap="xs">
        {controls === undefined ? null : <Group gap="xs">{controls}</Group>}
        {asTable ? (
          <NumbersTable table={table} title={title} />
        ) : (
          <>
            {legend.length === 0 ? null : <Legend entries={legend} />}
            <div ref={picture}>{children}</div>
          </>
        )}
        <Text size="xs" c="dimmed">
          {note}
        </Text>
      </Stack>
    </Card>
  );
}

function Legend({ entries }: Readonly<{ entries: readonly LegendEntry[] }>) {
  return (
    <Group gap="4px 16px" component="ul" p={0} m={0} style={{ listStyle: 'none' }} aria-label="Legend">
      {entries.map(({ label, colour, dash }) => (
        <Group gap={6} key={label} wrap="nowrap" component="li">
          <svg width={24} height={4} aria-hidden="true">
            <line x1={0} x2={24} y1={2} y2={2} stroke={colour} strokeWidth={3} strokeDasharray={dash} />
          </svg>
          <Text size="xs" span>
            {label}
          </Text>
        </Group>
      ))}
    </Group>
  );
}

function NumbersTable({ table, title }: Readonly<{ table: ChartTable; title: string }>) {
  return (
    <Table.ScrollContainer minWidth={320} maxHeight={420}>
      <Table fz="xs" verticalSpacing={3} aria-label={title} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            {table.columns.map((column) => (
              <Table.Th key={column}>{column}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {table.rows.map((row, index) => (
            <Table.Tr key={index}>
              {row.map((cell, column) => (
                <Table.Td key={table.columns[column]}>{cellText(cell)}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function cellText(cell: string | number | null): string {
  if (cell === null) return '–';
  return typeof cell === 'string' || Number.isInteger(cell) ? String(cell) : cell.toFixed(4);
}
