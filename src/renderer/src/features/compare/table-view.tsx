/** The paper's main table from one's own runs, its published figures below in rows of their own. */
import { Badge, Button, Card, Group, Select, Stack, Table, Text, Title } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import type { MethodTable } from '../../../../shared/comparison.ts';
import {
  publishedBackbones,
  publishedDatasets,
  publishedMain,
  publishedSource,
} from '../../../../shared/published-results.ts';
import { shownConditions, timingNote } from '../../../../shared/run-conditions.ts';
import type { RunSummary } from '../../../../shared/run.ts';
import { Definition } from '../../components/definition.tsx';
import { count, counted } from '../../components/numbers.ts';
import { OwnRow } from './own-row.tsx';
import { guessBackbone, guessDataset, ownPublishedRow } from '../../../../shared/published-choice.ts';
import classes from './wide-table.module.css';

export type TableViewProps = Readonly<{
  table: MethodTable;
  runs: readonly RunSummary[];
  names: ReadonlyMap<string, string>;
  onExport: () => void;
}>;

export function TableView({ table, runs, names, onExport }: TableViewProps) {
  const compared = runs.filter(({ runId }) => names.has(runId));
  const [backbone, setBackbone] = useState<string | null>(guessBackbone(compared));
  const [dataset, setDataset] = useState<string | null>(guessDataset(compared));
  const published = publishedBackbones.find((name) => name === backbone);
  const on = publishedDatasets.find((name) => name === dataset);
  const isTheirs = on !== undefined && on === guessDataset(compared);
  const rows = published === undefined || on === undefined ? [] : publishedMain[published][on];
  const shown = shownConditions(table.rows);
  const timing = timingNote(table.rows);
  return (
    <Card withBorder padding="md" component="section" aria-label="Main table">
      <Group justify="space-between" mb="xs" align="flex-end">
        <Group gap={8}>
          <Title order={2} size="h5">
            Main table
          </Title>
          <Definition of="the main table">
            Accuracy with its 95 % Wilson interval; unparsed answers count as wrong. AR steps: latent steps plus
            generated tokens, end-of-sequence included. Seconds a question: mean, median and 90 % quantile of the
            model&apos;s work without image loading. Speed-up: mean seconds of the baseline over those of the run.
            Difference from the baseline in percentage points with its 95 % paired bootstrap interval; p: exact McNemar
            test, corrected by Holm over the rows. Lost: right by the baseline, not by the run; gained: the other way
            round; both open their questions (those left out of the table among them). The paper&apos;s figures stand
            under the run&apos;s own where the method is the same.
          </Definition>
        </Group>
        <Group gap="xs" align="flex-end">
          <Select
            size="xs"
            label="Published model"
            w={140}
            data={[...publishedBackbones]}
            value={backbone}
            onChange={setBackbone}
            clearable
            placeholder="none"
          />
          <Select
            size="xs"
            label="Published dataset"
            w={130}
            data={[...publishedDatasets]}
            value={dataset}
            onChange={setDataset}
            clearable
            placeholder="none"
          />
          <Button
            size="xs"
            variant="default"
            leftSection={<IconDownload size={14} aria-hidden="true" />}
            onClick={onExport}
          >
            CSV
          </Button>
        </Group>
      </Group>
      <Table.ScrollContainer minWidth={960}>
        <Table verticalSpacing={6} horizontalSpacing="sm" fz="sm" highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th className={classes.first}>Run</Table.Th>
              <Table.Th ta="right">N</Table.Th>
              <Table.Th ta="right">K</Table.Th>
              <Table.Th colSpan={2}>Accuracy, 95 %</Table.Th>
              <Table.Th ta="right">AR steps</Table.Th>
              <Table.Th ta="right">Seconds</Table.Th>
              <Table.Th ta="right">Speed-up</Table.Th>
              <Table.Th ta="right">Difference, 95 %</Table.Th>
              <Table.Th ta="right">p (Holm)</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {table.rows.map((row) => (
              <OwnRow
                row={row}
                baseline={{ runId: table.baselineRunId, scorer: table.scorer }}
                published={
                  published === undefined || on === undefined
                    ? undefined
                    : ownPublishedRow(row, { backbone: published, dataset: on })
                }
                shown={shown}
                run={runs.find(({ runId }) => runId === row.runId) ?? null}
                name={names.get(row.runId) ?? row.runId}
                key={row.runId}
              />
            ))}
          </Table.Tbody>
          {rows.length === 0 ? null : (
            <Table.Tbody bg="var(--mantine-color-default-hover)">
              <Table.Tr>
                <Table.Th colSpan={10} scope="rowgroup">
                  <Text size="xs" fw={600}>
                    {`Published (${publishedSource}): paper, ${String(published)}, ${String(on)}. ${isTheirs ? 'Not the same questions, prompts or machine as yours.' : 'Published on another dataset than yours: nothing to compare with.'}`}
                  </Text>
                </Table.Th>
              </Table.Tr>
              {rows.map(([method, [accuracy, arSteps, seconds]]) => (
                <Table.Tr key={method}>
                  <Table.Td className={classes.first} bg="var(--mantine-color-default-hover)">
                    <Group gap={6} wrap="nowrap">
                      <Badge variant="default" size="sm">
                        paper
                      </Badge>
                      {method}
                    </Group>
                  </Table.Td>
                  <Table.Td colSpan={2} />
                  <Table.Td ta="right">{accuracy.toFixed(1)} %</Table.Td>
                  <Table.Td />
                  <Table.Td ta="right">{arSteps?.toFixed(1) ?? '–'}</Table.Td>
                  <Table.Td ta="right">{seconds?.toFixed(2) ?? '–'}</Table.Td>
                  <Table.Td colSpan={3} />
                </Table.Tr>
              ))}
            </Table.Tbody>
          )}
        </Table>
      </Table.ScrollContainer>
      {timing === null ? null : (
        <Text size="sm" mt="xs">
          {timing}
        </Text>
      )}
      <Text size="xs" c="dimmed" mt="xs">
        n = {counted(table.commonQuestions, 'question')} that every run answered; scorer {table.scorer}.
      </Text>
    </Card>
  );
}

/** What was left out of a comparison, and why: next to every number that depends on it. */
export function LeftOut({ table }: Readonly<{ table: MethodTable }>) {
  const { leftOut, differentQuestions, excluded } = table;
  if (leftOut + excluded === 0) return null;
  return (
    <Stack gap={2}>
      {leftOut === 0 ? null : (
        <Text size="sm">
          {`The runs differ in their questions: ${count(leftOut)} are left out because not every run answered them${differentQuestions === 0 ? '' : ` or, ${count(differentQuestions)} of them, because one id stands for different questions`}.`}
        </Text>
      )}
      {excluded === 0 ? null : (
        <Text size="sm">
          {counted(excluded, 'question')} tagged “bad gold” {excluded === 1 ? 'is' : 'are'} left out.
        </Text>
      )}
    </Stack>
  );
}
